import {
  byzantineFaultError,
  type ByzantineFault,
  type ByzantineFaultType,
  type ConsensusResult,
  type IdentityId,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { applyPenalty, type AppliedPenalty, type PenaltyTarget } from './apply-penalty.ts';
import { faultOf } from './describe-fault.ts';
import {
  dueFaults,
  EMPTY_FILE,
  LOCAL_THRESHOLDS,
  markPunished,
  recordFault,
  type DueFault,
  type FaultFile,
  type FaultRecord,
} from './fault-file.ts';
import { penaltyFor, type SlashShares } from './penalties.ts';
import { createRecencyMap } from './recency-map.ts';

/** Validators with a file; whoever was neither recorded nor punished for longest leaves first. */
export const FILES_MAX = 10_000;

/** The files of all validators; changes in place, one file per call. */
export interface FaultRegister {
  record(validator: IdentityId, record: FaultRecord): void;
  /** What is due against validators that the manager knows, in identity order. */
  due(target: PenaltyTarget, detectedAt: bigint): readonly ByzantineFault[];
  /** Applies what is still due among these faults, whatever their order and however often they come. */
  punish(
    faults: readonly ByzantineFault[],
    target: PenaltyTarget,
    shares: SlashShares,
    applied: (penalty: AppliedPenalty) => void,
  ): ConsensusResult<void>;
  readonly size: number;
}

const byValidator = (a: ByzantineFault, b: ByzantineFault): number =>
  a.validator < b.validator ? -1 : a.validator > b.validator ? 1 : 0;

export const createFaultRegister = (): FaultRegister => {
  const files = createRecencyMap<IdentityId, FaultFile>(FILES_MAX);
  /** Validator and fault type of the penalties that are being applied. */
  const punishing = new Set<string>();

  /** A tombstoned validator is punished for every double sign it ever made. */
  const dueAgainst = (validator: IdentityId, target: PenaltyTarget): readonly DueFault[] => {
    const record = target.getValidator(validator);
    if (O.isNone(record)) return [];
    const due = dueFaults(files.get(validator) ?? EMPTY_FILE, LOCAL_THRESHOLDS);
    return record.value.status === 'Slashed' ? due.filter(({ faultType }) => faultType !== 'DoubleSign') : due;
  };

  const unfounded = ({ validator, faultType }: ByzantineFault): boolean =>
    !(files.get(validator)?.records.some((record) => record.faultType === faultType) ?? false);

  return {
    get size() {
      return files.size;
    },
    record: (validator, record) => {
      files.put(validator, recordFault(files.get(validator) ?? EMPTY_FILE, record));
    },
    due: (target, detectedAt) =>
      [...files.keys()]
        .sort()
        .flatMap((validator) => dueAgainst(validator, target).map((due) => faultOf(validator, due, detectedAt))),
    punish: (faults, target, shares, applied) => {
      const stranger = faults.find(({ validator }) => O.isNone(target.getValidator(validator)));
      if (stranger !== undefined)
        return E.left(byzantineFaultError(`Validator not found: ${stranger.validator} cannot be punished`));
      const groundless = faults.find(unfounded);
      if (groundless !== undefined)
        return E.left(
          byzantineFaultError(
            `no ${groundless.faultType} of validator ${groundless.validator} is on record here; pass faults that detectFaults of this detector returned`,
          ),
        );
      const named = new Map<IdentityId, Set<ByzantineFaultType>>();
      for (const { validator, faultType } of faults.toSorted(byValidator))
        named.set(validator, (named.get(validator) ?? new Set()).add(faultType));
      for (const [validator, faultTypes] of named)
        for (const { faultType } of dueAgainst(validator, target)) {
          // Asked anew each time: the target's subscribers may have called us, and punished, meanwhile.
          const due = dueAgainst(validator, target).find((each) => each.faultType === faultType);
          const underway = `${validator}/${faultType}`;
          if (due === undefined || !faultTypes.has(faultType) || punishing.has(underway)) continue;
          // The severity is ours: a fault is data, and its text and severity are whatever the caller made of it.
          const penalty = penaltyFor(faultType, due.severity, shares);
          if (penalty === undefined) continue;
          punishing.add(underway);
          const result = applyPenalty(target, { validator }, penalty);
          punishing.delete(underway);
          if (E.isLeft(result)) return result;
          files.put(validator, markPunished(files.get(validator) ?? EMPTY_FILE, faultType));
          applied(result.right);
        }
      return E.right(undefined);
    },
  };
};
