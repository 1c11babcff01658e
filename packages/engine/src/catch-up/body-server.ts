import { either as E, option as O } from 'fp-ts';
import { blockIdOf } from '@zhtp/chain';
import { blockCodec, BODY_CHUNK_BYTES, encode, type Hash, type PeerId, type PeerMessage } from '@zhtp/types';
import { payloadOf } from '../gossip/outbox.ts';
import { chunkAt, chunkCount } from './body-chunks.ts';
import type { NodeContext } from '../node-context.ts';
import type { Peer } from '../gossip/peers.ts';

/** Whole bodies of the largest size one peer is sent per height: more than repetition needs. */
const SERVED_PER_PEER = 16;

const encodeBlock = encode(blockCodec);

export type BodyRequest = Extract<PeerMessage, { readonly _tag: 'BodyRequest' }>;

/** Answers for bodies in hand and, of decided heights, from the block store. */
export interface BodyServer {
  serve(peer: Peer, request: BodyRequest): void;
  /** The height ended: everybody may ask afresh. */
  reset(): void;
}

export const createBodyServer = (ctx: NodeContext): BodyServer => {
  const servedBytes = new Map<PeerId, number>();
  /** The last body that came from the block store: its pieces are asked for one after another. */
  let stored: { readonly id: Hash; readonly bytes: Uint8Array } | undefined;
  /** Pieces of the last body as messages: a proposer gives each of them to everybody. */
  let written: { readonly id: Hash; readonly payloads: Map<number, Uint8Array> } | undefined;
  /** Who waits for a body that is being loaded. */
  const waiting = new Map<Hash, { readonly peer: Peer; readonly chunk: number }[]>();

  const payloadOfPiece = (blockId: Hash, bytes: Uint8Array, chunk: number): Uint8Array | undefined => {
    const piece = chunkAt(bytes, chunk);
    if (piece === undefined) return undefined;
    if (written?.id !== blockId) written = { id: blockId, payloads: new Map<number, Uint8Array>() };
    const before = written.payloads.get(chunk);
    if (before !== undefined) return before;
    const payload = payloadOf({ _tag: 'BodyChunk', blockId, chunk, chunks: chunkCount(bytes), bytes: piece });
    written.payloads.set(chunk, payload);
    return payload;
  };

  const give = (peer: Peer, blockId: Hash, bytes: Uint8Array, chunk: number): void => {
    const payload = payloadOfPiece(blockId, bytes, chunk);
    if (payload === undefined) return;
    ctx.counters.count('bodyServed');
    ctx.outbox.sendPayload(peer, payload);
  };

  const load = (height: bigint, blockId: Hash): void => {
    ctx.ports.blockStore.load(height, (loaded) => {
      const asked = waiting.get(blockId) ?? [];
      waiting.delete(blockId);
      if (E.isLeft(loaded) || O.isNone(loaded.right)) return;
      const { block } = loaded.right.value;
      if (blockIdOf(block.header) !== blockId) return;
      stored = { id: blockId, bytes: encodeBlock(block) };
      for (const { peer, chunk } of asked) give(peer, blockId, stored.bytes, chunk);
    });
  };

  return {
    serve: (peer, { height, blockId, chunk }) => {
      const served = servedBytes.get(peer.id) ?? 0;
      if (served >= SERVED_PER_PEER * ctx.view().state.parameters.maxBlockBytes) {
        ctx.counters.count('bodyQuotaSpent');
        return;
      }
      servedBytes.set(peer.id, served + BODY_CHUNK_BYTES);
      const bytes = ctx.bodies.get(blockId)?.bytes ?? (stored?.id === blockId ? stored.bytes : undefined);
      if (bytes !== undefined) {
        give(peer, blockId, bytes, chunk);
        return;
      }
      if (height >= ctx.view().height) return;
      const asked = waiting.get(blockId);
      if (asked !== undefined) {
        asked.push({ peer, chunk });
        return;
      }
      waiting.set(blockId, [{ peer, chunk }]);
      load(height, blockId);
    },
    reset: () => {
      if (servedBytes.size > 0) servedBytes.clear();
      stored = undefined;
      written = undefined;
    },
  };
};
