import { either as E, option as O } from 'fp-ts';
import type { RoundState } from '@zhtp/bft';
import { createHeartbeatWatch, HEARTBEAT_EVERY_MS, HEARTBEAT_PAUSE_MS, type HeartbeatRefusal } from '@zhtp/byzantine';
import { heartbeatCheck, heartbeatSignBytes, secondsOf, type HeartbeatContent } from '@zhtp/chain';
import {
  floorDivCount,
  maxBigint,
  type HeartbeatMessage,
  type IdentityId,
  type LivenessMonitor,
  type Signer,
} from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import type { CounterName } from '../counters.ts';
import { setAt } from '../height/height-view.ts';
import type { NodeContext } from '../node-context.ts';
import { payloadOf } from './outbox.ts';
import type { Peer } from './peers.ts';
import { consensusStepOf } from '../height/round-view.ts';

/** Who is timed out is looked up this often. */
const TICK_MS = HEARTBEAT_PAUSE_MS;
/** The rate of blocks in a heartbeat is that of this span. */
const RATE_SPAN_MS = 60_000;

const WHOLE_BP = 10_000;

const COUNTERS: Readonly<Record<HeartbeatRefusal, CounterName>> = {
  UnknownValidator: 'unknownVoter',
  OldSequence: 'duplicateHeartbeat',
  OtherTime: 'staleHeartbeat',
  TooSoon: 'heartbeatPace',
};

/** Signs of life between validators. They are advisory: nothing in the protocol reads them, they tell operators of a stall. */
export interface Heartbeats {
  /** The node takes part: says so from now on, and expects to hear the others. */
  start(): void;
  /** A heartbeat from a peer, decoded. */
  receive(peer: Peer, message: HeartbeatMessage, payload: Uint8Array): void;
  monitor(): LivenessMonitor;
  stop(): void;
}

interface Beat {
  readonly atMs: number;
  readonly height: bigint;
}

