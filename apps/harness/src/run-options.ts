import { stallThreshold } from '@zhtp/bft';
import { InvalidArgumentError } from 'commander';

/** What `harness run` is asked to do. */
export interface RunOptions {
  readonly validators: number;
  readonly heights: number;
  readonly seed: number;
  /** Messages lost, in 1000. */
  readonly loss: number;
  /** Validators that crash for good early in the run. */
  readonly crash: number;
  readonly delay: DelayRange;
  readonly realKeys: boolean;
  readonly transactions: boolean;
  readonly timing: boolean;
}

/** Milliseconds, both ends included. */
export interface DelayRange {
  readonly minMs: number;
  readonly maxMs: number;
}

/** A decimal number without sign, fraction or exponent, within bounds. */
export const readCount = (what: string, text: string, low: number, high: number): number => {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= low && value <= high))
    throw new InvalidArgumentError(`${what} must be a whole number from ${String(low)} to ${String(high)}.`);
  return value;
};

export const readValidators = (text: string): number => readCount('The number of validators', text, 1, 200);
export const readHeights = (text: string): number => readCount('The number of heights', text, 1, 1_000_000);
export const readSeed = (text: string): number => readCount('The seed', text, 0, 0x7fff_ffff);
export const readCrash = (text: string): number => readCount('The number of crashed validators', text, 0, 66);

const LOSS_MAX_PER_MILLE = 900;

/** `20%`, `200‰` or a bare number of thousandths. */
export const readLoss = (text: string): number => {
  const [, digits, unit] = /^(\d{1,4})([%‰]?)$/.exec(text) ?? [];
  const perMille = digits === undefined ? Number.NaN : Number(digits) * (unit === '%' ? 10 : 1);
  if (!(perMille <= LOSS_MAX_PER_MILLE))
    throw new InvalidArgumentError('Loss must be from 0% to 90%, written like 20% or 200‰.');
  return perMille;
};

const DELAY_MAX_MS = 10_000;

/** `5..60`: milliseconds. */
export const readDelay = (text: string): DelayRange => {
  const [, low, high] = /^(\d{1,6})\.\.(\d{1,6})$/.exec(text) ?? [];
  const [minMs, maxMs] = [Number(low), Number(high)];
  if (!(minMs <= maxMs && maxMs <= DELAY_MAX_MS))
    throw new InvalidArgumentError(
      `Delays must be written like 5..60, in milliseconds, at most ${String(DELAY_MAX_MS)}.`,
    );
  return { minMs, maxMs };
};

/** Why these options do not go together, or undefined. */
export const contradiction = ({ validators, crash }: Pick<RunOptions, 'validators' | 'crash'>): string | undefined =>
  crash < stallThreshold(validators)
    ? undefined
    : `--crash ${String(crash)} leaves ${String(validators - crash)} of ${String(validators)} validators: more than two thirds must run, or nothing is ever decided.`;
