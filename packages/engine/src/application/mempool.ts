import type { Hash } from '@zhtp/types';

/** Bounds of the waiting room, all enforced. */
export interface MempoolLimits {
  readonly transactionsMax: number;
  readonly bytesMax: number;
  readonly perSenderMax: number;
}

export const DEFAULT_MEMPOOL_LIMITS: MempoolLimits = {
  transactionsMax: 10_000,
  bytesMax: 64 * 1024 * 1024,
  perSenderMax: 256,
};

/** A checked transaction: what the application said of it, with its bytes. */
export interface PooledTransaction {
  readonly hash: Hash;
  readonly bytes: Uint8Array;
  readonly sender: string;
  readonly sequence: bigint;
  readonly priority: bigint;
}

export type AddResult =
  | { readonly _tag: 'Added'; readonly evicted: readonly Hash[] }
  | { readonly _tag: 'Replaced'; readonly replaced: Hash }
  | { readonly _tag: 'Known' }
  | { readonly _tag: 'Refused'; readonly code: RefusalCode; readonly reason: string };

/** `SequenceWaits`: another transaction of the sender holds this sequence, offer more or take the next one. */
export type RefusalCode = 'SequenceWaits' | 'SenderFull' | 'MempoolFull';

/**
 * Transactions that passed `checkTx`, for any application: ordered per sender by sequence, across senders by priority.
 * A transaction never goes before an earlier one of its sender, so a cheap one holds back the dear ones behind it.
 */
export interface Mempool {
  add(transaction: PooledTransaction): AddResult;
  has(hash: Hash): boolean;
  remove(hash: Hash): void;
  /** Best first within the room given. */
  reap(bytesMax: number, countMax: number): readonly Uint8Array[];
  /** Everything, in an order in which each sender's sequences rise. */
  inOrder(): readonly PooledTransaction[];
  size(): { readonly transactions: number; readonly bytes: number };
}

interface Ranked {
  readonly transaction: PooledTransaction;
  /** The lowest priority up to here in its sender's line. */
  readonly worth: bigint;
  /** Arrival of the sender's oldest waiting transaction. */
  readonly since: number;
}

const byWorth = (a: Ranked, b: Ranked): number => {
  if (a.worth !== b.worth) return a.worth > b.worth ? -1 : 1;
  if (a.since !== b.since) return a.since - b.since;
  return a.transaction.sequence < b.transaction.sequence ? -1 : 1;
};

interface Waiting {
  readonly transaction: PooledTransaction;
  readonly arrival: number;
}

