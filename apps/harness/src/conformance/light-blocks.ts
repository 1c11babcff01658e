import { isTrustLevel, type TrustLevel } from '@zhtp/bft';
import type { SignerSet } from '@zhtp/chain';
import { ZERO_HASH, type Hash, type Header } from '@zhtp/types';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { hashNamed, identityNamed, keyedSet } from './keyed-set.ts';
import { closed, count, integer } from './shape.ts';

/** A validator set as the vectors of light clients write it. */
export const members = t.array(closed({ id: t.string, power: integer }));

export const trustLevelPair = t.tuple([count, count]);

/** Shown by blocks of a model checker; no chain of ours has it. */
const NOBODY: SignerSet = { validators: [], totalPower: 0n, hash: hashNamed('nobody'), indexOf: () => -1 };

/** The set of these members with keys of their own. */
export const signerSet = (of: t.TypeOf<typeof members>): E.Either<string, SignerSet> =>
  of.length === 0 ? E.right(NOBODY) : keyedSet(of.map(({ id, power }) => [id, power]));

/** A trust level of a file; a light client has none below a third. */
export const readTrustLevel = ([numerator, denominator]: t.TypeOf<typeof trustLevelPair>): E.Either<
  string,
  TrustLevel
> => {
  const share = { numerator: BigInt(numerator), denominator: BigInt(denominator) };
  return isTrustLevel(share)
    ? E.right(share)
    : E.left(`the trust level ${String(numerator)}/${String(denominator)} is not between a third and the whole`);
};

/** What vectors say of a header; the rest of it is the same in all. */
export interface ShownHeader {
  readonly chainId: string;
  readonly height: number;
  readonly timeMs: bigint;
  readonly parent: Hash | undefined;
  readonly validatorsHash: Hash;
  readonly nextValidatorsHash: Hash;
  /** Tells apart headers that are the same in everything else. */
  readonly name: string;
}

export const headerOf = (of: ShownHeader): Header => ({
  version: { protocol: 1, app: 1 },
  chainId: of.chainId,
  height: BigInt(of.height),
  time: of.timeMs,
  lastBlockId: of.parent ?? ZERO_HASH,
  lastCommitHash: ZERO_HASH,
  dataHash: hashNamed(of.name),
  evidenceHash: ZERO_HASH,
  proofHash: ZERO_HASH,
  validatorsHash: of.validatorsHash,
  nextValidatorsHash: of.nextValidatorsHash,
  parametersHash: ZERO_HASH,
  difficultyBits: 0,
  appHash: ZERO_HASH,
  resultsHash: ZERO_HASH,
  proposer: identityNamed('proposer'),
});
