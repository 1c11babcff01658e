import { EMPTY_FILE, offenceKey, offenceOf, type Offence } from '@zhtp/byzantine';
import { isExpired } from '@zhtp/chain';
import type { Option } from 'fp-ts/lib/Option.js';
import { option as O } from 'fp-ts';
import { epochTimeAt } from '../block/frozen-sets.ts';
import { punish } from '../block/punish.ts';
import type { WorkingState } from '../working-state.ts';
import { failed, type FailedMessage } from './failed-message.ts';
import type { LedgerMessageOf } from './message.ts';
import type { MessageContext } from './message-context.ts';

type SubmitEvidence = LedgerMessageOf<'SubmitEvidence'>;

const MS_PER_SECOND = 1_000n;

/** By the chain's rule (economics.md, Age), an offence dated by the beginning of its epoch, as correlation does. */
const isTooOld = (working: WorkingState, { height }: Offence, at: bigint): boolean => {
  const { previous, epochTimes, consensus } = working.domains();
  const parentTime = (previous?.atSeconds ?? 0n) * MS_PER_SECOND;
  return isExpired({ height, time: epochTimeAt(epochTimes, height) * MS_PER_SECOND }, at, parentTime, consensus);
};

const isKnown = (working: WorkingState, offence: Offence): boolean => {
  const { records } = working.domains().faults.get(offence.validator) ?? EMPTY_FILE;
  const key = offenceKey(offence);
  return records.some((record) => offenceKey({ ...record, validator: offence.validator }) === key);
};

/** Punishes as evidence in a block does; what convicts nobody, or nobody any more, costs the reporter the fee. */
export const applyEvidence = (
  working: WorkingState,
  { height, validity }: MessageContext,
  { evidence }: SubmitEvidence,
): Option<FailedMessage> => {
  const offence = offenceOf(evidence);
  const { validator, faultType } = offence;
  const where = `${faultType} of ${validator} at height ${String(offence.height)}`;
  if (offence.height >= height)
    return failed('EvidenceRefused', `${where} can be judged from block ${String(offence.height + 1n)} on`);
  if (isTooOld(working, offence, height)) return failed('EvidenceRefused', `${where} is older than the evidence age`);
  if (isKnown(working, offence)) return failed('EvidenceRefused', `${where} is known and was judged already`);
  if (validity === 'invalid')
    return failed(
      'EvidenceRefused',
      `${where} is not proven: nobody of that name in the set of that height, no conflict, or a signature that does not hold`,
    );
  punish(working, [evidence]);
  return O.none;
};
