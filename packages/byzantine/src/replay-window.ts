import { maxBigint, type Hash, type IdentityId, type Option, type ReplayEvidence } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { createRecencyMap } from './recency-map.ts';

/** A payload seen again within so many seconds of its first sight is a replay (economics.md, Faults and penalties). */
export const REPLAY_WINDOW_SECONDS = 300n;
/** Payloads remembered; the least recently used leaves first. */
export const REPLAY_ENTRIES_MAX = 10_000;

const U32_MAX = 0xffff_ffff;

interface Sight {
  readonly firstSeenAt: bigint;
  readonly lastSeenAt: bigint;
  readonly replayCount: number;
}

/** Signed payloads of the last five minutes. Changes in place: every verified message passes it. */
export interface ReplayWindow {
  /**
   * Notes a payload whose signature was verified; evidence when it was seen before. The window is fixed from first sight,
   * inclusive of its 300th second: repeating a payload does not keep it remembered. Time that goes back counts as now.
   */
  see(validator: IdentityId, payloadHash: Hash, nowSeconds: bigint): Option<ReplayEvidence>;
  readonly size: number;
}

export const createReplayWindow = (entriesMax: number = REPLAY_ENTRIES_MAX): ReplayWindow => {
  const sights = createRecencyMap<string, Sight>(entriesMax);

  return {
    get size() {
      return sights.size;
    },
    see: (validator, payloadHash, nowSeconds) => {
      const key = `${validator}/${payloadHash}`;
      const before = sights.get(key);
      if (before === undefined || nowSeconds - before.firstSeenAt > REPLAY_WINDOW_SECONDS) {
        sights.put(key, { firstSeenAt: nowSeconds, lastSeenAt: nowSeconds, replayCount: 0 });
        return O.none;
      }
      const lastSeenAt = maxBigint(before.lastSeenAt, nowSeconds);
      const sight = { ...before, lastSeenAt, replayCount: Math.min(before.replayCount + 1, U32_MAX) };
      sights.put(key, sight);
      return O.some({ validator, payloadHash, ...sight, detectedAt: nowSeconds });
    },
  };
};
