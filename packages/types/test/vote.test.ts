import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { consensusProposalCodec, consensusVoteCodec, decode, encode, fromJson, toJson, type Json } from '@zhtp/types';
import { against, commit, nil, preCommit, preVote, proposal } from './golden/values.ts';

const signed = toJson(consensusVoteCodec)(preVote) as { readonly [field: string]: Json };
const read = (fields: { readonly [field: string]: Json }): string => {
  const vote = fromJson(consensusVoteCodec)({ ...signed, ...fields });
  return E.isLeft(vote) ? vote.left.message : 'accepted';
};
const zeros = '0'.repeat(64);

describe('a vote has one form', () => {
  test('every kind of vote has its own optional fields', () => {
    for (const vote of [preVote, preCommit, nil, commit, against])
      expect(decode(consensusVoteCodec)(encode(consensusVoteCodec)(vote))).toEqual(E.right(vote));
  });

  test('it carries no time and no key', () => {
    expect(read({ timestamp: '1' })).toContain('timestamp must be 0');
    expect(read({ signature: { algorithm: 'ML-DSA-65', signature: '06', publicKey: '04' } })).toContain(
      'signature.publicKey must be absent',
    );
  });

  test('polRound belongs to a prevote for a block, below the vote’s round', () => {
    expect(read({ polRound: 3 })).toBe('accepted');
    expect(read({ polRound: 4 })).toContain('polRound 4 must be below round 4');
    expect(read({ proposalId: null })).toContain('polRound belongs to a PreVote for a block');
    expect(read({ voteType: 'PreCommit' })).toContain('polRound belongs to a PreVote for a block');
    expect(read({ voteType: 'Against' })).toContain('polRound belongs to a PreVote for a block');
  });

  test('Against and Commit name a proposal', () => {
    for (const voteType of ['Against', 'Commit'])
      expect(read({ voteType, proposalId: null, polRound: null })).toContain(`${voteType} must name a proposal`);
  });

  test('appHash belongs to every Commit, of round 0, and to nothing else', () => {
    expect(read({ voteType: 'Commit', polRound: null, round: 0 })).toContain('appHash belongs to every Commit');
    expect(read({ appHash: zeros })).toContain('appHash belongs to every Commit');
    expect(read({ voteType: 'Commit', polRound: null, appHash: zeros, round: 1 })).toContain(
      'Commit has round 0, got 1',
    );
    expect(read({ voteType: 'Commit', polRound: null, appHash: zeros, round: 0 })).toBe('accepted');
  });

  test('an extension belongs to a precommit for a block and is signed apart, without a key', () => {
    const extensionSignature = { algorithm: 'ML-DSA-65', signature: '06', publicKey: null };
    const precommit = { voteType: 'PreCommit', polRound: null };
    expect(read({ ...precommit, extension: '09', extensionSignature })).toBe('accepted');
    expect(read({ ...precommit, extension: '09' })).toContain('come together');
    expect(read({ ...precommit, extensionSignature })).toContain('come together');
    expect(read({ extension: '09', extensionSignature })).toContain('extension belongs to a PreCommit for a block');
    expect(read({ ...precommit, proposalId: null, extension: '09', extensionSignature })).toContain(
      'extension belongs to a PreCommit',
    );
    expect(
      read({ ...precommit, extension: '09', extensionSignature: { ...extensionSignature, publicKey: '01' } }),
    ).toContain('extensionSignature.publicKey must be absent');
    expect(read({ ...precommit, extension: '00'.repeat(16_384), extensionSignature })).toBe('accepted');
    expect(read({ ...precommit, extension: '00'.repeat(16_385), extensionSignature })).toContain(
      'over the limit of 16384',
    );
  });

  test('a vote outside its form cannot be encoded either', () => {
    expect(() => encode(consensusVoteCodec)({ ...preVote, timestamp: 1n })).toThrow('timestamp must be 0');
  });
});

test('a proposal’s validRound is below its round, and its key is absent', () => {
  const at = (round: number) =>
    decode(consensusProposalCodec)(
      encode(consensusProposalCodec)({ ...proposal, round, validRound: O.some(round - 1) }),
    );
  expect(E.isRight(at(1))).toBe(true);
  expect(() => encode(consensusProposalCodec)({ ...proposal, validRound: O.some(proposal.round) })).toThrow(
    'validRound 4 must be below round 4',
  );
  expect(() =>
    encode(consensusProposalCodec)({
      ...proposal,
      signature: { ...proposal.signature, publicKey: O.some(new Uint8Array(1)) },
    }),
  ).toThrow('signature.publicKey must be absent');
});
