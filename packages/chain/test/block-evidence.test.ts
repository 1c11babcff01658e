import {
  decode,
  encode,
  evidenceCodec,
  ZERO_HASH,
  type ConsensusVote,
  type Evidence,
  type Hash,
  type SignatureCheck,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  amnesia,
  checkBlockEvidence,
  duplicateProposal,
  duplicateVote,
  evidenceIdOf,
  invalidProposal,
  sealVote,
  verifyEvidence,
  type BlockEvidenceRules,
} from '@zhtp/chain';
import {
  CONTEXT,
  hashOf,
  identityNamed,
  left,
  right,
  proposalBytes,
  toyBytes,
  toyProposal,
  toySet,
  toyVerify,
  toyVote,
  voteBytes,
  voteContent,
} from './support.ts';

const SET = toySet([1n, 1n, 1n, 1n]);
const Y = O.some(hashOf('other'));

const PIECES: Readonly<Record<Evidence['_tag'], Evidence>> = {
  DuplicateVote: duplicateVote(toyVote({}), toyVote({ proposalId: Y })),
  DuplicateProposal: duplicateProposal(toyProposal({}), toyProposal({ id: hashOf('other') })),
  Amnesia: amnesia(toyVote({}), toyVote({ voteType: 'PreVote', round: 3, proposalId: Y })),
  InvalidProposal: invalidProposal(
    toyProposal({}),
    ['v1', 'v2', 'v3'].map((name) => toyVote({ voteType: 'Against', voter: identityNamed(name) })),
  ),
  InvalidVote: toyBytes('InvalidVote', voteBytes({ proposalId: O.some(ZERO_HASH) })),
  InvalidProposalBytes: toyBytes('InvalidProposalBytes', proposalBytes({ id: ZERO_HASH })),
};
const ALL = Object.values(PIECES);

const rules = (changes: Partial<BlockEvidenceRules> = {}): BlockEvidenceRules => ({
  signing: CONTEXT,
  height: 8n,
  setAt: (height) => (height === 7n ? SET : undefined),
  isCommitted: () => false,
  ...changes,
});
const isValid = (checks: readonly SignatureCheck[]): boolean => checks.every((check) => toyVerify(check) === 'valid');
const refusal = (evidence: readonly Evidence[], changes: Partial<BlockEvidenceRules> = {}): string =>
  left(checkBlockEvidence(rules(changes), evidence)).message;

describe('a block', () => {
  test('may carry evidence of every kind from the next height on, and leaves all signatures to be verified', () => {
    const checks = right(checkBlockEvidence(rules(), ALL));
    expect(checks).toHaveLength(2 + 2 + 2 + 4 + 1 + 1);
    expect(isValid(checks)).toBe(true);
    expect(right(checkBlockEvidence(rules(), []))).toEqual([]);
  });

  test('carries none of its own height or later', () => {
    expect(refusal([PIECES.DuplicateVote], { height: 7n })).toBe(
      'block evidence[0] is of height 7, it must be below 7',
    );
    expect(refusal([PIECES.DuplicateVote], { height: 6n })).toContain('it must be below 6');
    expect(E.isRight(checkBlockEvidence(rules({ height: 1_000n }), [PIECES.DuplicateVote]))).toBe(true);
  });

  test('carries none of a height that nobody remembers', () => {
    expect(refusal([PIECES.Amnesia], { setAt: () => undefined })).toContain('is of height 7, which is too old');
  });

  test('carries nothing twice, neither in itself nor in two blocks, whoever signed it again', () => {
    const hedged = sealVote(voteContent({}), { ...toyVote({}).signature, signature: new Uint8Array(32) });
    const again = duplicateVote(hedged, toyVote({ proposalId: Y }));
    expect(refusal([PIECES.Amnesia, PIECES.DuplicateVote, again])).toContain('evidence[2]');
    const committed = new Set<Hash>([evidenceIdOf(PIECES.DuplicateVote)]);
    expect(refusal([again], { isCommitted: (id) => committed.has(id) })).toContain('is in an earlier block');
    expect(refusal([PIECES.Amnesia, PIECES.Amnesia])).toContain('occurs twice in the block');
  });

  test('names the piece that convicts nobody', () => {
    const same = duplicateVote(toyVote({}), toyVote({}));
    expect(left(checkBlockEvidence(rules(), [PIECES.DuplicateVote, same]))).toMatchObject({
      _tag: 'WrongEvidence',
      field: 'evidence[1]',
    });
    expect(refusal(ALL, { setAt: () => toySet([]) })).toContain('not in the set of height 7');
  });

  test('judges by the set of the offence: who joined later or holds another key now is not accused', () => {
    const strangers = toySet([1n, 1n, 1n, 1n]);
    const moved = {
      ...strangers,
      validators: strangers.validators.map((validator) => ({ ...validator, consensusKey: new Uint8Array(32) })),
    };
    expect(isValid(right(checkBlockEvidence(rules({ setAt: () => moved }), [PIECES.DuplicateVote])))).toBe(false);
  });

  test('of another chain: the signatures do not hold', () => {
    const elsewhere = { ...CONTEXT, genesisHash: hashOf('elsewhere') };
    for (const piece of ALL)
      expect(isValid(right(checkBlockEvidence(rules({ signing: elsewhere }), [piece])))).toBe(false);
  });
});

test('a proposal in evidence carries no key: it would make one proposal as long as its sender likes', () => {
  const keyed = {
    ...toyProposal({}),
    signature: { ...toyProposal({}).signature, publicKey: O.some(new Uint8Array(8)) },
  };
  const padded: readonly Evidence[] = [
    { _tag: 'InvalidProposal', proposal: keyed, against: [] },
    { _tag: 'DuplicateProposal', proposalA: keyed, proposalB: toyProposal({ id: hashOf('other') }) },
    { _tag: 'DuplicateProposal', proposalA: toyProposal({ id: hashOf('other') }), proposalB: keyed },
  ];
  for (const piece of padded) expect(left(verifyEvidence(CONTEXT, SET, piece, toyVerify))._tag).toBe('NotCanonical');
});

describe('any byte of evidence changed', () => {
  const write = encode(evidenceCodec);
  const read = decode(evidenceCodec);

  test.each(ALL.map((piece) => [piece._tag, piece] as const))('convicts nobody: %s', (_tag, piece) => {
    const bytes = write(piece);
    let refused = 0;
    for (let at = 0; at < bytes.length; at++)
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        const decoded = read(changed);
        const convicts = E.isRight(decoded) && E.isRight(verifyEvidence(CONTEXT, SET, decoded.right, toyVerify));
        expect(convicts, `byte ${String(at)} ^ ${String(flip)}`).toBe(false);
        refused += 1;
      }
    expect(refused).toBe(bytes.length * 3);
  });

  test('nor does any vote that somebody else signed', () => {
    const byOther = (vote: ConsensusVote): ConsensusVote => ({
      ...vote,
      signature: toyVote({ voter: identityNamed('v2'), proposalId: vote.proposalId }).signature,
    });
    const forged = duplicateVote(toyVote({}), byOther(toyVote({ proposalId: Y })));
    expect(left(verifyEvidence(CONTEXT, SET, forged, toyVerify))._tag).toBe('InvalidSignature');
  });
});
