import {
  decode,
  encode,
  evidenceCodec,
  SIGNED_BYTES_MAX,
  ZERO_HASH,
  type ConsensusVote,
  type VoteType,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accusedBy,
  evidenceChecks,
  evidenceHeight,
  evidenceIdOf,
  invalidBytesOf,
  invalidProposalOf,
  invalidVoteOf,
  verifyEvidence,
  type EvidenceOfBytes,
  type VoteContent,
} from '@zhtp/chain';
import {
  CONTEXT,
  hashOf,
  identityNamed,
  left,
  proposalBytes,
  range,
  right,
  toyBytes,
  toyProposal,
  toySet,
  toyVerify,
  toyVote,
  voteBytes,
} from './support.ts';

const SET = toySet([1n, 1n, 1n, 1n]);
const V0 = identityNamed('v0');
const X = O.some(hashOf('block'));
const APP = O.some(hashOf('app'));

const verdict = (evidence: EvidenceOfBytes): string => {
  const verified = verifyEvidence(CONTEXT, SET, evidence, toyVerify);
  return E.isRight(verified) ? 'convicted' : verified.left._tag;
};

/** A body with some bytes replaced. */
const altered = (bytes: Uint8Array, at: number, ...by: readonly number[]): Uint8Array => {
  const copy = bytes.slice();
  copy.set(by, at);
  return copy;
};

describe('bytes signed as a vote convict their signer', () => {
  const bare = { proposalId: O.none };
  test.each<readonly [string, Uint8Array]>([
    ['of a type that does not exist', altered(voteBytes(), 0, 9)],
    ['of type 0', altered(voteBytes(), 0, 0)],
    ['for the block with the id of zeros', voteBytes({ proposalId: O.some(ZERO_HASH) })],
    ['a Commit for it', voteBytes({ voteType: 'Commit', round: 0, proposalId: O.some(ZERO_HASH), appHash: APP })],
    ['a Commit without a block', voteBytes({ voteType: 'Commit', round: 0, appHash: APP, ...bare })],
    ['a Commit of a round', voteBytes({ voteType: 'Commit', round: 1, proposalId: X, appHash: APP })],
    ['a Commit without a result', voteBytes({ voteType: 'Commit', round: 0, proposalId: X })],
    ['a result without a Commit', voteBytes({ appHash: APP })],
    ['Against nothing', voteBytes({ voteType: 'Against', ...bare })],
    ['a claim of a polka in its own round', voteBytes({ voteType: 'PreVote', round: 2, polRound: O.some(2) })],
    ['a claim of a polka in a nil vote', voteBytes({ voteType: 'PreVote', round: 2, polRound: O.some(1), ...bare })],
    ['a claim of a polka in a precommit', voteBytes({ round: 2, polRound: O.some(1) })],
    ['in the name of another', voteBytes({ voter: identityNamed('v1') })],
    ['followed by other bytes', Uint8Array.from([...voteBytes(), 0])],
    ['cut short', voteBytes().slice(0, -1)],
    ['no more than type and height', voteBytes().slice(0, 9)],
    ['as long as may be carried', new Uint8Array(SIGNED_BYTES_MAX)],
  ])('%s', (_title, signed) => {
    const evidence = toyBytes('InvalidVote', signed);
    expect(verdict(evidence)).toBe('convicted');
    expect(accusedBy(evidence)).toBe(V0);
  });

  test('of the height that they name, and of no other', () => {
    expect(evidenceHeight(toyBytes('InvalidVote', altered(voteBytes({ height: 77n }), 0, 9)))).toBe(77n);
    expect(evidenceHeight(toyBytes('InvalidProposalBytes', proposalBytes({ height: 78n, id: ZERO_HASH })))).toBe(78n);
  });
});

describe('bytes signed as a proposal convict their signer', () => {
  test.each<readonly [string, Uint8Array]>([
    ['of the block with the id of zeros', proposalBytes({ id: ZERO_HASH })],
    ['with a valid round that is its own', proposalBytes({ round: 1, validRound: O.some(1) })],
    ['in the name of another', proposalBytes({ proposer: identityNamed('v1') })],
    ['followed by other bytes', Uint8Array.from([...proposalBytes(), 0])],
    ['no more than block and height', proposalBytes().slice(0, 40)],
  ])('%s', (_title, signed) => {
    expect(verdict(toyBytes('InvalidProposalBytes', signed))).toBe('convicted');
  });
});

