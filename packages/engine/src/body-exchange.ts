import { either as E } from 'fp-ts';
import type { Block, Hash, PeerMessage } from '@zhtp/types';
import { bodyOfBlock } from './body-reader.ts';
import type { NodeContext } from './node-context.ts';
import type { Peer } from './peers.ts';

/** Peers asked at once for a body; the next repetition asks the next ones. */
const ASKED_AT_ONCE = 2;

export interface BodyExchange {
  /** Asks a few peers, other ones each time, for a body that a quorum voted for. */
  fetch(blockId: Hash): void;
  serve(peer: Peer, request: Extract<PeerMessage, { readonly _tag: 'BodyRequest' }>): void;
  /** A body a peer sent; only one that was asked for is looked at. */
  receive(peer: Peer, block: Block): void;
  /** The height ended: what was wanted is no longer. */
  reset(): void;
}

export const createBodyExchange = (ctx: NodeContext, arrived: (blockId: Hash, block: Block) => void): BodyExchange => {
  const wanted = new Map<Hash, number>();
  return {
    fetch: (blockId) => {
      const round = wanted.get(blockId) ?? 0;
      wanted.set(blockId, round + 1);
      const peers = [...ctx.peers.all()];
      for (let i = 0; i < Math.min(ASKED_AT_ONCE, peers.length); i++) {
        const peer = peers[(round * ASKED_AT_ONCE + i) % peers.length];
        if (peer === undefined) continue;
        ctx.counters.count('bodyRequested');
        ctx.outbox.send(peer, { _tag: 'BodyRequest', height: ctx.view().height, blockId });
      }
    },
    serve: (peer, { blockId }) => {
      const body = ctx.bodies.get(blockId);
      if (body === undefined) return;
      ctx.counters.count('bodyServed');
      ctx.outbox.send(peer, { _tag: 'Body', block: body.block });
    },
    receive: (peer, block) => {
      const body = bodyOfBlock(block, ctx.view().state.parameters);
      if (E.isLeft(body)) {
        ctx.counters.count('badBody');
        ctx.ports.network.report(peer.id, 'undecodable');
        return;
      }
      if (!wanted.delete(body.right.id)) {
        ctx.counters.count('unasked');
        return;
      }
      ctx.bodies.put(body.right);
      ctx.bodies.keep(body.right.id);
      arrived(body.right.id, block);
    },
    reset: () => {
      wanted.clear();
    },
  };
};
