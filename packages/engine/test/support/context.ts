import { either as E, option as O, taskEither as TE } from 'fp-ts';
import { genesisHashOf } from '@zhtp/chain';
import type {
  Application,
  BlockStore,
  ChainStateRow,
  CommittedBlock,
  Evidence,
  GossipMessage,
  PeerId,
  PeerMessage,
} from '@zhtp/types';
import { decode, gossipMessageCodec, peerMessageCodec } from '@zhtp/types';
import { NEVER } from 'rxjs';
import { createApplicationQueue } from '../../src/application/application-queue.ts';
import { createBodies } from '../../src/catch-up/bodies.ts';
import { createCounters } from '../../src/counters.ts';
import { viewAfter } from '../../src/height/height-cycle.ts';
import type { HeightView } from '../../src/height/height-view.ts';
import type { JournalEntry } from '../../src/recovery/journal-entry.ts';
import type { Mail, NodeContext } from '../../src/node-context.ts';
import type { NodeEvent } from '../../src/node-event.ts';
import { createOutbox } from '../../src/gossip/outbox.ts';
import { createPeers } from '../../src/gossip/peers.ts';
import { chainStatesIn } from './chain-states.ts';
import { GENESIS, stateAt } from './genesis.ts';

export interface Request {
  readonly peer: PeerId;
  readonly payload: Uint8Array;
  readonly done: (answer: E.Either<{ readonly _tag: 'RequestError'; readonly message: string }, Uint8Array>) => void;
}

export interface Timer {
  readonly afterMs: number;
  readonly fire: () => void;
}

/** A context whose every port is seen and moved by the test. */
export interface TestContext {
  readonly ctx: NodeContext;
  readonly sent: { readonly peer: PeerId; readonly message: PeerMessage }[];
  readonly reports: string[];
  readonly requests: Request[];
  readonly timers: ReadonlySet<Timer>;
  /** Lets every timer that runs now elapse. */
  readonly fireTimers: () => void;
  readonly posted: Mail[];
  readonly recorded: JournalEntry[];
  readonly events: NodeEvent[];
  readonly halts: string[];
  readonly accusations: Evidence[];
  readonly published: GossipMessage[];
  /** Rows of the chain state store, by hex of their keys. */
  readonly rows: Map<string, ChainStateRow>;
  /** What the application was asked, in order. */
  readonly asked: string[];
  readonly blocks: Map<bigint, CommittedBlock>;
  /** Answers every verification that waits. */
  readonly verdict: (valid: boolean) => void;
  /** The height in progress is this one now. */
  readonly moveTo: (height: bigint) => void;
  readonly setNow: (ms: bigint) => void;
  readonly setDecided: (decided: boolean) => void;
}

export const peerNamed = (name: string): PeerId => name as PeerId;

const storeOf = (blocks: Map<bigint, CommittedBlock>): BlockStore => ({
  save: (committed, done) => {
    blocks.set(committed.block.header.height, committed);
    done(E.right(undefined));
  },
  saveHeadCertificate: (_certificate, done) => {
    done(E.right(undefined));
  },
  saveExtensions: (_extensions, done) => {
    done(E.right(undefined));
  },
  loadExtensions: (_height, done) => {
    done(E.right(O.none));
  },
  load: (height, done) => {
    done(E.right(O.fromNullable(blocks.get(height))));
  },
  range: (from, count, _maxBytes, done) => {
    const found = Array.from({ length: count }, (_, i) => blocks.get(from + BigInt(i)));
    const gap = found.indexOf(undefined);
    done(E.right((gap === -1 ? found : found.slice(0, gap)).flatMap((block) => block ?? [])));
  },
  bounds: () => {
    const heights = [...blocks.keys()];
    const [first] = heights;
    const last = heights.at(-1);
    return first === undefined || last === undefined ? O.none : O.some({ baseHeight: first, headHeight: last });
  },
});

const applicationOf = (asked: string[]): Application => {
  const answer = <A>(call: string, value: A) => {
    asked.push(call);
    return TE.right(value);
  };
  const refused = { _tag: 'Reject' as const, reason: 'no snapshots here' };
  return {
    info: () => answer('info', { height: 0n, appHash: stateAt(0n).appHash }),
    initChain: () => answer('initChain', stateAt(0n)),
    checkTx: () => answer('checkTx', { _tag: 'Rejected', code: 'Test', reason: 'no transactions here' }),
    prepareProposal: () => answer('prepareProposal', []),
    processProposal: () => answer('processProposal', { _tag: 'Accept' }),
    finalizeBlock: () =>
      answer('finalizeBlock', {
        ...stateAt(1n),
        results: [],
        nextValidators: O.none,
        parameters: O.none,
      }),
    commit: () => answer('commit', undefined),
    query: () => answer('query', O.none),
    listSnapshots: () => answer('listSnapshots', []),
    offerSnapshot: () => answer('offerSnapshot', refused),
    loadSnapshotChunk: () => answer('loadSnapshotChunk', O.none),
    applySnapshotChunk: () => answer('applySnapshotChunk', refused),
  };
};

