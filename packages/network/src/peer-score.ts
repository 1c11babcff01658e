import type { PeerId, PeerOffence } from '@zhtp/types';

/** What the transport itself can prove, beside what the engine reports. */
export type TransportOffence = 'bad-frame' | 'gossip-rejected';
export type Offence = PeerOffence | TransportOffence;

/** At this penalty a peer is disconnected and banned for a while. */
export const PENALTY_LIMIT = 100;

/**
 * Only provable offences exist (protocol.md: never unknown, early or late). A peer that answers what was not asked or
 * whose height goes down is dropped at once; a bad signature may be one damaged message, four are not.
 */
const PENALTIES: Readonly<Record<Offence, number>> = {
  undecodable: 50,
  'bad-signature': 25,
  'unasked-answer': PENALTY_LIMIT,
  'height-went-down': PENALTY_LIMIT,
  'bad-certificate': PENALTY_LIMIT,
  'bad-snapshot': PENALTY_LIMIT,
  'bad-frame': PENALTY_LIMIT,
  'gossip-rejected': 10,
};

const BAN_MS_FIRST = 60_000n;
const BAN_MS_MAX = 3_600_000n;
/** One point is forgiven in this time: rare damage never adds up to a ban. */
const MS_PER_POINT = 6_000n;
/** Bans remembered for longer terms: a peer that comes back and offends again within this time waits twice as long. */
const RECORD_MS = 24n * 3_600_000n;

/** What becomes of a peer that was charged. */
export type Verdict = 'tolerated' | 'banned';

/** Penalties and bans by peer; bounded, forgets the longest untouched first. */
export interface ScoreBoard {
  readonly charge: (peer: PeerId, offence: Offence) => Verdict;
  readonly isBanned: (peer: PeerId) => boolean;
  readonly penaltyOf: (peer: PeerId) => number;
}

interface Mark {
  readonly penalty: number;
  readonly atMs: bigint;
  readonly bans: number;
  readonly bannedUntilMs: bigint;
}

const CLEAN: Omit<Mark, 'atMs'> = { penalty: 0, bans: 0, bannedUntilMs: 0n };

const forgiven = (mark: Mark, nowMs: bigint): Mark => {
  const elapsed = nowMs > mark.atMs ? nowMs - mark.atMs : 0n;
  const penalty = Number(BigInt(mark.penalty) - elapsed / MS_PER_POINT);
  return { ...mark, atMs: nowMs, penalty: Math.max(0, penalty), bans: elapsed >= RECORD_MS ? 0 : mark.bans };
};

const banMs = (bansBefore: number): bigint => {
  const ms = BAN_MS_FIRST << BigInt(Math.min(bansBefore, 10));
  return ms < BAN_MS_MAX ? ms : BAN_MS_MAX;
};

export const createScoreBoard = (nowMs: () => bigint, peersMax = 4_096): ScoreBoard => {
  const marks = new Map<PeerId, Mark>();

  const put = (peer: PeerId, mark: Mark): void => {
    marks.delete(peer);
    marks.set(peer, mark);
    if (marks.size <= peersMax) return;
    const oldest = marks.keys().next();
    if (oldest.done !== true) marks.delete(oldest.value);
  };

  const current = (peer: PeerId): Mark => {
    const now = nowMs();
    const mark = marks.get(peer);
    return mark === undefined ? { ...CLEAN, atMs: now } : forgiven(mark, now);
  };

  return {
    charge: (peer, offence) => {
      const mark = current(peer);
      const penalty = mark.penalty + PENALTIES[offence];
      if (penalty < PENALTY_LIMIT) {
        put(peer, { ...mark, penalty });
        return 'tolerated';
      }
      put(peer, { ...mark, penalty: 0, bans: mark.bans + 1, bannedUntilMs: mark.atMs + banMs(mark.bans) });
      return 'banned';
    },
    isBanned: (peer) => (marks.get(peer)?.bannedUntilMs ?? 0n) > nowMs(),
    penaltyOf: (peer) => current(peer).penalty,
  };
};
