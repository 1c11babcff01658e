import { either as E, option as O } from 'fp-ts';
import {
  decode,
  encode,
  maxBigint,
  syncRequestCodec,
  syncResponseCodec,
  type CommittedBlock,
  type InboundRequest,
  type PeerId,
  type PeerOffence,
  type SyncRequest,
} from '@zhtp/types';
import type { DecisionIntake } from '../intake/decision-intake.ts';
import type { NodeContext } from '../node-context.ts';
import type { Peer } from '../gossip/peers.ts';
import type { StateServer } from './state-server.ts';

/** Blocks asked for at once, and ranges under way beside each other, each at another peer. */
export const SYNC_RANGE_BLOCKS = 16;
export const SYNC_RANGES_MAX = 4;
/** Bytes of blocks in one answer: half a frame, so that the last block that is let in still fits. */
const SYNC_ANSWER_BYTES_MAX = 2 * 1024 * 1024;
/** One height behind is normal while votes travel; only when it lasts is the block asked for. */
const GRACE_MS = 1_000;

const encodeRequest = encode(syncRequestCodec);
const decodeRequest = decode(syncRequestCodec);
const encodeResponse = encode(syncResponseCodec);
const decodeResponse = decode(syncResponseCodec);

/**
 * There is no sync mode: the core stands at head + 1 and this is one more source of (block, certificate) for that height
 * (protocol.md, Sync). Ranges come from several peers at once; every block is verified before it is executed.
 */
export interface BlockSync {
  /** A peer said how far it is. */
  advertised(peer: Peer, headHeight: bigint): void;
  /** A height in progress: feed what is in hand, ask for more. */
  heightStarted(): void;
  readonly serve: (request: InboundRequest) => void;
  disconnected(peer: PeerId): void;
  stop(): void;
}

interface Range {
  readonly peer: PeerId;
  readonly from: bigint;
  readonly to: bigint;
}

