import { stallThreshold } from '@zhtp/bft';
import {
  isHex32,
  type IdentityId,
  type LivenessMonitor,
  type Option,
  type PartitionSuspectedEvidence,
} from '@zhtp/types';
import { option as O } from 'fp-ts';
import { TIMED_OUT_AFTER_SECONDS } from './liveness.ts';

/** At most one suspicion in so many seconds (economics.md, Faults and penalties). */
export const PARTITION_PAUSE_SECONDS = 10n;

/** What a suspicion rests on. Times in unix seconds. */
export interface PartitionInput {
  readonly monitor: LivenessMonitor;
  readonly height: bigint;
  readonly round: number;
  readonly nowSeconds: bigint;
  /** When the last suspicion was. */
  readonly lastAt: Option<bigint>;
  /** With it whoever is not in the set is ignored. */
  readonly members?: readonly IdentityId[] | undefined;
}

const tooSoon = (lastAt: Option<bigint>, now: bigint): boolean =>
  O.isSome(lastAt) && (now >= lastAt.value ? now - lastAt.value : lastAt.value - now) < PARTITION_PAUSE_SECONDS;

/**
 * So many validators silent at once that the network is the likely cause. Only while the monitor is stalled; what it says is
 * counted again: repeated and unknown ids are left out, and the threshold n − ⌊2n/3⌋ is our own. A set of one has no
 * network to lose. It accuses nobody.
 */
export const suspectPartition = (input: PartitionInput): Option<PartitionSuspectedEvidence> => {
  const { monitor, height, round, nowSeconds, lastAt, members } = input;
  const known = members === undefined ? undefined : new Set(members);
  const silent = [...new Set(monitor.timedOutValidators)]
    .filter((id) => isHex32(id) && (known === undefined || known.has(id)))
    .sort();
  const threshold = stallThreshold(monitor.totalValidators);
  const isPartition =
    monitor.isStalled &&
    monitor.totalValidators > 1 &&
    silent.length >= threshold &&
    silent.length <= monitor.totalValidators &&
    !tooSoon(lastAt, nowSeconds);
  if (!isPartition) return O.none;
  return O.some({
    height,
    round,
    timedOutValidators: silent,
    totalValidators: monitor.totalValidators,
    stallThreshold: threshold,
    observationWindowSecs: TIMED_OUT_AFTER_SECONDS,
    detectedAt: nowSeconds,
  });
};
