import { CHAIN_PARAMETERS, chainParameterRange, invalidChainParameters, type ChainParameterValues } from '@zhtp/dao';
import { ceilDiv, floorDiv, type ChainParameters } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { present } from './invariant.ts';
import type { LedgerParameters } from './parameters.ts';

/** A chain parameter as genesis gives it. */
export interface NamedValue {
  readonly name: string;
  readonly value: bigint;
}

/** Parameters that genesis gives in a place of their own, by the name governance knows them by. */
interface Settled {
  readonly place: string;
  readonly value: bigint;
}

const settledElsewhere = (
  { maxBlockBytes, precisionMs, messageDelayMs, evidenceAgeMs }: ChainParameters,
  { minFeePerByte, newAccountFee }: LedgerParameters,
): ReadonlyMap<string, Settled> =>
  new Map([
    ['maxBlockBytes', { place: 'parameters.maxBlockBytes', value: BigInt(maxBlockBytes) }],
    ['precisionMs', { place: 'parameters.precisionMs', value: BigInt(precisionMs) }],
    ['messageDelayMs', { place: 'parameters.messageDelayMs', value: BigInt(messageDelayMs) }],
    ['evidenceAgeMs', { place: 'parameters.evidenceAgeMs', value: evidenceAgeMs }],
    ['minFeePerByteMicro', { place: 'appState.parameters.minFeePerByte', value: minFeePerByte }],
    ['newAccountFeeMicro', { place: 'appState.parameters.newAccountFee', value: newAccountFee }],
  ]);

const fault = (
  { name, value }: NamedValue,
  seen: ReadonlySet<string>,
  settled: ReadonlyMap<string, Settled>,
): string | undefined => {
  const row = chainParameterRange(name);
  if (row === undefined) return 'name: no chain parameter has this name, see CHAIN_PARAMETERS of @zhtp/dao';
  if (row.kind === 'budget') return `name: ${name} is a budget line, give it in appState.budgets`;
  if (seen.has(name)) return `name: ${name} occurs twice`;
  const other = settled.get(name);
  if (other !== undefined && other.value !== value)
    return `value: ${name} is ${String(value)} here and ${String(other.value)} in ${other.place}, give it there alone`;
  return value < row.min || value > row.max
    ? `value: ${name} is ${String(value)}, it must be from ${String(row.min)} to ${String(row.max)}`
    : undefined;
};

const MS_PER_SECOND = 1_000n;

/**
 * Every chain parameter that does not start where the table says: what genesis gives under its name or in a place of its
 * own, and what has to agree with the evidence age where genesis does not say: stake is held as long as evidence counts, a
 * light client trusts for two thirds of it. Left: what is wrong, with the path into genesis.
 */
export const firstChainParameters = (
  chain: ChainParameters,
  prices: LedgerParameters,
  given: readonly NamedValue[],
): Either<string, ChainParameterValues> => {
  const settled = settledElsewhere(chain, prices);
  const seen = new Set<string>();
  for (const [index, each] of given.entries()) {
    const wrong = fault(each, seen, settled);
    if (wrong !== undefined) return E.left(`appState.chainParameters.${String(index)}.${wrong}`);
    seen.add(each.name);
  }
  for (const [name, { place, value }] of settled) {
    const { min, max } = present(chainParameterRange(name), `the row of ${name}`);
    if (value < min || value > max)
      return E.left(`${place} is ${String(value)}, it must be from ${String(min)} to ${String(max)}`);
  }
  const { evidenceAgeMs } = chain;
  const values = new Map<string, bigint>([
    ...Array.from(settled, ([name, { value }]) => [name, value] as const),
    ['unbondingSeconds', ceilDiv(evidenceAgeMs, MS_PER_SECOND)],
    ['trustingPeriodSeconds', floorDiv(2n * evidenceAgeMs, 3n * MS_PER_SECOND)],
    ...given.map(({ name, value }) => [name, value] as const),
  ]);
  const initial = new Map<string, bigint>(Object.entries(CHAIN_PARAMETERS).map(([name, row]) => [name, row.initial]));
  const moved = new Map([...values].filter(([name, value]) => initial.get(name) !== value));
  const contradiction = invalidChainParameters(moved);
  return contradiction === undefined ? E.right(moved) : E.left(`appState.chainParameters: ${contradiction}`);
};
