import { option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesToHex,
  consensusVoteCodec,
  encode,
  peerMessageCodec,
  SIGNATURE_BYTES_MAX,
  type ConsensusVote,
  type Hash,
  type IdentityId,
} from '@zhtp/types';
import { declaredVote } from './declared-vote.ts';
import { against, commit, nil, preCommit, preVote, signature } from './golden/values.ts';

const write = encode(consensusVoteCodec);
const declared = encode(declaredVote);

const height = fc.oneof(fc.constantFrom(0n, 2n ** 64n - 1n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const round = fc.oneof(fc.constantFrom(4, 2 ** 32 - 1), fc.integer({ min: 4, max: 2 ** 31 }));
const algorithm = fc.constantFrom('ML-DSA-44' as const, 'ML-DSA-65' as const, 'ML-DSA-87' as const);
const raw = fc.oneof(
  fc.uint8Array({ maxLength: 70 }),
  fc.constantFrom(0, 3_309, SIGNATURE_BYTES_MAX).map((length) => new Uint8Array(length).fill(9)),
);
const id = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map((value) => value.toString(16).padStart(64, '0') as Hash);

const votes: fc.Arbitrary<ConsensusVote> = fc
  .record({ form: fc.constantFrom(preVote, preCommit, nil, commit, against), height, round, algorithm, raw, id })
  .map(({ form, algorithm: of, raw: bytes, ...fields }) => ({
    ...form,
    ...fields,
    round: form.voteType === 'Commit' ? 0 : fields.round,
    signature: { algorithm: of, signature: bytes, publicKey: O.none },
  }));

describe('a vote is written as it is declared', () => {
  test('byte for byte, in each of its forms', () => {
    fc.assert(
      fc.property(votes, (vote) => {
        expect(bytesToHex(write(vote))).toBe(bytesToHex(declared(vote)));
      }),
    );
  });

  test('after its tag, as a message', () => {
    for (const vote of [preVote, preCommit, nil, commit, against])
      expect(bytesToHex(encode(peerMessageCodec)({ _tag: 'Vote', vote }))).toBe(`02${bytesToHex(declared(vote))}`);
  });

  test.each<[what: string, vote: ConsensusVote, words: RegExp]>([
    ['a height below 0', { ...nil, height: -1n }, /ConsensusVote\.height: .*0 to 18446744073709551615, got -1/],
    ['a height of 2⁶⁴', { ...nil, height: 2n ** 64n }, /ConsensusVote\.height: .*got 18446744073709551616/],
    ['a round below 0', { ...nil, round: -1 }, /ConsensusVote\.round: .*got -1/],
    ['a round of −0', { ...nil, round: -0 }, /ConsensusVote\.round: .*got -0/],
    ['a round of 2³²', { ...nil, round: 2 ** 32 }, /ConsensusVote\.round: .*got 4294967296/],
    ['a round between two numbers', { ...nil, round: 0.5 }, /ConsensusVote\.round: .*got 0\.5/],
    ['a time', { ...nil, timestamp: 1n }, /timestamp must be 0, got 1/],
    ['a key', { ...nil, signature }, /signature\.publicKey must be absent/],
    ['polRound without a block', { ...nil, polRound: O.some(3) }, /polRound belongs to a PreVote for a block/],
    ['polRound of its own round', { ...preVote, polRound: O.some(4) }, /polRound 4 must be below round 4/],
    ['polRound below 0', { ...preVote, polRound: O.some(-1) }, /ConsensusVote\.polRound: .*got -1/],
    ['Against nothing', { ...against, proposalId: O.none }, /Against must name a proposal/],
    ['an id of capitals', { ...nil, id: 'A'.repeat(64) as Hash }, /ConsensusVote\.id: expected 64 lowercase hex/],
    [
      'a voter of no digits',
      { ...nil, voter: 'g'.repeat(64) as IdentityId },
      /ConsensusVote\.voter: expected 64 lower/,
    ],
    [
      'a block id of capitals',
      { ...preVote, proposalId: O.some('A'.repeat(64) as Hash) },
      /ConsensusVote\.proposalId: /,
    ],
    ['an id too short', { ...nil, id: '00' as Hash }, /ConsensusVote\.id: expected 64 lowercase hex/],
    ['a block id too long', { ...preVote, proposalId: O.some('0'.repeat(66) as Hash) }, /ConsensusVote\.proposalId: /],
    [
      'a signature one byte too long',
      { ...nil, signature: { ...nil.signature, signature: new Uint8Array(SIGNATURE_BYTES_MAX + 1) } },
      /ConsensusVote\.signature\.signature: .*over the limit of 8192/,
    ],
  ])('one with %s is refused by the declaration', (_what, vote, words) => {
    expect(() => write(vote)).toThrow(words);
  });
});