export const testContext = (height = 1n): TestContext => {
  const sent: TestContext['sent'] = [];
  const reports: string[] = [];
  const requests: Request[] = [];
  const timers = new Set<Timer>();
  const posted: Mail[] = [];
  const recorded: JournalEntry[] = [];
  const events: NodeEvent[] = [];
  const halts: string[] = [];
  const accusations: Evidence[] = [];
  const published: GossipMessage[] = [];
  const rows = new Map<string, ChainStateRow>();
  const asked: string[] = [];
  const blocks = new Map<bigint, CommittedBlock>();
  let waiting: ((valid: boolean) => void)[] = [];
  let nowMs = GENESIS.genesisTime;
  let decided = false;
  const genesisHash = genesisHashOf(GENESIS);
  const viewOf = (at: bigint): HeightView =>
    viewAfter({ genesisHash, algorithm: GENESIS.signatureAlgorithm }, stateAt(at - 1n), undefined, undefined);
  let view = viewOf(height);

  const network: NodeContext['ports']['network'] = {
    inbound$: NEVER,
    peers$: NEVER,
    gossip$: NEVER,
    requests$: NEVER,
    send: (peer, payload) => {
      const message = decode(peerMessageCodec)(payload);
      if (E.isLeft(message)) throw new Error(`the engine sent what it cannot read: ${message.left.message}`);
      sent.push({ peer, message: message.right });
    },
    publish: (_topic, payload) => {
      const message = decode(gossipMessageCodec)(payload);
      if (E.isLeft(message)) throw new Error(`the engine published what it cannot read: ${message.left.message}`);
      published.push(message.right);
    },
    request: (peer, payload, done) => {
      requests.push({ peer, payload, done });
    },
    report: (peer, offence) => {
      reports.push(`${peer}: ${offence}`);
    },
  };
  const counters = createCounters();
  const peers = createPeers();
  const ctx: NodeContext = {
    genesis: GENESIS,
    genesisHash,
    ports: {
      clock: { nowMs: () => nowMs },
      timers: {
        start: (afterMs, fire) => {
          const timer = { afterMs, fire };
          timers.add(timer);
          return () => {
            timers.delete(timer);
          };
        },
      },
      network,
      journal: {
        append: () => undefined,
        sync: (done) => {
          done(E.right(undefined));
        },
        rotate: () => undefined,
      },
      blockStore: storeOf(blocks),
      chainStates: chainStatesIn(new Map(), rows),
      signer: undefined,
      verifier: {
        verify: (_check, done) => {
          waiting.push((valid) => {
            done(valid ? 'valid' : 'invalid');
          });
        },
        verifyBatch: (_checks, done) => {
          waiting.push((valid) => {
            done(valid ? { _tag: 'AllValid' } : { _tag: 'Invalid', index: 0 });
          });
        },
        setPosition: () => undefined,
        counters: () => ({ inFlight: 0, queued: 0, valid: 0, invalid: 0, dropped: 0 }),
        stop: () => undefined,
      },
      application: applicationOf(asked),
    },
    counters,
    application: createApplicationQueue(),
    peers,
    bodies: createBodies(() => false),
    outbox: createOutbox(network, peers, counters),
    view: () => view,
    nearestFar: () => 2,
    isRunning: () => true,
    hasDecided: () => decided,
    record: (entry) => {
      recorded.push(entry);
    },
    post: (mail) => {
      posted.push(mail);
    },
    emit: (event) => {
      events.push(event);
    },
    accuse: (evidence) => {
      accusations.push(evidence);
    },
    halt: (reason) => {
      halts.push(reason);
    },
  };
  return {
    ctx,
    sent,
    reports,
    requests,
    timers,
    fireTimers: () => {
      const due = Array.from(timers);
      timers.clear();
      for (const { fire } of due) fire();
    },
    posted,
    recorded,
    events,
    halts,
    accusations,
    published,
    rows,
    asked,
    blocks,
    verdict: (valid) => {
      const now = waiting;
      waiting = [];
      for (const answer of now) answer(valid);
    },
    moveTo: (next) => {
      view = viewOf(next);
    },
    setNow: (ms) => {
      nowMs = ms;
    },
    setDecided: (next) => {
      decided = next;
    },
  };
};
