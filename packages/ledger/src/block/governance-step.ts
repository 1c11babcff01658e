import type { GovernanceResult, GovernanceState } from '@zhtp/dao';
import type { ConsensusError } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { expectRight } from '../invariant.ts';
import type { WorkingState } from '../working-state.ts';
import { followFunds } from './money.ts';

type Step<A> = (governance: GovernanceState) => GovernanceResult<A>;

/** One transition of governance that may be refused, with the money that moves because of it. */
export const tryGovernance = <A>(working: WorkingState, step: Step<A>): Either<ConsensusError, A> => {
  const taken = step(working.domains().governance);
  if (E.isLeft(taken)) return taken;
  const { state, events, result } = taken.right;
  working.setDomains({ governance: state });
  working.report(events);
  followFunds(working, events);
  return E.right(result);
};

/** One that the block itself takes, which nothing in it can refuse. */
export const governanceStep = <A>(working: WorkingState, step: Step<A>, what: string): A =>
  expectRight(tryGovernance(working, step), what);
