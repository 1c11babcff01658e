import { isAmount, isCount, isRecord } from '@zhtp/types';
import { outranks } from './seats.ts';
import type { StakingRules } from './staking-rules.ts';
import { activeAccounts, type StakingState } from './staking-state.ts';

/** Who of the active validators would stay so. */
export interface Remaining {
  readonly activeValidators: number;
  readonly votingPower: bigint;
  /** Of all that are active now. */
  readonly currentVotingPower: bigint;
}

/**
 * Who would stay active under other rules (economics.md, Governance: Execution). Whoever has storage enough today and not
 * under the new minimum falls out, and the weakest beyond the new number of seats. A new minimum stake moves nobody: each
 * validator keeps the one it was admitted under. Under what are no rules nobody would.
 */
export const remainingUnder = (
  state: StakingState,
  rules: Pick<StakingRules, 'minStorage' | 'maxValidators'>,
): Remaining => {
  const currentVotingPower = state.totals.activePower;
  if (!isRecord(rules) || !isAmount(rules.minStorage) || !isCount(rules.maxValidators))
    return { activeValidators: 0, votingPower: 0n, currentVotingPower };
  const { minStorage, maxValidators } = rules;
  const staying = activeAccounts(state)
    .filter(
      ({ validator: { storageProvided } }) => storageProvided >= minStorage || storageProvided < state.rules.minStorage,
    )
    .toSorted((a, b) => (outranks(a, b) ? -1 : 1))
    .slice(0, maxValidators);
  return {
    activeValidators: staying.length,
    votingPower: staying.reduce((sum, { validator }) => sum + validator.votingPower, 0n),
    currentVotingPower,
  };
};
