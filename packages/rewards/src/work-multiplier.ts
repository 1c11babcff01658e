import { found, rewardError, usefulWorkTypeCodec, type ConsensusResult, type UsefulWorkType } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { mistyped } from './refusals.ts';

/** One whole in basis points. */
export const BASIS_POINTS = 10_000n;

/** Highest multiplier (decisions.md §1). */
const MULTIPLIER_MAX = 100;
export const MULTIPLIER_BASIS_POINTS_MAX = 1_000_000n;

/** Every kind of work, in documented order. */
export const USEFUL_WORK_TYPES: readonly UsefulWorkType[] = [
  'NetworkRouting',
  'DataStorage',
  'Computation',
  'Validation',
  'BridgeOperations',
];

/** Basis points by which units of each kind count. */
export type WorkMultipliers = ReadonlyMap<UsefulWorkType, bigint>;

/** 1.2, 1.1, 1.3, 1.0 and 1.5 (economics.md, Rewards). */
export const DEFAULT_WORK_MULTIPLIERS: WorkMultipliers = new Map<UsefulWorkType, bigint>([
  ['NetworkRouting', 12_000n],
  ['DataStorage', 11_000n],
  ['Computation', 13_000n],
  ['Validation', 10_000n],
  ['BridgeOperations', 15_000n],
]);

/**
 * The documented f64 as exact basis points: 0 to 100 in steps of a ten-thousandth. Refused: anything between two steps,
 * −0, NaN and infinities.
 */
export const multiplierInBasisPoints = (multiplier: number): ConsensusResult<bigint> => {
  const refused = E.left(
    rewardError(
      `multiplier is ${found(multiplier)}, it must be from 0 to ${String(MULTIPLIER_MAX)} in steps of 0.0001`,
    ),
  );
  if (typeof multiplier !== 'number' || !(multiplier >= 0 && multiplier <= MULTIPLIER_MAX)) return refused;
  const basisPoints = Math.round(multiplier * Number(BASIS_POINTS));
  // The double that these basis points are written as: equal exactly when the caller wrote the same decimal.
  const isExact = Object.is(Number(`${String(basisPoints)}e-4`), multiplier);
  return isExact ? E.right(BigInt(basisPoints)) : refused;
};

/** The multipliers with one of them replaced. */
export const withMultiplier = (
  multipliers: WorkMultipliers,
  workType: UsefulWorkType,
  multiplier: number,
): ConsensusResult<WorkMultipliers> => {
  const refused = mistyped('workType', usefulWorkTypeCodec, workType);
  if (refused !== undefined) return E.left(refused);
  return E.map((basisPoints: bigint): WorkMultipliers => new Map([...multipliers, [workType, basisPoints]]))(
    multiplierInBasisPoints(multiplier),
  );
};
