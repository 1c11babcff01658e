import type { PeerId, RandomBytes, Timers } from '@zhtp/types';

const BACKOFF_MS_FIRST = 500;
const BACKOFF_MS_MAX = 30_000;
/** A connection that lasts this long was a success; a shorter one (turned away, say) counts as one more failure. */
const SETTLED_MS = 10_000;

/**
 * Wait before attempt `failures + 1`: 500 ms doubled per failure up to 30 s, then up to half as much again at random,
 * so that nodes restarted together do not dial in step.
 */
export const backoffMs = (failures: number, random: RandomBytes): number => {
  const base = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_FIRST * 2 ** Math.min(failures, 16));
  const [high = 0, low = 0] = random(2);
  return base + (((base >> 1) * ((high << 8) | low)) >>> 16);
};

/** A peer this node wants to be connected to. */
export interface DialTarget {
  readonly peer: PeerId;
  /** In the transport's own form. */
  readonly addresses: readonly string[];
}

export interface RedialerOptions {
  readonly timers: Timers;
  readonly random: RandomBytes;
  /** Connects and calls back once, true when there is a connection; admission is reported by {@link Redialer.connected}. */
  readonly dial: (target: DialTarget, done: (reached: boolean) => void) => void;
  /** False holds an attempt back until the next one (banned, or no place left). */
  readonly mayDial: (peer: PeerId) => boolean;
}

/** Keeps wanted peers connected: dials again for as long as they are wanted, with growing waits. */
export interface Redialer {
  /** Wants a peer, or learns its new addresses. */
  readonly want: (target: DialTarget) => void;
  readonly unwant: (peer: PeerId) => void;
  readonly isWanted: (peer: PeerId) => boolean;
  /** The peer passed the handshake; when it stays, waits start from the shortest again. */
  readonly connected: (peer: PeerId) => void;
  readonly disconnected: (peer: PeerId) => void;
  readonly stop: () => void;
}

interface Pursuit {
  target: DialTarget;
  /** Since the last connection that lasted. */
  attempts: number;
  connected: boolean;
  dialling: boolean;
  cancel: (() => void) | undefined;
}

export const createRedialer = (options: RedialerOptions): Redialer => {
  const pursuits = new Map<PeerId, Pursuit>();
  const connectedPeers = new Set<PeerId>();

  const later = (pursuit: Pursuit, ms: number): void => {
    pursuit.cancel?.();
    pursuit.cancel = options.timers.start(ms, () => {
      pursuit.cancel = undefined;
      attempt(pursuit);
    });
  };

  const tryAgain = (pursuit: Pursuit): void =>
    later(pursuit, backoffMs(Math.max(0, pursuit.attempts - 1), options.random));

  const attempt = (pursuit: Pursuit): void => {
    if (pursuit.connected || pursuit.dialling) return;
    pursuit.attempts += 1;
    if (!options.mayDial(pursuit.target.peer)) {
      tryAgain(pursuit);
      return;
    }
    pursuit.dialling = true;
    options.dial(pursuit.target, () => {
      pursuit.dialling = false;
      // A connection may still fail the handshake: until `connected` says otherwise the next attempt stays due.
      if (pursuits.get(pursuit.target.peer) === pursuit && !pursuit.connected) tryAgain(pursuit);
    });
  };

  return {
    want: (target) => {
      const known = pursuits.get(target.peer);
      if (known !== undefined) {
        known.target = target;
        return;
      }
      const connected = connectedPeers.has(target.peer);
      const pursuit: Pursuit = { target, attempts: 0, connected, dialling: false, cancel: undefined };
      pursuits.set(target.peer, pursuit);
      if (!connected) later(pursuit, 0);
    },
    unwant: (peer) => {
      pursuits.get(peer)?.cancel?.();
      pursuits.delete(peer);
    },
    isWanted: (peer) => pursuits.has(peer),
    connected: (peer) => {
      connectedPeers.add(peer);
      const pursuit = pursuits.get(peer);
      if (pursuit === undefined) return;
      pursuit.connected = true;
      pursuit.cancel?.();
      pursuit.cancel = options.timers.start(SETTLED_MS, () => {
        pursuit.cancel = undefined;
        pursuit.attempts = 0;
      });
    },
    disconnected: (peer) => {
      connectedPeers.delete(peer);
      const pursuit = pursuits.get(peer);
      if (pursuit === undefined) return;
      const isDue = pursuit.cancel !== undefined && !pursuit.connected;
      pursuit.connected = false;
      if (!isDue && !pursuit.dialling) tryAgain(pursuit);
    },
    stop: () => {
      for (const pursuit of pursuits.values()) pursuit.cancel?.();
      pursuits.clear();
    },
  };
};