export const createBlockSync = (
  ctx: NodeContext,
  decisions: DecisionIntake,
  states: Pick<StateServer, 'serve'>,
): BlockSync => {
  const fetched = new Map<bigint, { readonly committed: CommittedBlock; readonly peer: PeerId }>();
  const ranges = new Set<Range>();
  let stopGrace: (() => void) | undefined;
  let graceOver: bigint | undefined;

  /** The highest head anybody claims, asked for at each status of each peer; undefined when it has to be found anew. */
  let best: bigint | undefined;
  const bestHead = (): bigint => {
    if (best !== undefined) return best;
    best = 0n;
    for (const peer of ctx.peers.all()) best = maxBigint(best, peer.headHeight);
    return best;
  };
  const setHead = (peer: Peer | undefined, height: bigint): void => {
    if (peer === undefined) return;
    if (height < peer.headHeight) best = undefined;
    else if (best !== undefined) best = maxBigint(best, height);
    peer.headHeight = height;
  };

  const failures = new Map<PeerId, number>();
  const failuresOf = (peer: PeerId): number => failures.get(peer) ?? 0;
  const failed = (peer: PeerId): void => {
    failures.set(peer, failuresOf(peer) + 1);
  };

  const offence = (peer: PeerId, what: PeerOffence): void => {
    for (const [height, entry] of fetched) if (entry.peer === peer) fetched.delete(height);
    // What it says of its head is worth nothing now.
    setHead(ctx.peers.get(peer), 0n);
    ctx.ports.network.report(peer, what);
  };

  const feed = (): void => {
    const { height } = ctx.view();
    const next = fetched.get(height);
    if (next === undefined || decisions.isDecided()) return;
    decisions.receive(next.committed, (verdict) => {
      switch (verdict) {
        case 'accepted':
          fetched.delete(height);
          ctx.counters.count('blocksSynced');
          return;
        case 'bad':
          fetched.delete(height);
          offence(next.peer, 'bad-certificate');
          ask();
          return;
        case 'not-now':
          return;
      }
    });
  };

  const answered = (range: Range, payload: Uint8Array): void => {
    const response = decodeResponse(payload);
    if (E.isLeft(response)) {
      offence(range.peer, 'undecodable');
      return;
    }
    if (
      response.right._tag !== 'Blocks' ||
      response.right.blocks.some((c, i) => c.block.header.height !== range.from + BigInt(i))
    ) {
      offence(range.peer, 'unasked-answer');
      return;
    }
    for (const committed of response.right.blocks) {
      const { height } = committed.block.header;
      if (height >= ctx.view().height && height <= range.to) fetched.set(height, { committed, peer: range.peer });
    }
    // It cannot serve what it said it has.
    if (response.right.blocks.length > 0) failures.delete(range.peer);
    else {
      failed(range.peer);
      setHead(ctx.peers.get(range.peer), 0n);
    }
  };

  const request = (peer: PeerId, from: bigint, to: bigint): void => {
    const range: Range = { peer, from, to };
    ranges.add(range);
    ctx.counters.count('syncRequested');
    const message: SyncRequest = { _tag: 'Blocks', fromHeight: from, count: Number(to - from) + 1 };
    ctx.ports.network.request(peer, encodeRequest(message), (answer) => {
      ranges.delete(range);
      if (E.isRight(answer)) answered(range, answer.right);
      else {
        failed(peer);
        setHead(ctx.peers.get(peer), 0n);
      }
      feed();
      ask();
    });
  };

  const isCovered = (height: bigint): boolean =>
    fetched.has(height) || [...ranges].some((r) => r.from <= height && height <= r.to);

  /** A peer that has this height and is not asked for anything now. */
  const idlePeerWith = (height: bigint): Peer | undefined => {
    let best: Peer | undefined;
    for (const peer of ctx.peers.all()) {
      if (peer.headHeight < height || [...ranges].some((range) => range.peer === peer.id)) continue;
      // Whoever failed to answer comes after those who did not, whatever height it claims.
      if (best === undefined || failuresOf(peer.id) < failuresOf(best.id)) best = peer;
    }
    return best;
  };

  const ask = (): void => {
    const { height } = ctx.view();
    const highest = bestHead();
    if (highest < height || (highest === height && (graceOver !== height || decisions.isDecided()))) return;
    const window = height + BigInt(SYNC_RANGE_BLOCKS * SYNC_RANGES_MAX);
    for (let from = height; from <= highest && from < window && ranges.size < SYNC_RANGES_MAX; from++) {
      if (isCovered(from)) continue;
      const peer = idlePeerWith(from);
      if (peer === undefined) return;
      let to = from;
      while (to + 1n <= peer.headHeight && to + 1n < from + BigInt(SYNC_RANGE_BLOCKS) && !isCovered(to + 1n)) to++;
      request(peer.id, from, to);
    }
  };

  const startGrace = (): void => {
    const { height } = ctx.view();
    stopGrace?.();
    stopGrace = ctx.ports.timers.start(GRACE_MS, () => {
      graceOver = height;
      feed();
      ask();
      startGrace();
    });
  };

  const serveBlocks = (respond: InboundRequest['respond'], fromHeight: bigint, count: number): void => {
    ctx.ports.blockStore.range(fromHeight, Math.min(count, SYNC_RANGE_BLOCKS), SYNC_ANSWER_BYTES_MAX, (blocks) => {
      if (E.isLeft(blocks)) {
        respond(O.none);
        return;
      }
      ctx.counters.count('syncServed');
      respond(O.some(encodeResponse({ _tag: 'Blocks', blocks: blocks.right })));
    });
  };

  return {
    advertised: (peer, headHeight) => {
      if (headHeight < peer.headHeight) {
        offence(peer.id, 'height-went-down');
        return;
      }
      setHead(peer, headHeight);
      ask();
    },
    heightStarted: () => {
      for (const height of fetched.keys()) if (height < ctx.view().height) fetched.delete(height);
      startGrace();
      feed();
      ask();
    },
    disconnected: (peer) => {
      best = undefined;
      failures.delete(peer);
      for (const range of ranges) if (range.peer === peer) ranges.delete(range);
    },
    serve: (inbound) => {
      const { payload, respond } = inbound;
      const asked = decodeRequest(payload);
      if (E.isLeft(asked)) {
        respond(O.none);
        return;
      }
      switch (asked.right._tag) {
        case 'Blocks':
          serveBlocks(respond, asked.right.fromHeight, asked.right.count);
          return;
        case 'Status': {
          const bounds = ctx.ports.blockStore.bounds();
          const { baseHeight, headHeight } = O.getOrElse(() => ({ baseHeight: 0n, headHeight: 0n }))(bounds);
          respond(O.some(encodeResponse({ _tag: 'Status', baseHeight, headHeight })));
          return;
        }
        case 'Snapshots':
        case 'SnapshotChunk':
        case 'Headers':
        case 'LightBlock':
        case 'ValidatorSet':
        case 'Parameters':
          states.serve(asked.right, inbound);
          return;
      }
    },
    stop: () => {
      stopGrace?.();
    },
  };
};
