import { option as O, either as E } from 'fp-ts';
import { expect, test } from 'vitest';
import { consensusVoteCodec, decode, encode } from '@zhtp/types';
import { checkVoteId, sealVote, voteIdOf } from '@zhtp/chain';
import { hashOf, left, toyVote, voteContent } from './support.ts';

test('votes that say the same have one id whatever their signatures', () => {
  const vote = toyVote({});
  const hedged = sealVote(voteContent({}), { ...vote.signature, signature: new Uint8Array(32) });
  expect(hedged.id).toBe(vote.id);
  expect(hedged.signature).not.toEqual(vote.signature);
});

test('a sealed vote is in its one canonical form', () => {
  const signature = toyVote({}).signature;
  const extended = sealVote(voteContent({}), signature, O.some({ extension: Uint8Array.of(1), signature }));
  for (const vote of [
    extended,
    toyVote({ voteType: 'PreVote', polRound: O.some(0) }),
    toyVote({ voteType: 'PreVote', proposalId: O.none }),
    toyVote({ voteType: 'Against' }),
    toyVote({ voteType: 'Commit', round: 0, appHash: O.some(hashOf('app')) }),
  ])
    expect(decode(consensusVoteCodec)(encode(consensusVoteCodec)(vote))).toEqual(E.right(vote));
});

test('an id that is not derived from the content is refused', () => {
  const vote = toyVote({});
  expect(checkVoteId(vote)).toEqual(E.right(undefined));
  expect(left(checkVoteId({ ...vote, id: hashOf('believed') }))).toContain(voteIdOf(vote));
});
