import type { Evidence, Hash, SignatureCheck } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { BlockError } from './block-error.ts';
import { evidenceChecks, evidenceHeight, evidenceIdOf } from './evidence.ts';
import type { SigningContext } from './signature-checks.ts';
import type { SignerSet } from './signer-set.ts';

/** What the state after the parent says of evidence. */
export interface BlockEvidenceRules {
  readonly signing: SigningContext;
  /** Height of the block that carries it. */
  readonly height: bigint;
  /** The frozen set of an earlier height inside the evidence age; undefined when it is older (`isExpired`). */
  readonly setAt: (height: bigint) => SignerSet | undefined;
  /** Whether a block inside the evidence age carries it already, by `evidenceIdOf`. */
  readonly isCommitted: (id: Hash) => boolean;
}

const wrongEvidence = (index: number, reason: string): BlockError => ({
  _tag: 'WrongEvidence',
  field: `evidence[${String(index)}]`,
  message: `block evidence[${String(index)}] ${reason}`,
});

/**
 * Whether a block may carry this evidence: each piece of an earlier height inside the age, convicting by the set of that
 * height, in no earlier block, and once (protocol.md, Evidence and accountability). Answers with the signatures that
 * remain to be verified. Sizes are `checkBlockBody`'s.
 */
export const checkBlockEvidence = (
  { signing, height, setAt, isCommitted }: BlockEvidenceRules,
  evidence: readonly Evidence[],
): Either<BlockError, readonly SignatureCheck[]> => {
  const ids = new Set<Hash>();
  const checks: SignatureCheck[] = [];
  for (const [i, piece] of evidence.entries()) {
    const offence = evidenceHeight(piece);
    if (offence >= height)
      return E.left(wrongEvidence(i, `is of height ${String(offence)}, it must be below ${String(height)}`));
    const set = setAt(offence);
    if (set === undefined) return E.left(wrongEvidence(i, `is of height ${String(offence)}, which is too old`));
    const id = evidenceIdOf(piece);
    if (isCommitted(id)) return E.left(wrongEvidence(i, `${id} is in an earlier block`));
    if (ids.has(id)) return E.left(wrongEvidence(i, `${id} occurs twice in the block`));
    ids.add(id);
    const found = evidenceChecks(signing, set, piece);
    if (E.isLeft(found)) return E.left(wrongEvidence(i, `convicts nobody: ${found.left.message}`));
    checks.push(...found.right);
  }
  return E.right(checks);
};
