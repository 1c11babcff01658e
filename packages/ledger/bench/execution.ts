import { executeBlock, mapRoot, updateMap, type LedgerState } from '@zhtp/ledger';
import { blockOfTransfers, chain, must } from './accounts.ts';
import { print, secondsOf } from './measure.ts';

/** Transfers per second of CPU on one core. */
export const benchExecution = (state: LedgerState): void => {
  mapRoot(state.accounts);
  mapRoot(state.keys);
  for (const count of [100, 1_000, 10_000]) {
    const block = blockOfTransfers(count);
    const { changes } = must(executeBlock(state, chain, block));
    const seconds = secondsOf(() => must(executeBlock(state, chain, block)));
    const rootSeconds = secondsOf(() => mapRoot(updateMap(state.accounts, changes.accounts)));
    const [whole, withoutRoot] = [seconds, seconds - rootSeconds].map((s) => Math.round(count / s).toString());
    print(`${String(count)} transfers executed: ${withoutRoot} per second without the root, ${whole} with it`);
  }
};
