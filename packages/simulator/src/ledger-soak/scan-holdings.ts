import { conservationFault, supplyOf, type LedgerState } from '@zhtp/ledger';

const sum = <A>(values: Iterable<A>, amount: (value: A) => bigint): bigint => {
  let total = 0n;
  for (const value of values) total += amount(value);
  return total;
};

/**
 * Why what is held and what the running totals say differ, by looking at everything that holds micro-ZHTP one by one
 * (economics.md, first rule); undefined when they agree.
 */
export const holdingsFault = (state: LedgerState): string | undefined => {
  const { staking, accrual, governance } = state;
  const fault = conservationFault(state, 'full');
  if (fault !== undefined) return fault;
  const said = supplyOf(state);
  const seen = {
    ownStake: sum(staking.accounts.entries(), ([, { validator }]) => validator.stake),
    delegatedStake: sum(staking.accounts.entries(), ([, { validator }]) => validator.delegatedStake),
    unbonding: sum(staking.unbondings.entries(), ([, { left }]) => left),
    outstandingRewards: sum(accrual.pools.entries(), ([, { outstanding }]) => outstanding),
    deposits: sum(governance.open, ([, { deposit }]) => deposit),
  };
  for (const name of ['ownStake', 'delegatedStake', 'unbonding', 'outstandingRewards', 'deposits'] as const)
    if (seen[name] !== said[name])
      return `${name}: the entries hold ${String(seen[name])}, the running total says ${String(said[name])}`;
  return undefined;
};
