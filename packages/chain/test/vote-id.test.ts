import { option as O, either as E } from 'fp-ts';
import { expect, test } from 'vitest';
import { consensusVoteCodec, decode, encode } from '@zhtp/types';
import { checkVoteId, receivedVoteCheck, sealVote, voteCheck, voteIdOf, voteSignBytes } from '@zhtp/chain';
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

test('a received vote is checked as any other, once its id is its own', () => {
  const vote = toyVote({});
  const context = { genesisHash: hashOf('g'), algorithm: vote.signature.algorithm };
  const key = Uint8Array.of(1, 2, 3);
  expect(receivedVoteCheck(context, key, vote)).toEqual(voteCheck(context, key, vote));
  expect(left(receivedVoteCheck(context, key, { ...vote, id: hashOf('believed') }))).toMatchObject({
    _tag: 'WrongVoteId',
    message: `vote id is ${hashOf('believed')}, its content gives ${voteIdOf(vote)}`,
  });
  expect(left(receivedVoteCheck({ ...context, algorithm: 'ML-DSA-87' }, key, vote))).toMatchObject({
    _tag: 'WrongScheme',
    message: 'signature is ML-DSA-65, this chain signs with ML-DSA-87',
  });
});

test('a signed message stays as it is, however many are made after it', () => {
  const genesis = hashOf('g');
  const messages = Array.from({ length: 300 }, (_, i) => voteSignBytes(genesis, voteContent({ height: BigInt(i) })));
  const again = Array.from({ length: 300 }, (_, i) => voteSignBytes(genesis, voteContent({ height: BigInt(i) })));
  expect(messages).toEqual(again);
  expect(new Set(messages.map((message) => message.join())).size).toBe(300);
});