describe('nobody is convicted', () => {
  const types: readonly VoteType[] = ['PreVote', 'PreCommit', 'Against', 'Commit'];
  const anyVote = fc.record({
    voteType: fc.constantFrom(...types),
    height: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    round: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    named: fc.boolean(),
    polRound: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    claims: fc.boolean(),
  });

  test('of what a correct validator may sign, whatever it votes for', () => {
    fc.assert(
      fc.property(anyVote, ({ voteType, height, round, named, polRound, claims }) => {
        const isNamed = named || voteType === 'Against' || voteType === 'Commit';
        const content: Partial<VoteContent> = {
          voteType,
          height,
          round: voteType === 'Commit' ? 0 : round,
          proposalId: isNamed ? X : O.none,
          polRound: claims && voteType === 'PreVote' && isNamed && polRound < round ? O.some(polRound) : O.none,
          appHash: voteType === 'Commit' ? APP : O.none,
        };
        expect(verdict(toyBytes('InvalidVote', voteBytes(content)))).toBe('NoConflict');
        expect(invalidVoteOf(toyVote(content))).toBeUndefined();
      }),
    );
    for (const validRound of [O.none, O.some(0)])
      expect(verdict(toyBytes('InvalidProposalBytes', proposalBytes({ round: 1, validRound })))).toBe('NoConflict');
    expect(invalidProposalOf(toyProposal({ round: 1, validRound: O.some(0) }))).toBeUndefined();
  });

  test('by bytes too short to name a height', () => {
    for (const length of range(9)) expect(verdict(toyBytes('InvalidVote', new Uint8Array(length)))).toBe('NoConflict');
    for (const length of [0, 32, 39])
      expect(verdict(toyBytes('InvalidProposalBytes', new Uint8Array(length)))).toBe('NoConflict');
  });

  test('by a signature of another domain, of another chain, or of another validator', () => {
    const wrong = altered(voteBytes(), 0, 9);
    const { signature } = toyBytes('InvalidProposalBytes', wrong);
    expect(verdict({ ...toyBytes('InvalidVote', wrong), signature })).toBe('InvalidSignature');
    expect(verdict({ ...toyBytes('InvalidVote', wrong), signer: identityNamed('v1') })).toBe('InvalidSignature');
    const elsewhere = { ...CONTEXT, genesisHash: hashOf('another chain') };
    expect(left(verifyEvidence(elsewhere, SET, toyBytes('InvalidVote', wrong), toyVerify))._tag).toBe(
      'InvalidSignature',
    );
  });

  test('who is not in the set, by another scheme, or with a key of the accuser', () => {
    const wrong = altered(voteBytes(), 0, 9);
    expect(verdict(toyBytes('InvalidVote', wrong, identityNamed('stranger')))).toBe('UnknownSigner');
    const evidence = toyBytes('InvalidVote', wrong);
    const { signature } = evidence;
    expect(verdict({ ...evidence, signature: { ...signature, algorithm: 'ML-DSA-87' } })).toBe('WrongScheme');
    expect(verdict({ ...evidence, signature: { ...signature, publicKey: O.some(new Uint8Array(8)) } })).toBe(
      'NotCanonical',
    );
  });
});

test('one signature of one validator is checked, by its key of then', () => {
  const checks = right(evidenceChecks(CONTEXT, SET, toyBytes('InvalidVote', altered(voteBytes(), 0, 9))));
  expect(checks).toHaveLength(1);
  expect(checks[0]).toMatchObject({ domain: 'zhtp/vote/v1', publicKey: SET.validators[SET.indexOf(V0)]?.consensusKey });
});

test('its id is of signer, kind and bytes, and of no signature', () => {
  const wrong = altered(voteBytes(), 0, 9);
  const evidence = toyBytes('InvalidVote', wrong);
  const hedged = { ...evidence, signature: { ...evidence.signature, signature: new Uint8Array(3) } };
  expect(evidenceIdOf(hedged)).toBe(evidenceIdOf(evidence));
  const others = [toyBytes('InvalidVote', wrong, identityNamed('v1')), toyBytes('InvalidProposalBytes', wrong)];
  for (const other of others) expect(evidenceIdOf(other)).not.toBe(evidenceIdOf(evidence));
});

test('longer bytes than a vote or proposal can be are no evidence', () => {
  const written = encode(evidenceCodec)(toyBytes('InvalidVote', new Uint8Array(SIGNED_BYTES_MAX)));
  expect(E.isRight(decode(evidenceCodec)(written))).toBe(true);
  expect(() => encode(evidenceCodec)(toyBytes('InvalidVote', new Uint8Array(SIGNED_BYTES_MAX + 1)))).toThrow('signed');
});

test('what came over the wire is accused of what it says, not of what surrounds it', () => {
  const vote: ConsensusVote = toyVote({});
  const onWire = { ...vote, voteType: 2, timestamp: 5n, id: hashOf('another id') };
  expect(invalidBytesOf({ _tag: 'Vote', vote: onWire })).toBeUndefined();
  const unknown = invalidBytesOf({ _tag: 'Vote', vote: { ...onWire, voteType: 7 } });
  expect(unknown).toMatchObject({ _tag: 'InvalidVote', signer: vote.voter, signed: altered(voteBytes(), 0, 7) });
});