export const createMempool = (limits: MempoolLimits = DEFAULT_MEMPOOL_LIMITS): Mempool => {
  const byHash = new Map<Hash, Waiting>();
  /** Each sender's line, sequence rising. */
  const lines = new Map<string, Waiting[]>();
  let totalBytes = 0;
  let arrivals = 0;
  /** Everybody in order while nothing came or went: what is refused costs a look at the cheapest, not a ranking of all. */
  let ranking: readonly Ranked[] | undefined;

  const remove = (hash: Hash): void => {
    const waiting = byHash.get(hash);
    if (waiting === undefined) return;
    byHash.delete(hash);
    ranking = undefined;
    totalBytes -= waiting.transaction.bytes.length;
    const line = (lines.get(waiting.transaction.sender) ?? []).filter((w) => w !== waiting);
    if (line.length === 0) lines.delete(waiting.transaction.sender);
    else lines.set(waiting.transaction.sender, line);
  };

  const insert = (transaction: PooledTransaction): void => {
    const waiting = { transaction, arrival: arrivals++ };
    const line = lines.get(transaction.sender) ?? [];
    const at = line.findIndex((w) => w.transaction.sequence > transaction.sequence);
    lines.set(transaction.sender, at === -1 ? [...line, waiting] : line.toSpliced(at, 0, waiting));
    byHash.set(transaction.hash, waiting);
    ranking = undefined;
    totalBytes += transaction.bytes.length;
  };

  const ranked = (): readonly Ranked[] => {
    if (ranking !== undefined) return ranking;
    const all: Ranked[] = [];
    for (const line of lines.values()) {
      const since = line.reduce((oldest, w) => Math.min(oldest, w.arrival), Number.MAX_SAFE_INTEGER);
      let worth: bigint | undefined;
      for (const { transaction } of line) {
        worth = worth === undefined || transaction.priority < worth ? transaction.priority : worth;
        all.push({ transaction, worth, since });
      }
    }
    ranking = all.sort(byWorth);
    return ranking;
  };

  /** Who would have to leave for the newcomer, worth least first; undefined when they are worth more than it. */
  const victims = (newcomer: PooledTransaction): readonly Hash[] | undefined => {
    let excess = byHash.size + 1 - limits.transactionsMax;
    let excessBytes = totalBytes + newcomer.bytes.length - limits.bytesMax;
    if (excess <= 0 && excessBytes <= 0) return [];
    const order = ranked();
    const leaving: Hash[] = [];
    while (excess > 0 || excessBytes > 0) {
      const last = order[order.length - 1 - leaving.length];
      if (last === undefined || last.worth >= newcomer.priority || last.transaction.sender === newcomer.sender)
        return undefined;
      leaving.push(last.transaction.hash);
      excess -= 1;
      excessBytes -= last.transaction.bytes.length;
    }
    return leaving;
  };

  const add = (transaction: PooledTransaction): AddResult => {
    if (byHash.has(transaction.hash)) return { _tag: 'Known' };
    const line = lines.get(transaction.sender) ?? [];
    const rival = line.find((w) => w.transaction.sequence === transaction.sequence);
    if (rival !== undefined) {
      if (transaction.priority <= rival.transaction.priority)
        return {
          _tag: 'Refused',
          code: 'SequenceWaits',
          reason: `a transaction of this sender with sequence ${String(transaction.sequence)} waits already; replace it with a priority above ${String(rival.transaction.priority)}`,
        };
      if (totalBytes - rival.transaction.bytes.length + transaction.bytes.length > limits.bytesMax)
        return {
          _tag: 'Refused',
          code: 'MempoolFull',
          reason: 'the mempool has no room for a longer replacement; wait for a block',
        };
      remove(rival.transaction.hash);
      insert(transaction);
      return { _tag: 'Replaced', replaced: rival.transaction.hash };
    }
    if (line.length >= limits.perSenderMax)
      return {
        _tag: 'Refused',
        code: 'SenderFull',
        reason: `${String(limits.perSenderMax)} transactions of this sender wait already; wait for a block`,
      };
    const leaving = victims(transaction);
    if (leaving === undefined)
      return {
        _tag: 'Refused',
        code: 'MempoolFull',
        reason: 'the mempool is full of transactions with a higher priority; offer more or wait for a block',
      };
    leaving.forEach(remove);
    insert(transaction);
    return { _tag: 'Added', evicted: leaving };
  };

  return {
    add,
    has: (hash) => byHash.has(hash),
    remove,
    reap: (bytesMax, countMax) => {
      const taken: Uint8Array[] = [];
      const blocked = new Set<string>();
      let room = bytesMax;
      for (const { transaction } of ranked()) {
        if (taken.length >= countMax) break;
        if (blocked.has(transaction.sender)) continue;
        // Four bytes of length stand in front of each transaction of a block.
        const cost = transaction.bytes.length + 4;
        if (cost > room) {
          blocked.add(transaction.sender);
          continue;
        }
        room -= cost;
        taken.push(transaction.bytes);
      }
      return taken;
    },
    inOrder: () => [...lines.values()].flatMap((line) => line.map((w) => w.transaction)),
    size: () => ({ transactions: byHash.size, bytes: totalBytes }),
  };
};