export const createHeartbeats = (
  ctx: NodeContext,
  signer: Signer | undefined,
  machine: () => RoundState | null,
): Heartbeats => {
  /** Since the start, by the timers: a clock that is set makes nobody silent. */
  let nowMs = 0;
  const watch = createHeartbeatWatch();
  let followed: ValidatorSet | undefined;
  let ownSequence = 0n;
  let stopTick: (() => void) | undefined;
  let beats: readonly Beat[] = [];
  /** Who sent a heartbeat of this validator that is being checked. */
  const inFlight = new Map<IdentityId, readonly Peer[]>();

  const round = (): number => Math.max(0, machine()?.round ?? 0);

  const wallSeconds = (): bigint => secondsOf(ctx.ports.clock.nowMs());

  const follow = (): void => {
    const { current } = ctx.view().sets;
    if (current === followed) return;
    watch.follow(current.ids, nowMs);
    followed = current;
    for (const [validator, peers] of inFlight) if (peers.length === 0) inFlight.delete(validator);
  };

  const look = (): void => {
    follow();
    if (signer !== undefined) watch.hear(signer.identity, nowMs);
    const told = watch.transition(nowMs);
    if (told === undefined) return;
    const { timedOutValidators, totalValidators } = told.monitor;
    const at = { height: ctx.view().height, round: round(), timestamp: wallSeconds() };
    ctx.emit(
      told.change === 'Stalled'
        ? { _tag: 'ConsensusStalled', ...at, timedOutValidators, totalValidators }
        : { _tag: 'ConsensusRecovered', ...at },
    );
  };

  const milliBlocksPerSecond = (height: bigint): number => {
    beats = [...beats.filter(({ atMs }) => nowMs - atMs <= RATE_SPAN_MS), { atMs: nowMs, height }];
    const [first] = beats;
    return first === undefined || first.atMs === nowMs
      ? 0
      : floorDivCount(Number(height - first.height) * 1_000_000, nowMs - first.atMs);
  };

  const send = (content: HeartbeatContent, signature: Uint8Array, algorithm: Signer['algorithm']): void => {
    const message = { ...content, signature: { algorithm, signature, publicKey: O.none } };
    ctx.counters.count('heartbeatSent');
    ctx.outbox.broadcast(payloadOf({ _tag: 'Heartbeat', message }), idOf(content));
  };

  const beat = (by: Signer): void => {
    const { height, sets } = ctx.view();
    const publicKey = sets.current.keyOf(by.identity);
    if (publicKey === undefined) return;
    const wallMs = ctx.ports.clock.nowMs();
    const { timedOutValidators, totalValidators } = watch.monitor(nowMs);
    const activeValidators = totalValidators - timedOutValidators.length;
    // Above what any earlier process said, as long as the clock is: others forget a sequence with the set alone.
    ownSequence = maxBigint(ownSequence + 1n, wallMs);
    const content: HeartbeatContent = {
      validator: by.identity,
      height,
      round: round(),
      step: consensusStepOf(machine()?.step ?? 'unstarted'),
      sequence: ownSequence,
      activeValidators,
      healthBp: floorDivCount(WHOLE_BP * activeValidators, totalValidators),
      milliBlocksPerSecond: milliBlocksPerSecond(height),
      timestamp: secondsOf(wallMs),
    };
    by.sign({ _tag: 'Heartbeat', publicKey, message: heartbeatSignBytes(ctx.genesisHash, content) }, (answer) => {
      if (!ctx.isRunning()) return;
      if (E.isRight(answer)) send(content, answer.right, by.algorithm);
      else ctx.counters.count('signerRefused');
    });
  };

  const tick = (): void => {
    look();
    if (signer !== undefined && nowMs % HEARTBEAT_EVERY_MS === 0) beat(signer);
    stopTick = ctx.ports.timers.start(TICK_MS, () => {
      nowMs += TICK_MS;
      tick();
    });
  };

  /** Why a heartbeat is not looked at further. */
  const refusal = (peer: Peer, message: HeartbeatMessage): CounterName | undefined => {
    const { validator } = message;
    if (validator === signer?.identity) return 'duplicateHeartbeat';
    follow();
    const refused = watch.refusal(message, { nowMs, wallSeconds: wallSeconds() });
    if (refused !== undefined) return COUNTERS[refused];
    return inFlight.get(validator)?.includes(peer) === true ? 'heartbeatPace' : undefined;
  };

  /** Nobody is scored for a height whose keys this node does not know: a validator far behind signs with the key of there. */
  const bad = (peer: Peer, isKnownHeight: boolean): void => {
    ctx.counters.count('badSignature');
    if (isKnownHeight) ctx.ports.network.report(peer.id, 'bad-signature');
  };

  const accept = (peer: Peer, message: HeartbeatMessage, payload: Uint8Array): void => {
    const refused = refusal(peer, message);
    if (refused !== undefined) {
      ctx.counters.count(refused);
      return;
    }
    watch.accept(message, nowMs);
    // In a mesh everybody hears everybody, and there is nothing to name.
    if (ctx.peers.deafTo(message.validator, peer).length > 0)
      ctx.outbox.relay(payload, idOf(message), message.validator, peer);
    // Who is heard can only end a stall; what else changes, the next tick sees.
    if (watch.isStalled) look();
  };

  return {
    start: tick,
    receive: (peer, message, payload) => {
      const { validator } = message;
      const refused = refusal(peer, message);
      if (refused !== undefined) {
        ctx.counters.count(refused);
        return;
      }
      const { signing, sets, height } = ctx.view();
      const setThere = setAt(ctx.view(), message.height);
      const isKnownHeight = setThere !== undefined;
      const key = (setThere ?? sets.current).keyOf(validator);
      const check = key === undefined ? undefined : heartbeatCheck(signing, key, message);
      if (check === undefined || E.isLeft(check)) {
        // Of another scheme than the chain's: wrong at any height.
        bad(peer, isKnownHeight || check !== undefined);
        return;
      }
      inFlight.set(validator, [...(inFlight.get(validator) ?? []), peer]);
      // Behind everything that decides: whoever is late here is late for nobody.
      ctx.ports.verifier.verify({ ...check.right, priority: { height: height + 2n, round: 0 } }, (validity) => {
        const others = (inFlight.get(validator) ?? []).filter((other) => other !== peer);
        inFlight.set(validator, others);
        if (validity === 'valid') accept(peer, message, payload);
        if (validity === 'invalid') bad(peer, isKnownHeight);
      });
    },
    monitor: () => watch.monitor(nowMs),
    stop: () => {
      stopTick?.();
    },
  };
};

const idOf = ({ validator, sequence }: HeartbeatContent): string => `heartbeat/${validator}/${String(sequence)}`;
