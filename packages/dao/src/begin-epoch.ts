import { either as E } from 'fp-ts';
import type { GovernanceEvent } from './governance-event.ts';
import type { GovernanceResult, GovernanceState } from './governance-state.ts';
import { recordedIn } from './treasury-records.ts';

/** An epoch boundary: what was decided is in force, and the income of the epoch that ended is recorded. */
export const beginEpoch = (state: GovernanceState): GovernanceResult<void> => {
  const isNew = state.decidedConfig !== state.configInForce;
  const inForce: readonly GovernanceEvent[] = isNew ? [{ _tag: 'ParametersInForce', config: state.decidedConfig }] : [];
  const next = { ...state, configInForce: state.decidedConfig, incomeOfEpoch: 0n };
  if (state.incomeOfEpoch === 0n) return E.right({ state: next, events: inForce, result: undefined });
  const [recorded, event] = recordedIn(next, next.treasury, {
    kind: 'Deposit',
    amount: state.incomeOfEpoch,
    description: 'block income of an epoch',
  });
  return E.right({ state: recorded, events: [event, ...inForce], result: undefined });
};
