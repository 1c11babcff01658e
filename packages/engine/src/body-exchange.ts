import { either as E, option as O } from 'fp-ts';
import { blockIdOf } from '@zhtp/chain';
import type { Block, Hash, PeerId, PeerMessage } from '@zhtp/types';
import { createAnswersOwed } from './answers-owed.ts';
import { bodyOfBlock } from './body-reader.ts';
import type { NodeContext } from './node-context.ts';
import type { Peer } from './peers.ts';

/** Bodies one peer is sent per height. */
const SERVED_PER_PEER = 32;
/** Peers asked at once for a body; the next repetition asks the next ones. */
const ASKED_AT_ONCE = 2;

export interface BodyExchange {
  /** Asks a few peers, other ones each time, for a body that a quorum voted for. */
  readonly fetch: (blockId: Hash) => void;
  serve(peer: Peer, request: Extract<PeerMessage, { readonly _tag: 'BodyRequest' }>): void;
  /** Uses up one request to this peer; false when it owes no body any more. */
  takeOwed(peer: Peer): boolean;
  /** A body a peer sent; only one that was asked for is looked at. */
  receive(peer: Peer, block: Block): void;
  /** The height ended: what was wanted is no longer. */
  reset(): void;
}

export const createBodyExchange = (ctx: NodeContext, arrived: (blockId: Hash, block: Block) => void): BodyExchange => {
  const wanted = new Map<Hash, number>();
  const served = new Map<PeerId, number>();
  const owed = createAnswersOwed();
  const give = (peer: Peer, block: Block): void => {
    ctx.counters.count('bodyServed');
    ctx.outbox.send(peer, { _tag: 'Body', block });
  };
  return {
    fetch: (blockId) => {
      const round = wanted.get(blockId) ?? 0;
      wanted.set(blockId, round + 1);
      const peers = [...ctx.peers.all()];
      for (let i = 0; i < Math.min(ASKED_AT_ONCE, peers.length); i++) {
        const peer = peers[(round * ASKED_AT_ONCE + i) % peers.length];
        if (peer === undefined) continue;
        ctx.counters.count('bodyRequested');
        owed.asked(peer.id);
        ctx.outbox.send(peer, { _tag: 'BodyRequest', height: ctx.view().height, blockId });
      }
    },
    serve: (peer, { height, blockId }) => {
      // A body is 4 MiB for 50 bytes of request: so many per peer and height, which is more than repetition needs.
      const answered = served.get(peer.id) ?? 0;
      if (answered >= SERVED_PER_PEER) return;
      served.set(peer.id, answered + 1);
      const body = ctx.bodies.get(blockId);
      if (body !== undefined) give(peer, body.block);
      else if (height < ctx.view().height)
        ctx.ports.blockStore.load(height, (stored) => {
          if (E.isRight(stored) && O.isSome(stored.right) && blockIdOf(stored.right.value.block.header) === blockId)
            give(peer, stored.right.value.block);
        });
    },
    takeOwed: (peer) => owed.take(peer.id),
    receive: (peer, block) => {
      if (!wanted.has(blockIdOf(block.header))) {
        ctx.counters.count('unasked');
        return;
      }
      const body = bodyOfBlock(block);
      if (E.isLeft(body)) {
        ctx.counters.count('badBody');
        ctx.ports.network.report(peer.id, 'undecodable');
        return;
      }
      wanted.delete(body.right.id);
      ctx.bodies.put(body.right, undefined);
      ctx.bodies.keep(body.right.id);
      arrived(body.right.id, block);
    },
    reset: () => {
      wanted.clear();
      served.clear();
    },
  };
};
