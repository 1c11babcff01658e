import { either as E } from 'fp-ts';
import type { Block, Hash, PeerId, PeerMessage } from '@zhtp/types';
import { createAnswersOwed } from './answers-owed.ts';
import { createBodyDownload, type BodyDownload } from './body-chunks.ts';
import { bodyOfBytes } from './body-reader.ts';
import { createBodyServer, type BodyRequest } from './body-server.ts';
import type { NodeContext } from '../node-context.ts';
import type { Peer } from '../gossip/peers.ts';

/** Peers asked at once for the first piece of a body; the next repetition asks the next ones. */
const ASKED_AT_ONCE = 2;
/** Pieces one peer is asked for ahead of its answers. */
const PIECES_AHEAD = 8;
/** A source that sends fewer pieces between two repetitions gets company. */
const PROGRESS_MIN = 4;
/** Copies of one body on their way at once; beyond it the one begun first is given up. */
const DOWNLOADS_MAX = 4;

type BodyChunkMessage = Extract<PeerMessage, { readonly _tag: 'BodyChunk' }>;

export interface BodyExchange {
  /** Asks a few peers, other ones each time, for a body; first of all `from`, where somebody is known to have it. */
  readonly fetch: (blockId: Hash, from?: Peer) => void;
  serve(peer: Peer, request: BodyRequest): void;
  /** Uses up one request to this peer; false when it owes no piece any more. */
  takeOwed(peer: Peer): boolean;
  /** A piece a peer sent; only one that was asked for is looked at. */
  receive(peer: Peer, piece: BodyChunkMessage): void;
  /** What was asked of this peer will not come. */
  disconnected(peer: PeerId): void;
  /** The height ended: what was wanted is no longer. */
  reset(): void;
}

interface Wanted {
  /** How often peers were asked. */
  readonly asked: number;
  /** By peer, in the order they were asked. */
  readonly downloads: ReadonlyMap<PeerId, BodyDownload>;
  /** Whom the pieces after the first are asked of. */
  readonly source: PeerId | undefined;
  /** Pieces that came since peers were last asked. */
  readonly progress: number;
}

const NOTHING_ASKED: Wanted = { asked: 0, downloads: new Map(), source: undefined, progress: 0 };

export const createBodyExchange = (ctx: NodeContext, arrived: (blockId: Hash, block: Block) => void): BodyExchange => {
  const wanted = new Map<Hash, Wanted>();
  const server = createBodyServer(ctx);
  const owed = createAnswersOwed();

  const ask = (peer: PeerId, blockId: Hash, pieces: readonly number[]): void => {
    const to = ctx.peers.get(peer);
    if (to === undefined) return;
    for (const chunk of pieces) {
      ctx.counters.count('bodyRequested');
      owed.asked(peer);
      ctx.outbox.send(to, { _tag: 'BodyRequest', height: ctx.view().height, blockId, chunk });
    }
  };

  /** Whom to ask next: where it is known to be, then everybody in turn. */
  const candidates = (asked: number, from: Peer | undefined): readonly PeerId[] => {
    const peers = [...ctx.peers.all()].map(({ id }) => id);
    const next = Array.from({ length: Math.min(ASKED_AT_ONCE, peers.length) }, (_, i) =>
      peers.at((asked * ASKED_AT_ONCE + i) % peers.length),
    ).flatMap((id) => id ?? []);
    return from === undefined ? next : [from.id];
  };

  const begin = (known: Wanted, blockId: Hash, peers: readonly PeerId[]): Wanted['downloads'] => {
    const downloads = new Map(known.downloads);
    for (const peer of peers) {
      const download = downloads.get(peer) ?? createBodyDownload();
      downloads.set(peer, download);
      // Asked again, a peer is asked for everything it owes: a request or an answer may have been lost.
      ask(peer, blockId, download.missing(peer === known.source ? PIECES_AHEAD : 1));
    }
    for (const peer of [...downloads.keys()].slice(0, Math.max(0, downloads.size - DOWNLOADS_MAX)))
      downloads.delete(peer);
    return downloads;
  };

  const fetch = (blockId: Hash, from?: Peer): void => {
    const known = wanted.get(blockId) ?? NOTHING_ASKED;
    // Somebody is sending it: asking others as well would only cost.
    if (known.progress >= PROGRESS_MIN && known.source !== undefined && ctx.peers.get(known.source) !== undefined) {
      wanted.set(blockId, { ...known, progress: 0 });
      return;
    }
    const again = known.source === undefined ? [] : [known.source];
    const peers = new Set([...again, ...candidates(known.asked, from)]);
    const downloads = begin(known, blockId, [...peers]);
    // Whoever answers first is the source from now on; a silent one is not waited for.
    wanted.set(blockId, { asked: known.asked + 1, downloads, source: undefined, progress: 0 });
  };

  const giveUp = (blockId: Hash, known: Wanted, peer: PeerId): void => {
    const downloads = new Map(known.downloads);
    downloads.delete(peer);
    const source = known.source === peer ? undefined : known.source;
    wanted.set(blockId, { ...known, downloads, source });
    if (source !== undefined) return;
    const standby = [...downloads].find(([, download]) => download.chunks() !== undefined);
    if (standby === undefined) return;
    wanted.set(blockId, { ...known, downloads, source: standby[0] });
    ask(standby[0], blockId, standby[1].missing(PIECES_AHEAD));
  };

  /** All pieces are there: what they make must be the block that was asked for, and its own header must say so of the body. */
  const finish = (peer: Peer, blockId: Hash, known: Wanted, bytes: Uint8Array): void => {
    const body = bodyOfBytes(bytes);
    if (E.isLeft(body) || body.right.id !== blockId) {
      ctx.counters.count('badBody');
      ctx.ports.network.report(peer.id, 'undecodable');
      giveUp(blockId, known, peer.id);
      return;
    }
    wanted.delete(blockId);
    ctx.bodies.put(body.right, undefined);
    ctx.bodies.keep(blockId);
    arrived(blockId, body.right.block);
  };

  return {
    fetch,
    serve: (peer, request) => {
      server.serve(peer, request);
    },
    takeOwed: (peer) => owed.take(peer.id),
    receive: (peer, { blockId, chunk, chunks, bytes }) => {
      const known = wanted.get(blockId);
      const download = known?.downloads.get(peer.id);
      if (known === undefined || download === undefined) {
        ctx.counters.count('unasked');
        return;
      }
      switch (download.add({ chunk, chunks, bytes })) {
        case 'Wrong':
          ctx.counters.count('badBody');
          ctx.ports.network.report(peer.id, 'undecodable');
          giveUp(blockId, known, peer.id);
          return;
        case 'Known':
          return;
        case 'Added': {
          const source = known.source ?? peer.id;
          const now = { ...known, source, progress: known.progress + 1 };
          wanted.set(blockId, now);
          const whole = download.bytes();
          if (whole !== undefined) {
            finish(peer, blockId, now, whole);
            return;
          }
          if (source !== peer.id) return;
          // The first piece opens the window, every further one moves it by one.
          const due = download.missing(PIECES_AHEAD);
          ask(peer.id, blockId, known.source === undefined ? due : due.slice(PIECES_AHEAD - 1));
        }
      }
    },
    disconnected: (peer) => {
      for (const [blockId, known] of wanted) if (known.downloads.has(peer)) giveUp(blockId, known, peer);
    },
    reset: () => {
      if (wanted.size > 0) wanted.clear();
      server.reset();
    },
  };
};
