import type { CommitCertificate, FrozenValidator, Hash, Header } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { blockIdOf } from './header.ts';
import type { SigningContext } from './signature-checks.ts';
import type { SignerSet } from './signer-set.ts';
import { decisionOf, verifyCommitLight } from './verify-commit.ts';
import type { VerifySignature } from './verify-now.ts';

/** A block whose header is believed without a chain to it from genesis. */
export interface TrustedBlock {
  readonly height: bigint;
  readonly blockId: Hash;
}

/** What {@link proveSets} goes by: all but `signing`, `initialHeight` and `genesisSet` may come from anybody. */
export interface SetsToProve {
  readonly signing: SigningContext;
  readonly initialHeight: bigint;
  /** Serves the first two heights (protocol.md, Blocks). */
  readonly genesisSet: SignerSet;
  /** Sets that headers may name; only their hashes are looked at. */
  readonly sets: readonly (readonly FrozenValidator[])[];
  readonly headers: readonly { readonly header: Header; readonly certificate: CommitCertificate }[];
  /** Where the headers begin when those before it are gone. */
  readonly trusted?: TrustedBlock;
}

/** Makes the set that headers name from its validators, or says why they are none. */
export type MakeSet = (validators: readonly FrozenValidator[]) => Either<string, SignerSet>;

/** The set of a height; undefined where no header shows it. */
export type ProvenSets = (height: bigint) => SignerSet | undefined;

/** What to do about a set that is not there. */
const KEPT = 'nodes keep a set as long as evidence of it may be handed in; export from a node that still has it';

/**
 * The frozen sets that headers show, from genesis on. A header counts when more than two thirds of the set proven for its
 * height signed it; then it shows the set of the next height. Between two headers the last proven set may have decided many
 * heights: a header it signed that names it shows that it was in force there.
 */
export const proveSets = (
  { signing, initialHeight, genesisSet, sets, headers, trusted }: SetsToProve,
  makeSet: MakeSet,
  verify: VerifySignature,
): Either<string, ProvenSets> => {
  const known = new Map<Hash, SignerSet>([[genesisSet.hash, genesisSet]]);
  for (const [i, validators] of sets.entries()) {
    const set = makeSet(validators);
    if (E.isLeft(set)) return E.left(`set ${String(i + 1)}: ${set.left}`);
    known.set(set.right.hash, set.right);
  }
  const proven = new Map<bigint, SignerSet>([
    [initialHeight, genesisSet],
    [initialHeight + 1n, genesisSet],
  ]);
  let last: { readonly set: SignerSet | undefined; readonly height: bigint } = {
    set: genesisSet,
    height: initialHeight,
  };
  let before = initialHeight - 1n;
  for (const { header, certificate } of headers) {
    const at = `the header of height ${String(header.height)}`;
    if (header.height <= before) return E.left(`${at} does not come after the one of height ${String(before)}`);
    before = header.height;
    const isTrusted = trusted?.height === header.height && trusted.blockId === blockIdOf(header);
    const set = isTrusted ? known.get(header.validatorsHash) : (proven.get(header.height) ?? last.set);
    if (set === undefined)
      return E.left(
        isTrusted
          ? `${at} is trusted, but the file does not hold its set ${header.validatorsHash}: ${KEPT}`
          : `${at} follows a change to a set that the file does not hold`,
      );
    if (set.hash !== header.validatorsHash)
      return E.left(
        `${at} names set ${header.validatorsHash}, proven is ${set.hash} of height ${String(last.height)}: ${
          known.has(header.validatorsHash)
            ? 'headers between them are missing, or it is of another chain. If the node no longer has them, name a block that you trust'
            : `the file does not hold that set: ${KEPT}`
        }`,
      );
    const decided = verifyCommitLight({ context: signing, set, certificate, decision: decisionOf(header) }, verify);
    if (E.isLeft(decided)) return E.left(`${at} is not decided by its set: certificate ${decided.left.message}`);
    proven.set(header.height, set);
    const next = known.get(header.nextValidatorsHash);
    if (next !== undefined) proven.set(header.height + 1n, next);
    last = { set: next, height: header.height + 1n };
  }
  return E.right((height) => proven.get(height));
};
