import { u8, validatorError, type ConsensusError, type ConsensusResult } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { mistyped } from './refusals.ts';

const DAY_SECONDS = 86_400n;

/** What a validator promised at registration, in percent, and what it asked for since (economics.md, Validators). */
export interface CommissionTerms {
  readonly maxRate: number;
  /** Most points up or down per change. */
  readonly maxDailyChange: number;
  /** Waits for the next epoch. */
  readonly pendingRate?: number;
  /** Unix seconds of the last change asked for. */
  readonly changedAt?: bigint;
}

/** Promised where nothing is said: any rate, five points a day. */
const DEFAULT_COMMISSION: CommissionTerms = { maxRate: 100, maxDailyChange: 5 };

/** Terms of a registration with that rate, or what is wrong with them. */
export const commissionTerms = (
  rate: number,
  promised: { readonly maxRate?: number | undefined; readonly maxDailyChange?: number | undefined },
): ConsensusResult<CommissionTerms> => {
  const { maxRate = DEFAULT_COMMISSION.maxRate } = promised;
  const wrongType =
    mistyped({ maxRate: u8 }, { maxRate }) ??
    (promised.maxDailyChange === undefined ? undefined : mistyped({ maxDailyChange: u8 }, promised));
  if (wrongType !== undefined) return E.left(wrongType);
  const { maxDailyChange = Math.min(DEFAULT_COMMISSION.maxDailyChange, maxRate) } = promised;
  const refused =
    (maxRate > 100 ? validatorError('maxRate must be a percentage from 0 to 100', maxRate) : undefined) ??
    (maxDailyChange > maxRate
      ? validatorError(`maxDailyChange must be at most maxRate ${String(maxRate)}`, maxDailyChange)
      : undefined) ??
    (rate > maxRate ? validatorError(`commissionRate must be at most maxRate ${String(maxRate)}`, rate) : undefined);
  return refused === undefined ? E.right({ maxRate, maxDailyChange }) : E.left(refused);
};

const refusal = (terms: CommissionTerms, current: number, next: number, at: bigint): ConsensusError | undefined => {
  const { maxRate, maxDailyChange, changedAt } = terms;
  if (!u8.json.is(next) || next > 100)
    return validatorError('commissionRate must be a whole percentage from 0 to 100', next);
  if (next > maxRate)
    return validatorError(`commissionRate is above maxRate ${String(maxRate)} of this validator`, next);
  if (Math.abs(next - current) > maxDailyChange)
    return validatorError(
      `commissionRate may move by ${String(maxDailyChange)} points from ${String(current)} in one change`,
      next,
    );
  return changedAt !== undefined && at < changedAt + DAY_SECONDS
    ? validatorError(`commissionRate was changed at ${String(changedAt)}; the next change is possible a day later`, at)
    : undefined;
};

/** Asks for another rate from the next epoch: once per 24 hours, within what was promised. */
export const changedCommission = (
  terms: CommissionTerms,
  current: number,
  next: number,
  atSeconds: bigint,
): ConsensusResult<CommissionTerms> => {
  const refused = refusal(terms, current, next, atSeconds);
  return refused === undefined ? E.right({ ...terms, pendingRate: next, changedAt: atSeconds }) : E.left(refused);
};
