import { floorDiv } from '@zhtp/types';

/** Units of the three kinds of useful work. */
export interface WorkUnits {
  readonly routingWork: bigint;
  readonly storageWork: bigint;
  readonly computeWork: bigint;
}

const PARTS_PER_MILLION = 1_000_000n;

const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

/** Routing, storage and computation together. */
export const totalUnits = ({ routingWork, storageWork, computeWork }: WorkUnits): bigint =>
  routingWork + storageWork + computeWork;

/**
 * How evenly the work is spread over the three kinds, in parts per million: 10⁶ − ⌊Σ|3wᵢ − t| · 10⁶ / 6t⌋, and 0 without
 * work (economics.md, Proofs). Thirds give 1 000 000, a single kind 333 334.
 */
export const workQualityPpm = (work: WorkUnits): bigint => {
  const total = totalUnits(work);
  if (total === 0n) return 0n;
  const { routingWork, storageWork, computeWork } = work;
  const spread = [routingWork, storageWork, computeWork].reduce((sum, units) => sum + distance(3n * units, total), 0n);
  return PARTS_PER_MILLION - floorDiv(spread * PARTS_PER_MILLION, 6n * total);
};

/** The double nearest to so many parts per million, read from decimal text: exact rounding, the same on every platform. */
export const ppmAsNumber = (ppm: bigint): number => Number(`${String(ppm)}e-6`);
