import {
  isCount,
  isObject,
  hashCodec,
  identityCodec,
  u64,
  type Evidence,
  type Hash,
  type IdentityId,
} from '@zhtp/types';

/** Bounds of the pool, all enforced. */
export interface EvidencePoolLimits {
  readonly piecesMax: number;
  readonly bytesMax: number;
  /** One offence is enough to punish; more than a few of one validator wait for blocks to take the first ones. */
  readonly perAccusedMax: number;
}

const DEFAULT_EVIDENCE_POOL_LIMITS: EvidencePoolLimits = {
  piecesMax: 2_048,
  bytesMax: 32 * 1024 * 1024,
  perAccusedMax: 8,
};

/** Verified evidence that waits for a block. */
export interface PooledEvidence {
  readonly id: Hash;
  readonly evidence: Evidence;
  readonly accused: IdentityId;
  /** Height of the offence. */
  readonly height: bigint;
  /** Length of its canonical bytes, which is what it takes in a block. */
  readonly bytes: number;
}

/**
 * Verified evidence, oldest offence first, at most once each by its id. When it is full, whoever is accused most often makes
 * room: nobody hides an offence behind another's many.
 */
export interface EvidencePool {
  has(id: Hash): boolean;
  /** Whether `add` would keep it: asked before signatures are verified. */
  admits(piece: PooledEvidence): boolean;
  /** Keeps it and answers with what had to leave; none when it is known or there is no room. */
  add(piece: PooledEvidence): readonly PooledEvidence[] | undefined;
  remove(id: Hash): boolean;
  /** What a block of this height may carry: offences below it, oldest first, within the room given. */
  reap(height: bigint, bytesMax: number, countMax: number): readonly PooledEvidence[];
  inOrder(): readonly PooledEvidence[];
  size(): { readonly pieces: number; readonly bytes: number };
}

/** By height of the offence, then by id: the same on every node that holds the same. */
const byAge = (a: PooledEvidence, b: PooledEvidence): number => {
  if (a.height !== b.height) return a.height < b.height ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
};

/** What is no count of a bound leaves no room: a pool without a bound would be worse than one without evidence. */
const bound = (limits: EvidencePoolLimits, name: keyof EvidencePoolLimits): number =>
  isObject(limits) && isCount(limits[name]) ? limits[name] : 0;

const isPiece = (piece: PooledEvidence): boolean =>
  isObject(piece) &&
  hashCodec.json.is(piece.id) &&
  isObject(piece.evidence) &&
  identityCodec.json.is(piece.accused) &&
  u64.json.is(piece.height) &&
  isCount(piece.bytes);

/** An empty pool. It keeps nothing that is no piece, and nothing at all under limits that are no counts. */
export const createEvidencePool = (given: EvidencePoolLimits = DEFAULT_EVIDENCE_POOL_LIMITS): EvidencePool => {
  const limits: EvidencePoolLimits = {
    piecesMax: bound(given, 'piecesMax'),
    bytesMax: bound(given, 'bytesMax'),
    perAccusedMax: bound(given, 'perAccusedMax'),
  };
  const byId = new Map<Hash, PooledEvidence>();
  /** Pieces of each accused, in order of arrival. */
  const byAccused = new Map<IdentityId, readonly PooledEvidence[]>();
  let totalBytes = 0;

  const accusations = (accused: IdentityId): readonly PooledEvidence[] => byAccused.get(accused) ?? [];

  const remove = (id: Hash): boolean => {
    const piece = byId.get(id);
    if (piece === undefined) return false;
    byId.delete(id);
    totalBytes -= piece.bytes;
    const rest = accusations(piece.accused).filter((other) => other !== piece);
    if (rest.length === 0) byAccused.delete(piece.accused);
    else byAccused.set(piece.accused, rest);
    return true;
  };

  /** The most accused's latest pieces, as many as must leave; undefined when they are accused no more often than the newcomer. */
  const leaving = (newcomer: PooledEvidence): readonly PooledEvidence[] | undefined => {
    let excess = byId.size + 1 - limits.piecesMax;
    let excessBytes = totalBytes + newcomer.bytes - limits.bytesMax;
    if (excess <= 0 && excessBytes <= 0) return [];
    const left = new Map([...byAccused].map(([accused, pieces]) => [accused, [...pieces]]));
    const gone: PooledEvidence[] = [];
    while (excess > 0 || excessBytes > 0) {
      let most: PooledEvidence[] = [];
      let whose: IdentityId | undefined;
      for (const [accused, pieces] of left)
        if (pieces.length > most.length || (pieces.length === most.length && whose !== undefined && accused < whose))
          [most, whose] = [pieces, accused];
      if (most.length <= accusations(newcomer.accused).length + 1 || whose === newcomer.accused) return undefined;
      const last = most.pop();
      if (last === undefined) return undefined;
      gone.push(last);
      excess -= 1;
      excessBytes -= last.bytes;
    }
    return gone;
  };

  const roomFor = (piece: PooledEvidence): readonly PooledEvidence[] | undefined =>
    !isPiece(piece) || byId.has(piece.id) || accusations(piece.accused).length >= limits.perAccusedMax
      ? undefined
      : leaving(piece);

  return {
    has: (id) => byId.has(id),
    admits: (piece) => roomFor(piece) !== undefined,
    add: (piece) => {
      const gone = roomFor(piece);
      if (gone === undefined) return undefined;
      for (const { id } of gone) remove(id);
      byId.set(piece.id, piece);
      byAccused.set(piece.accused, [...accusations(piece.accused), piece]);
      totalBytes += piece.bytes;
      return gone;
    },
    remove,
    reap: (height, bytesMax, countMax) => {
      const taken: PooledEvidence[] = [];
      if (!u64.json.is(height) || !isCount(bytesMax) || !isCount(countMax)) return taken;
      let room = bytesMax;
      for (const piece of [...byId.values()].sort(byAge)) {
        if (piece.height >= height || taken.length >= countMax) break;
        if (piece.bytes > room) continue;
        room -= piece.bytes;
        taken.push(piece);
      }
      return taken;
    },
    inOrder: () => [...byId.values()].sort(byAge),
    size: () => ({ pieces: byId.size, bytes: totalBytes }),
  };
};
