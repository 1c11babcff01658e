import { evidenceCodec, decode, encode, type ConsensusVote, type Evidence } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  accusedBy,
  amnesia,
  duplicateProposal,
  duplicateVote,
  evidenceChecks,
  evidenceHeight,
  evidenceIdOf,
  sealVote,
  verifyEvidence,
  type VoteContent,
} from '@zhtp/chain';
import {
  CONTEXT,
  hashOf,
  identityNamed,
  left,
  right,
  toyProposal,
  toySet,
  toyVerify,
  toyVote,
  voteContent,
} from './support.ts';

const SET = toySet([1n, 1n, 1n, 1n]);
const X = O.some(hashOf('block'));
const Y = O.some(hashOf('other'));

const verdict = (evidence: Evidence): string => {
  const result = verifyEvidence(CONTEXT, SET, evidence, toyVerify);
  return E.isRight(result) ? 'convicts' : result.left._tag;
};
const votes = (a: Partial<VoteContent>, b: Partial<VoteContent>): string =>
  verdict(duplicateVote(toyVote(a), toyVote(b)));
const lock = (precommit: Partial<VoteContent>, prevote: Partial<VoteContent>): string =>
  verdict(
    amnesia(
      toyVote({ voteType: 'PreCommit', round: 2, proposalId: X, ...precommit }),
      toyVote({ voteType: 'PreVote', round: 4, proposalId: Y, ...prevote }),
    ),
  );

describe('two contents in one vote slot convict', () => {
  test('two blocks, or a block and nil, in either step', () => {
    for (const voteType of ['PreVote', 'PreCommit'] as const) {
      expect(votes({ voteType, proposalId: X }, { voteType, proposalId: Y })).toBe('convicts');
      expect(votes({ voteType, proposalId: X }, { voteType, proposalId: O.none })).toBe('convicts');
    }
  });
  test('Against shares the prevote slot', () => {
    expect(votes({ voteType: 'PreVote' }, { voteType: 'Against' })).toBe('convicts');
    expect(votes({ voteType: 'PreVote', proposalId: O.none }, { voteType: 'Against' })).toBe('convicts');
    expect(votes({ voteType: 'PreCommit' }, { voteType: 'Against' })).toBe('DifferentSlots');
  });
  test('two polRounds are two contents: polRound is signed', () => {
    expect(votes({ voteType: 'PreVote', polRound: O.none }, { voteType: 'PreVote', polRound: O.some(0) })).toBe(
      'convicts',
    );
  });
  test('two attestations of one height, of two blocks or two application hashes', () => {
    const attestation = { voteType: 'Commit', round: 0, appHash: O.some(hashOf('app')) } as const;
    expect(votes(attestation, { ...attestation, appHash: O.some(hashOf('app2')) })).toBe('convicts');
    expect(votes(attestation, { ...attestation, proposalId: Y })).toBe('convicts');
    expect(votes(attestation, { ...attestation, height: 8n, proposalId: Y })).toBe('DifferentSlots');
  });
});

describe('nobody is convicted', () => {
  test('by votes of two voters, heights, rounds or steps', () => {
    for (const other of [
      { voter: identityNamed('v1') },
      { height: 8n },
      { round: 2 },
      { voteType: 'PreVote' as const },
    ])
      expect(votes({}, { proposalId: Y, ...other })).toBe('DifferentSlots');
  });
  test('by two signatures over one content', () => {
    const vote = toyVote({});
    const hedged = sealVote(voteContent({}), { ...vote.signature, signature: new Uint8Array(32) });
    expect(verdict(duplicateVote(vote, hedged))).toBe('SameContent');
    expect(verdict(duplicateVote(vote, vote))).toBe('SameContent');
    expect(verdict(duplicateProposal(toyProposal({}), toyProposal({})))).toBe('SameContent');
  });
  test('by a signature that is not theirs', () => {
    const forged = {
      ...toyVote({ proposalId: Y }),
      signature: { ...toyVote({}).signature, signature: new Uint8Array(32) },
    };
    expect(verdict(duplicateVote(toyVote({}), forged))).toBe('InvalidSignature');
  });
  test('by what they signed on another chain', () => {
    const elsewhere = toyVote({ proposalId: Y }, { ...CONTEXT, genesisHash: hashOf('elsewhere') });
    expect(verdict(duplicateVote(toyVote({}), elsewhere))).toBe('InvalidSignature');
  });
  test('who was not in the set of the height', () => {
    const voter = identityNamed('stranger');
    expect(votes({ voter }, { voter, proposalId: Y })).toBe('UnknownSigner');
  });
  test('by an id that does not fit, another scheme, an extension or the wrong order', () => {
    const [a, b] = [toyVote({}), toyVote({ proposalId: Y })];
    const good = duplicateVote(a, b);
    expect(verdict(good)).toBe('convicts');
    const first = (change: Partial<ConsensusVote>): Evidence =>
      good._tag === 'DuplicateVote' ? { ...good, voteA: { ...good.voteA, ...change } } : good;
    expect(verdict(first({ id: hashOf('believed') }))).toBe('WrongId');
    expect(verdict(first({ signature: { ...a.signature, algorithm: 'ML-DSA-44' } }))).toBe('WrongScheme');
    expect(verdict(first({ extension: O.some(Uint8Array.of(1)) }))).toBe('NotCanonical');
    expect(verdict(good._tag === 'DuplicateVote' ? { ...good, voteA: good.voteB, voteB: good.voteA } : good)).toBe(
      'NotCanonical',
    );
  });
});

