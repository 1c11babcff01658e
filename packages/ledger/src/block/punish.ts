import {
  CHAIN_THRESHOLDS,
  dueFaults,
  EMPTY_FILE,
  markPunished,
  offenceOf,
  penaltyFor,
  recordFault,
  type DueFault,
  type Offence,
  type Penalty,
} from '@zhtp/byzantine';
import { evidenceIdOf } from '@zhtp/chain';
import type { ConsensusError, Evidence, IdentityId } from '@zhtp/types';
import { convict, jail, PPM_PER_PERCENT, slashStake, type SlashTaken } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { present } from '../invariant.ts';
import type { WorkingState } from '../working-state.ts';
import { epochTimeAt, powerIn, setAt } from './frozen-sets.ts';
import { stakingStep } from './staking-step.ts';

const NOTHING: SlashTaken = { total: 0n, own: 0n };

/** Takes stake by the row of the table; a row without a share jails alone. */
const take = (
  working: WorkingState,
  validator: IdentityId,
  penalty: Penalty,
  infractionHeight: bigint,
): Either<ConsensusError, SlashTaken> => {
  const { slashType, slashPercentage } = penalty;
  const { staking, sets, epochTimes } = working.domains();
  if (slashType === 'DoubleSign') {
    const power = powerIn(setAt(sets, infractionHeight), validator);
    const atSeconds = epochTimeAt(epochTimes, infractionHeight);
    return stakingStep(working, (state) =>
      convict(state, { identity: validator, infractionHeight, ...power, atSeconds }),
    );
  }
  if (slashPercentage === 0) {
    const jailed = stakingStep(working, (state) => jail(state, validator, staking.rules.livenessJailSeconds));
    return E.map(() => NOTHING)(jailed);
  }
  const order = { identity: validator, slashType, fractionPpm: BigInt(slashPercentage) * PPM_PER_PERCENT };
  // Missing blocks is something of now: a window has no one height.
  const dated = slashType === 'Liveness' ? order : { ...order, infractionHeight };
  return stakingStep(working, (state) => slashStake(state, dated));
};

/** What is due of one validator's file, each fault once. A refusal (nothing bonded then) leaves the record, unpunished. */
const punishDue = (working: WorkingState, validator: IdentityId, { faultType, severity, records }: DueFault): void => {
  const { governance, faults } = working.domains();
  const penalty = penaltyFor(faultType, severity, governance.configInForce);
  const last = records[records.length - 1];
  if (penalty === undefined || last === undefined) return;
  const taken = take(working, validator, penalty, last.height);
  if (E.isLeft(taken)) return;
  const file = faults.get(validator) ?? EMPTY_FILE;
  working.setDomains({ faults: faults.with(validator, markPunished(file, faultType)) });
  const { status } = present(working.domains().staking.accounts.get(validator), 'a punished validator').validator;
  const applied = { ...penalty, validator, slashed: taken.right.total, statusAfter: status };
  working.report([{ _tag: 'PenaltyApplied', penalty: applied }]);
};

/** Files a proven offence; what the table asks for then happens at once. The same offence again adds nothing. */
export const fileOffence = (
  working: WorkingState,
  { validator, faultType, height }: Offence,
  subject: string,
  detail: string,
): void => {
  const { faults } = working.domains();
  const file = recordFault(faults.get(validator) ?? EMPTY_FILE, { faultType, height, subject, weight: 1, detail });
  working.setDomains({ faults: faults.with(validator, file) });
  for (const due of dueFaults(file, CHAIN_THRESHOLDS)) punishDue(working, validator, due);
};

/** Evidence in the block: recorded, judged by the one table, slashed (economics.md, Faults and penalties). */
export const punish = (working: WorkingState, evidence: readonly Evidence[]): void => {
  for (const piece of evidence) fileOffence(working, offenceOf(piece), '', evidenceIdOf(piece));
};
