import { either as E, option as O } from 'fp-ts';
import type { NodeEvent, StateSyncOptions } from '@zhtp/engine';
import {
  createTransferLoad,
  createWorld,
  fundedState,
  loadAccounts,
  nullScheme,
  type World,
  type WorldOptions,
} from '@zhtp/simulator';
import {
  decode,
  encode,
  syncResponseCodec,
  type Application,
  type Hash,
  type PeerId,
  type SnapshotDescription,
  type SyncResponse,
} from '@zhtp/types';
import { openLedger } from '../../src/ledger-of-node.ts';

export const FOUNDERS: readonly number[] = [0, 1, 2, 3];
const SNAPSHOTS_EVERY = 10n;

export type StateSyncEvent = Extract<NodeEvent, { readonly _tag: 'StateSync' }>;

/** Each chunk of the ledger in so many pieces: a small state has one chunk only, and joining should take several. */
const PIECES = 5;

const part = (bytes: Uint8Array, piece: number): Uint8Array => {
  const size = Math.ceil(bytes.length / PIECES);
  return bytes.slice(piece * size, (piece + 1) * size);
};

/** The same application with its chunks cut in pieces; a piece is known for wrong when its chunk is whole. */
export const inPieces = (opened: Application): Application => {
  let held: Uint8Array[] = [];
  return new Proxy(opened, {
    get: (target, name): unknown => {
      switch (name) {
        case 'listSnapshots':
          return () => async () =>
            E.map((found: readonly SnapshotDescription[]) =>
              found.map((each) => ({ ...each, chunks: each.chunks * PIECES })),
            )(await target.listSnapshots()());
        case 'offerSnapshot':
          return (offer: Parameters<Application['offerSnapshot']>[0]) => {
            held = [];
            return target.offerSnapshot({ ...offer, chunks: offer.chunks / PIECES });
          };
        case 'loadSnapshotChunk':
          return (height: bigint, chunk: number) => async () =>
            E.map(O.map((bytes: Uint8Array) => part(bytes, chunk % PIECES)))(
              await target.loadSnapshotChunk(height, Math.floor(chunk / PIECES))(),
            );
        case 'applySnapshotChunk':
          return (chunk: number, bytes: Uint8Array) => async () => {
            held[chunk % PIECES] = bytes;
            if (chunk % PIECES < PIECES - 1) return E.right({ _tag: 'Accept' });
            return target.applySnapshotChunk(Math.floor(chunk / PIECES), Buffer.concat(held))();
          };
        default: {
          const member: unknown = Reflect.get(target, name);
          return typeof member === 'function' ? member.bind(target) : member;
        }
      }
    },
  });
};

/** Four validators with transfers in their blocks, and full nodes that join by a snapshot, one after the other. */
export const joiningWorld = (options: Partial<WorldOptions> = {}) => {
  const scheme = nullScheme();
  const accounts = loadAccounts(scheme, 12);
  const told = new Map<number, StateSyncEvent[]>();
  let trust: StateSyncOptions | undefined;
  const world: World = createWorld({
    seed: 5,
    validators: FOUNDERS.length,
    appState: fundedState(accounts),
    openApplication: openLedger(scheme, undefined, { every: SNAPSHOTS_EVERY, kept: 2 }),
    stateSync: (node) => (FOUNDERS.includes(node) ? undefined : trust),
    ...options,
    observe: (node, event) => {
      if (node === 0 && event._tag === 'BlockCommitted') load.committed(event.block);
      if (event._tag === 'StateSync') told.set(node, [...(told.get(node) ?? []), event]);
      options.observe?.(node, event);
    },
  });
  const load = createTransferLoad(world, scheme, accounts, 200);
  const committed = (nodes: readonly number[], height: bigint): Promise<boolean> =>
    world.runUntil(
      () => nodes.every((node) => world.record.committedBy(node) >= height),
      world.scheduler.nowMs() + 300_000,
    );
  return {
    world,
    told: (node: number): readonly StateSyncEvent[] => told.get(node) ?? [],
    load,
    committed,
    /** The founders decide up to a height. */
    found: async (height: bigint): Promise<void> => {
      for (const index of FOUNDERS) world.start(index);
      load.start();
      await committed(FOUNDERS, height);
    },
    /** What joining nodes trust from now on. */
    trust: (trustedHeight: bigint, others: Partial<StateSyncOptions> = {}): void => {
      const trusted = world.record.heights().find((each) => each.height === trustedHeight);
      if (trusted !== undefined) trust = { trustedHeight, trustedBlockId: trusted.blockId, ...others };
    },
    /** What joining nodes trust. */
    trusted: (): StateSyncOptions | undefined => trust,
    baseOf: (node: number): bigint | undefined => {
      const bounds = world.nodes[node]?.blocks().bounds() ?? O.none;
      return O.isSome(bounds) ? bounds.value.baseHeight : undefined;
    },
    appHashesAt: (height: bigint): ReadonlySet<Hash> =>
      new Set(
        world.nodes.flatMap((node) => {
          const state = node.running()?.status()?.state;
          return state?.height === height ? [state.appHash] : [];
        }),
      ),
  };
};

export type JoiningWorld = ReturnType<typeof joiningWorld>;

const read = decode(syncResponseCodec);
const write = encode(syncResponseCodec);

/** A peer that hands every request on to an honest node, and changes the answer; undefined is no answer. */
export const liarIn = (
  { world }: JoiningWorld,
  number: number,
  change: (answer: SyncResponse) => SyncResponse | Uint8Array | undefined,
): PeerId => {
  const liar = `node-${String(number)}` as PeerId;
  const network = world.network.join(liar, undefined, () => 0n);
  const [honest] = world.nodes;
  network.requests$.subscribe(({ payload, respond }) => {
    if (honest === undefined) return;
    network.request(honest.peer, payload, (answer) => {
      const response = E.isRight(answer) ? read(answer.right) : E.left(undefined);
      const changed = E.isRight(response) ? change(response.right) : undefined;
      if (changed !== undefined) respond(O.some(changed instanceof Uint8Array ? changed : write(changed)));
    });
  });
  network.peers$.subscribe();
  return liar;
};
