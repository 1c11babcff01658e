import { decode, type Hash, type SnapshotDescription } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { ledgerMetaCodec, type LedgerMeta, type StoredLedger } from '../stored-ledger.ts';
import type { EntryBytes } from './named-map.ts';
import { SNAPSHOT_CHUNKS_MAX, SNAPSHOT_FORMAT, snapshotRecordCodec, verifiedBody } from './snapshot.ts';
import { stateFault, stateFrom } from './state-maps.ts';

/** The chain a snapshot must be of; from the genesis that this node was started with. */
export type SnapshotChain = Pick<LedgerMeta, 'chainId' | 'genesisHash' | 'algorithm' | 'initialHeight'>;

/** Why a snapshot is not taken on, or undefined. */
export const refusedSnapshot = ({ format, chunks, height }: SnapshotDescription): string | undefined => {
  if (format !== SNAPSHOT_FORMAT)
    return `the snapshot has format ${String(format)}, this release reads ${String(SNAPSHOT_FORMAT)}`;
  if (height === 0n) return 'a snapshot is of the state after some block, not of height 0';
  return Number.isInteger(chunks) && chunks >= 1 && chunks <= SNAPSHOT_CHUNKS_MAX
    ? undefined
    : `the snapshot has ${String(chunks)} chunks, it must be from 1 to ${String(SNAPSHOT_CHUNKS_MAX)}`;
};

/** What became of a chunk. */
export type Applied =
  | { readonly _tag: 'More' }
  /** Nothing was taken from it; the right chunk may still come. */
  | { readonly _tag: 'Refused'; readonly reason: string }
  /** Every chunk was genuine and together they are no such state: the snapshot is worth nothing. */
  | { readonly _tag: 'Abandoned'; readonly reason: string }
  | { readonly _tag: 'Complete'; readonly stored: StoredLedger };

const LENGTH_BYTES = 4;

/** A state that is being put together from the chunks of one snapshot, in order. */
export interface SnapshotRestore {
  apply(index: number, chunk: Uint8Array): Applied;
}

const wrongMeta = (meta: LedgerMeta, chain: SnapshotChain, height: bigint): string | undefined => {
  const { chainId, genesisHash, algorithm, initialHeight } = meta;
  if (genesisHash !== chain.genesisHash || chainId !== chain.chainId)
    return `it is of chain ${chainId} with genesis ${genesisHash}, not of ${chain.chainId} with ${chain.genesisHash}`;
  if (algorithm !== chain.algorithm || initialHeight !== chain.initialHeight)
    return 'its algorithm or initial height is not the one of genesis';
  return meta.height === height ? undefined : `it holds height ${String(meta.height)}, ${String(height)} was offered`;
};

/**
 * Starts to restore. Beside the entries that have come it holds at most a chunk and an unfinished entry.
 * @param appHash after the snapshot's height, from a verified header of the height after it
 */
export const restoreSnapshot = (
  description: SnapshotDescription,
  appHash: Hash,
  chain: SnapshotChain,
): SnapshotRestore => {
  const maps = new Map<string, EntryBytes[]>();
  let meta: LedgerMeta | undefined;
  let next = 0;
  /** What has come of an entry that is not whole yet. */
  let unread = new Uint8Array(0);

  const takeMeta = (encoded: Uint8Array): string | undefined => {
    const read = decode(ledgerMetaCodec)(encoded);
    if (E.isLeft(read)) return read.left.message;
    if (meta !== undefined) return 'it has its meta twice';
    meta = read.right;
    return wrongMeta(meta, chain, description.height);
  };

  const takeRecord = (encoded: Uint8Array): string | undefined => {
    const record = decode(snapshotRecordCodec)(encoded);
    if (E.isLeft(record)) return record.left.message;
    const { map, key, value } = record.right;
    if (map === '') return takeMeta(value);
    const entries = maps.get(map) ?? [];
    entries.push([key, value]);
    maps.set(map, entries);
    return undefined;
  };

  /** Reads the entries that are whole by now. */
  const takeBody = (body: Uint8Array): string | undefined => {
    const bytes = new Uint8Array(unread.length + body.length);
    bytes.set(unread);
    bytes.set(body, unread.length);
    const view = new DataView(bytes.buffer);
    let at = 0;
    while (at + LENGTH_BYTES <= bytes.length) {
      const end = at + LENGTH_BYTES + view.getUint32(at);
      if (end > bytes.length) break;
      const wrong = takeRecord(bytes.subarray(at + LENGTH_BYTES, end));
      if (wrong !== undefined) return wrong;
      at = end;
    }
    unread = bytes.slice(at);
    return undefined;
  };

  const complete = (): Either<string, StoredLedger> => {
    if (unread.length > 0) return E.left('its last entry is cut off');
    if (meta === undefined) return E.left('it has no meta');
    const state = stateFrom({ totals: meta.totals, parameters: meta.parameters, maps });
    if (E.isLeft(state)) return state;
    const said = meta.appHash === appHash ? undefined : `its meta says app hash ${meta.appHash}, the header ${appHash}`;
    const fault = said ?? stateFault(state.right, meta);
    return fault === undefined ? E.right({ meta, state: state.right }) : E.left(fault);
  };

  const abandoned = (reason: string): Applied => ({
    _tag: 'Abandoned',
    reason: `the snapshot of height ${String(description.height)} is damaged: ${reason}`,
  });

  return {
    apply: (index, chunk) => {
      if (index !== next)
        return { _tag: 'Refused', reason: `chunk ${String(index)} came, the next one is ${String(next)}` };
      const body = verifiedBody(description, index, chunk);
      if (E.isLeft(body)) return { _tag: 'Refused', reason: body.left };
      const wrong = takeBody(body.right);
      if (wrong !== undefined) return abandoned(wrong);
      next += 1;
      if (next < description.chunks) return { _tag: 'More' };
      const stored = complete();
      return E.isRight(stored) ? { _tag: 'Complete', stored: stored.right } : abandoned(stored.left);
    },
  };
};
