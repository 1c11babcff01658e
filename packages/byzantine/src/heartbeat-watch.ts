import { heartbeatCheck, verifyNow, type SignerSet, type SigningContext, type VerifySignature } from '@zhtp/chain';
import {
  isObject,
  byzantineFaultError,
  heartbeatMessageCodec,
  u64,
  type ConsensusResult,
  type HeartbeatMessage,
  type IdentityId,
  type LivenessMonitor,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { mistyped } from './refusals.ts';
import {
  followSet,
  heardFrom,
  livenessAt,
  livenessTransition,
  type LastHeard,
  type LivenessTransition,
} from './liveness.ts';

/** A validator says that it lives this often (protocol.md, Messages). */
export const HEARTBEAT_EVERY_MS = 3_000;
/** Nobody's second heartbeat within so long is looked at: nobody buys verifications with sequences. */
export const HEARTBEAT_PAUSE_MS = 1_000;
/** A heartbeat of another time than ours, by both clocks, is no sign of life now: it may be a recording. */
export const CLOCKS_APART_SECONDS_MAX = 60n;

/** Why a heartbeat is no sign of life. None of it is an offence: only a signature that does not hold is. */
export type HeartbeatRefusal = 'UnknownValidator' | 'OldSequence' | 'OtherTime' | 'TooSoon';

/** A moment by two clocks. */
export interface HeartbeatMoment {
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: number;
  /** The clock on the wall, unix seconds. */
  readonly wallSeconds: bigint;
}

/** Who was heard when, and in which sequence; changes in place. A moment that is no number changes nothing. */
export interface HeartbeatWatch {
  /** The set changed, or time passed: who left is forgotten, who is new has time to speak. */
  follow(members: readonly IdentityId[], nowMs: number): void;
  /** Why this heartbeat is not looked at further; asked before its signature is, and again before {@link accept}. */
  refusal(heartbeat: HeartbeatMessage, moment: HeartbeatMoment): HeartbeatRefusal | undefined;
  /** A heartbeat whose signature holds. */
  accept(heartbeat: HeartbeatMessage, nowMs: number): void;
  /** A validator that is known to live by other means: oneself. */
  hear(validator: IdentityId, nowMs: number): void;
  monitor(nowMs: number): LivenessMonitor;
  /** What changed since the last question, with what is the case now. */
  transition(nowMs: number): { readonly change: LivenessTransition; readonly monitor: LivenessMonitor } | undefined;
  /** As of the last {@link transition}. */
  readonly isStalled: boolean;
}

const isMs = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

export const createHeartbeatWatch = (): HeartbeatWatch => {
  let heard: LastHeard = new Map();
  let isStalled = false;
  /** The last moment that was one. */
  let latestMs = 0;
  const momentOf = (nowMs: number): number => {
    if (isMs(nowMs)) latestMs = nowMs;
    return latestMs;
  };
  /** Of the last accepted heartbeat of each validator. */
  const sequences = new Map<IdentityId, bigint>();
  const acceptedAtMs = new Map<IdentityId, number>();

  return {
    get isStalled() {
      return isStalled;
    },
    follow: (members, nowMs) => {
      if (!Array.isArray(members) || !isMs(nowMs)) return;
      heard = followSet(heard, members, nowMs);
      for (const validator of sequences.keys())
        if (!heard.has(validator)) {
          sequences.delete(validator);
          acceptedAtMs.delete(validator);
        }
    },
    refusal: (heartbeat, moment) => {
      if (!isObject(heartbeat) || !heard.has(heartbeat.validator)) return 'UnknownValidator';
      const { validator, sequence, timestamp } = heartbeat;
      if (!u64.json.is(sequence) || sequence <= (sequences.get(validator) ?? -1n)) return 'OldSequence';
      if (!isObject(moment) || !u64.json.is(timestamp) || typeof moment.wallSeconds !== 'bigint') return 'OtherTime';
      const { nowMs, wallSeconds } = moment;
      const apart = timestamp - wallSeconds;
      if (apart > CLOCKS_APART_SECONDS_MAX || -apart > CLOCKS_APART_SECONDS_MAX) return 'OtherTime';
      if (!isMs(nowMs)) return 'OtherTime';
      const lastMs = acceptedAtMs.get(validator);
      return lastMs !== undefined && nowMs - lastMs < HEARTBEAT_PAUSE_MS ? 'TooSoon' : undefined;
    },
    accept: (heartbeat, nowMs) => {
      if (!isObject(heartbeat) || !u64.json.is(heartbeat.sequence) || !isMs(nowMs)) return;
      const { validator, sequence } = heartbeat;
      if (!heard.has(validator)) return;
      sequences.set(validator, sequence);
      acceptedAtMs.set(validator, nowMs);
      heard = heardFrom(heard, validator, nowMs);
    },
    hear: (validator, nowMs) => {
      if (isMs(nowMs)) heard = heardFrom(heard, validator, nowMs);
    },
    monitor: (nowMs) => livenessAt(heard, momentOf(nowMs)),
    transition: (nowMs) => {
      const monitor = livenessAt(heard, momentOf(nowMs));
      const change = livenessTransition({ isStalled }, monitor);
      isStalled = monitor.isStalled;
      return change === undefined ? undefined : { change, monitor };
    },
  };
};

/** Whether a heartbeat is signed by the validator it names, with that validator's key in the set. */
export const verifyHeartbeat = (
  context: SigningContext,
  set: SignerSet,
  heartbeat: HeartbeatMessage,
  verify: VerifySignature = verifyNow,
): ConsensusResult<void> => {
  const wrong = mistyped({ heartbeat: heartbeatMessageCodec }, { heartbeat });
  if (wrong !== undefined) return E.left(wrong);
  const key = set.validators[set.indexOf(heartbeat.validator)]?.consensusKey;
  if (key === undefined)
    return E.left(byzantineFaultError(`heartbeat.validator ${heartbeat.validator} is not in the validator set`));
  const check = heartbeatCheck(context, key, heartbeat);
  if (E.isLeft(check)) return E.left(byzantineFaultError(`heartbeat ${check.left}`));
  return verify(check.right) === 'valid'
    ? E.right(undefined)
    : E.left(byzantineFaultError(`heartbeat.signature is not by the key of validator ${heartbeat.validator}; drop it`));
};
