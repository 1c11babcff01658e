import { decode, encode, evidenceCodec, type ConsensusVote, type Evidence, type SignedProposal } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  accusedBy,
  evidenceChecks,
  evidenceHeight,
  evidenceIdOf,
  invalidProposal,
  sealVote,
  verifyEvidence,
  type VoteContent,
} from '@zhtp/chain';
import {
  CONTEXT,
  hashOf,
  identityNamed,
  right,
  toyProposal,
  toySet,
  toyVerify,
  toyVote,
  voteContent,
} from './support.ts';

const SET = toySet([1n, 1n, 1n, 1n]);
const BAD = toyProposal({});

const against = (voter: string, change: Partial<VoteContent> = {}): ConsensusVote =>
  toyVote({
    voteType: 'Against',
    height: BAD.height,
    round: BAD.round,
    proposalId: O.some(BAD.id),
    voter: identityNamed(voter),
    ...change,
  });
const accuse = (proposal: SignedProposal, ...votes: readonly ConsensusVote[]): Evidence =>
  invalidProposal(proposal, votes);
const verdict = (evidence: Evidence, set = SET): string => {
  const result = verifyEvidence(CONTEXT, set, evidence, toyVerify);
  return E.isRight(result) ? 'convicts' : result.left._tag;
};
const three = [against('v1'), against('v2'), against('v3')] as const;

describe('a proposal with the Against votes of its round that name it', () => {
  test('convicts its proposer from more than two thirds of the power on', () => {
    expect(verdict(accuse(BAD, ...three))).toBe('convicts');
    expect(verdict(accuse(BAD, ...three, against('v0')))).toBe('convicts');
    expect(verdict(accuse(BAD, against('v1'), against('v2')))).toBe('NotEnoughPower');
    expect(verdict(accuse(BAD))).toBe('NotEnoughPower');
  });

  test('convicts nobody at exactly two thirds', () => {
    const [one, two] = three;
    expect(verdict(accuse(BAD, one, two), toySet([1n, 1n, 1n]))).toBe('NotEnoughPower');
    expect(verdict(accuse(BAD, one, two), toySet([3n, 4n, 3n]))).toBe('convicts');
  });

  test('counts a voter once', () => {
    const [one, two] = three;
    expect(verdict(accuse(BAD, one, two, two))).toBe('NotCanonical');
  });

  test('says nothing with votes of another kind, block, height or round among them', () => {
    const [one, two] = three;
    for (const change of [
      { voteType: 'PreVote' as const },
      { voteType: 'PreCommit' as const },
      { voteType: 'PreVote' as const, proposalId: O.none },
      { proposalId: O.some(hashOf('other')) },
    ])
      expect(verdict(accuse(BAD, one, two, against('v3', change)))).toBe('NoConflict');
    for (const change of [{ height: BAD.height + 1n }, { round: BAD.round + 1 }])
      expect(verdict(accuse(BAD, one, two, against('v3', change)))).toBe('DifferentSlots');
  });

  test('says nothing when proposer or voter is no member of the set', () => {
    expect(verdict(accuse(BAD, ...three, against('stranger')))).toBe('UnknownSigner');
    expect(verdict(accuse(toyProposal({ proposer: identityNamed('stranger') }), ...three))).toBe('UnknownSigner');
  });

  test('says nothing with a forged signature, of proposer or voter, or one of another chain', () => {
    const [one, two, last] = three;
    const forged = { ...last.signature, signature: new Uint8Array(32) };
    expect(verdict(accuse(BAD, one, two, { ...last, signature: forged }))).toBe('InvalidSignature');
    expect(verdict(accuse({ ...BAD, signature: forged }, ...three))).toBe('InvalidSignature');
    const elsewhere = { ...CONTEXT, genesisHash: hashOf('elsewhere') };
    const foreign = toyVote(voteContent({ ...last }), elsewhere);
    expect(verdict(accuse(BAD, one, two, foreign))).toBe('InvalidSignature');
    expect(verdict(accuse({ ...BAD, signature: { ...forged, algorithm: 'ML-DSA-44' } }, ...three))).toBe('WrongScheme');
  });

  test('says nothing with a believed id, an extension, or votes out of order', () => {
    const [one, two, last] = three;
    expect(verdict(accuse(BAD, one, two, { ...last, id: hashOf('believed') }))).toBe('WrongId');
    const good = accuse(BAD, ...three);
    if (good._tag !== 'InvalidProposal') throw new Error('another kind');
    const extended = { ...last, extension: O.some(Uint8Array.of(1)), extensionSignature: O.some(last.signature) };
    expect(verdict({ ...good, against: [...good.against.slice(1), extended] })).toBe('NotCanonical');
    expect(verdict({ ...good, against: good.against.toReversed() })).toBe('NotCanonical');
  });
});

describe('a proposal whose signed bytes refute themselves', () => {
  const at = (round: number, validRound: number): Evidence =>
    accuse(toyProposal({ round, validRound: O.some(validRound) }));

  test('convicts without any vote: its valid round is not an earlier one', () => {
    expect(verdict(at(1, 1))).toBe('convicts');
    expect(verdict(at(1, 2))).toBe('convicts');
    expect(verdict(at(1, 0))).toBe('NotEnoughPower');
  });

  test('carries no votes', () => {
    const proposal = toyProposal({ round: 0, validRound: O.some(0) });
    expect(verdict(accuse(proposal, ...three))).toBe('NotCanonical');
  });
});

test('accusations of one proposal have one id, whoever voted and however it was signed', () => {
  const id = evidenceIdOf(accuse(BAD, ...three));
  expect(evidenceIdOf(accuse(BAD, ...three.toReversed(), against('v0')))).toBe(id);
  expect(evidenceIdOf(accuse({ ...BAD, signature: { ...BAD.signature, signature: new Uint8Array(9) } }))).toBe(id);
  expect(evidenceIdOf(accuse(toyProposal({ id: hashOf('other') })))).not.toBe(id);
});

test('it knows its accused, height and checks, and survives its bytes', () => {
  const { signature } = against('v1');
  const extended = sealVote(
    voteContent({ ...against('v1') }),
    signature,
    O.some({ extension: Uint8Array.of(1), signature }),
  );
  const evidence = accuse(BAD, against('v3'), extended, against('v2'));
  expect(evidence).toEqual(accuse(BAD, ...three));
  expect([accusedBy(evidence), evidenceHeight(evidence)]).toEqual([BAD.proposer, BAD.height]);
  expect(right(evidenceChecks(CONTEXT, SET, evidence))).toHaveLength(4);
  expect(decode(evidenceCodec)(encode(evidenceCodec)(evidence))).toEqual(E.right(evidence));
});
