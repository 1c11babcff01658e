import { validatorError, mulDivFloor, type IdentityId, type Validator } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { PenaltyTarget } from '../src/apply-penalty.ts';
import { identityNamed, validatorRecord } from './support.ts';

/** A registry that slashes by the rules a penalty needs: share of stake, tombstone, jail. */
export interface StakeBook extends PenaltyTarget {
  readonly slashes: string[];
  stakeOf(name: string): bigint;
  statusOf(name: string): string | undefined;
}

export const stakeBook = (...names: readonly string[]): StakeBook => {
  const records = new Map<IdentityId, Validator>(names.map((name) => [identityNamed(name), validatorRecord(name)]));
  const slashes: string[] = [];
  return {
    slashes,
    stakeOf: (name) => records.get(identityNamed(name))?.stake ?? 0n,
    statusOf: (name) => records.get(identityNamed(name))?.status,
    getValidator: (identity) => O.fromNullable(records.get(identity)),
    slashValidator: (identity, slashType, slashPercentage) => {
      const record = records.get(identity);
      if (record === undefined) return E.left(validatorError(`Validator not found: ${identity}`));
      const taken = mulDivFloor(record.stake, BigInt(slashPercentage), 100n);
      const status = slashType === 'DoubleSign' ? 'Slashed' : slashType === 'Liveness' ? 'Jailed' : record.status;
      records.set(identity, {
        ...record,
        stake: record.stake - taken,
        status: record.status === 'Slashed' ? 'Slashed' : status,
        slashCount: record.slashCount + 1,
      });
      slashes.push(`${slashType} ${String(slashPercentage)}`);
      return E.right(taken);
    },
    jailValidator: (identity, durationSeconds, atSeconds) => {
      const record = records.get(identity);
      if (record === undefined) return E.left(validatorError(`Validator not found: ${identity}`));
      records.set(identity, { ...record, status: 'Jailed', jailUntil: O.some(atSeconds + durationSeconds) });
      return E.right(undefined);
    },
  };
};
