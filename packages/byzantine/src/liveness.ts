import { stallThreshold } from '@zhtp/bft';
import type { IdentityId, LivenessMonitor } from '@zhtp/types';

/** A validator that is not heard for longer is timed out (protocol.md, Messages). */
export const TIMED_OUT_AFTER_MS = 10_000;
/** The same in seconds. */
export const TIMED_OUT_AFTER_SECONDS = 10n;

/** When each validator was last heard, milliseconds of a clock that never goes back. */
export type LastHeard = Map<IdentityId, number>;

/** Validators of this set and nobody else; whoever is new to it was heard now, for it had no time to speak yet. */
export const followSet = (heard: LastHeard, members: readonly IdentityId[], nowMs: number): LastHeard =>
  new Map(members.map((member) => [member, heard.get(member) ?? nowMs]));

/** Notes a sign of life of one validator in `heard` itself, for there are many; of a stranger to the set, nothing. */
export const heardFrom = (heard: LastHeard, validator: IdentityId, nowMs: number): LastHeard =>
  heard.has(validator) ? heard.set(validator, nowMs) : heard;

/** Who is timed out, and whether those who are not can still be a quorum of heads (decisions.md §5). */
export const livenessAt = (heard: ReadonlyMap<IdentityId, number>, nowMs: number): LivenessMonitor => {
  const timedOutValidators = [...heard]
    .flatMap(([validator, atMs]) => (nowMs - atMs > TIMED_OUT_AFTER_MS ? [validator] : []))
    .sort();
  const threshold = stallThreshold(heard.size);
  return {
    totalValidators: heard.size,
    stallThreshold: threshold,
    timedOutValidators,
    isStalled: heard.size > 0 && timedOutValidators.length >= threshold,
  };
};

/** Consensus stopped being possible, or became so again. */
export type LivenessTransition = 'Stalled' | 'Recovered';

/** What changed between two looks; undefined while nothing did, so that each stall is told once. */
export const livenessTransition = (
  before: Pick<LivenessMonitor, 'isStalled'>,
  after: Pick<LivenessMonitor, 'isStalled'>,
): LivenessTransition | undefined => {
  if (before.isStalled === after.isStalled) return undefined;
  return after.isStalled ? 'Stalled' : 'Recovered';
};