describe('two proposals of one round', () => {
  test('convict when they differ in anything signed', () => {
    for (const other of [{ id: hashOf('other') }, { validRound: O.some(0) }, { protocolVersion: 2 }])
      expect(verdict(duplicateProposal(toyProposal({}), toyProposal(other)))).toBe('convicts');
  });
  test('of two proposers, heights or rounds do not', () => {
    for (const other of [{ proposer: identityNamed('v1') }, { height: 8n }, { round: 2 }])
      expect(verdict(duplicateProposal(toyProposal({}), toyProposal({ id: hashOf('other'), ...other })))).toBe(
        'DifferentSlots',
      );
  });
});

describe('amnesia', () => {
  test('a later prevote for another block without a polka since the lock convicts', () => {
    expect(lock({}, { polRound: O.none })).toBe('convicts');
    expect(lock({}, { polRound: O.some(1) })).toBe('convicts');
    expect(lock({ round: 0 }, { round: 1 })).toBe('convicts');
  });
  test('a claimed polka of the round of the lock or later convicts nobody', () => {
    expect(lock({}, { polRound: O.some(2) })).toBe('NoConflict');
    expect(lock({}, { polRound: O.some(3) })).toBe('NoConflict');
  });
  test('nil, the same block, an earlier or the same round, or other vote types convict nobody', () => {
    expect(lock({ proposalId: O.none }, {})).toBe('NoConflict');
    expect(lock({}, { proposalId: O.none })).toBe('NoConflict');
    expect(lock({}, { proposalId: X })).toBe('NoConflict');
    expect(lock({}, { round: 2 })).toBe('NoConflict');
    expect(lock({}, { round: 1 })).toBe('NoConflict');
    expect(lock({ voteType: 'PreVote' }, {})).toBe('NoConflict');
    expect(lock({}, { voteType: 'PreCommit' })).toBe('NoConflict');
    expect(lock({}, { voteType: 'Against' })).toBe('NoConflict');
  });
  test('of two voters or heights is none', () => {
    expect(lock({}, { voter: identityNamed('v1') })).toBe('DifferentSlots');
    expect(lock({}, { height: 8n })).toBe('DifferentSlots');
  });
});

describe('evidence id', () => {
  const evidence = duplicateVote(toyVote({}), toyVote({ proposalId: Y }));

  test('does not depend on the order of the reports or on signatures', () => {
    expect(duplicateVote(toyVote({ proposalId: Y }), toyVote({}))).toEqual(evidence);
    const hedged = sealVote(voteContent({}), { ...toyVote({}).signature, signature: new Uint8Array(32) });
    expect(evidenceIdOf(duplicateVote(hedged, toyVote({ proposalId: Y })))).toBe(evidenceIdOf(evidence));
    if (evidence._tag !== 'DuplicateVote') throw new Error('two votes are such evidence');
    expect(evidenceIdOf({ ...evidence, voteA: evidence.voteB, voteB: evidence.voteA })).toBe(evidenceIdOf(evidence));
  });
  test('depends on both contents and on the kind', () => {
    const ids = [
      evidence,
      duplicateVote(toyVote({}), toyVote({ proposalId: O.none })),
      amnesia(toyVote({}), toyVote({ proposalId: Y })),
      duplicateProposal(toyProposal({}), toyProposal({ id: hashOf('other') })),
      duplicateProposal(toyProposal({}), toyProposal({ validRound: O.some(0) })),
    ].map((item) => evidenceIdOf(item));
    expect(new Set(ids).size).toBe(5);
  });
});

test('evidence knows its accused, height, and the two checks that remain; it survives its bytes', () => {
  const proposals = duplicateProposal(toyProposal({}), toyProposal({ validRound: O.some(0) }));
  const forgotten = amnesia(toyVote({}), toyVote({ voteType: 'PreVote', round: 3, proposalId: Y }));
  for (const evidence of [duplicateVote(toyVote({}), toyVote({ proposalId: Y })), proposals, forgotten]) {
    expect(accusedBy(evidence)).toBe(identityNamed('v0'));
    expect(evidenceHeight(evidence)).toBe(7n);
    expect(right(evidenceChecks(CONTEXT, SET, evidence))).toHaveLength(2);
    expect(decode(evidenceCodec)(encode(evidenceCodec)(evidence))).toEqual(E.right(evidence));
  }
  expect(left(evidenceChecks(CONTEXT, toySet([]), forgotten)).message).toContain('height 7');
});

test('extensions are left out of evidence', () => {
  const { signature } = toyVote({});
  const extended = sealVote(voteContent({}), signature, O.some({ extension: Uint8Array.of(1), signature }));
  expect(duplicateVote(extended, toyVote({ proposalId: Y }))).toEqual(
    duplicateVote(toyVote({}), toyVote({ proposalId: Y })),
  );
});
