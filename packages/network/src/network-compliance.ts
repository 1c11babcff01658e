import { either as E, option as O } from 'fp-ts';
import { filter, firstValueFrom, take, toArray, type Observable } from 'rxjs';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  equalBytes,
  peerId,
  type InboundPayload,
  type Network,
  type PeerEvent,
  type PeerId,
  type RequestError,
} from '@zhtp/types';

/** Two networks that are about to be connected, or are. */
export interface NetworkPair {
  readonly a: Network;
  readonly b: Network;
  readonly peerA: PeerId;
  readonly peerB: PeerId;
  /** Resolves when what `a` publishes reaches `b`. */
  readonly gossipReady: () => Promise<void>;
  /** Takes both down; awaited after each case. */
  readonly close: () => Promise<void>;
}

/** One statement every implementation of the `Network` port must satisfy; `run` rejects when it does not hold. */
export interface ComplianceCase {
  readonly title: string;
  readonly run: () => Promise<void>;
}

const check = (holds: boolean, message: string): void => {
  if (!holds) throw new Error(`not a compliant network: ${message}`);
};

const until = (events$: Observable<PeerEvent>, tag: PeerEvent['_tag'], peer: PeerId): Promise<PeerEvent> =>
  firstValueFrom(events$.pipe(filter((event) => event._tag === tag && event.peer === peer)));

const connected = async ({ a, b, peerA, peerB }: NetworkPair): Promise<void> => {
  await Promise.all([until(a.peers$, 'Connected', peerB), until(b.peers$, 'Connected', peerA)]);
};

const receive = (network: Network, count: number): Promise<readonly InboundPayload[]> =>
  firstValueFrom(network.inbound$.pipe(take(count), toArray()));

const requestOf = (network: Network, peer: PeerId, payload: Uint8Array): Promise<Either<RequestError, Uint8Array>> =>
  new Promise((resolve) => network.request(peer, payload, resolve));

/** A well-formed libp2p peer id that no test uses. */
const NOBODY = E.getOrElse((reason: string): PeerId => {
  throw new Error(reason);
})(peerId('12D3KooWGRUadhGmSyw2VXyWvCkRBkNRQJ5mCdjuDtJQTPaAdJwX'));

const CASES: readonly { readonly title: string; readonly run: (pair: NetworkPair) => Promise<void> }[] = [
  {
    title: 'payloads arrive whole, in order, under the name of their sender',
    run: async (pair) => {
      await connected(pair);
      const arrived = receive(pair.b, 100);
      for (let i = 0; i < 100; i++) pair.a.send(pair.peerB, Uint8Array.of(i, ...new Uint8Array(3 * i)));
      for (const [i, { peer, payload }] of (await arrived).entries()) {
        check(peer === pair.peerA, `payload ${String(i)} came from ${peer}`);
        check(payload[0] === i && payload.length === 1 + 3 * i, `payload ${String(i)} is another one`);
      }
    },
  },
  {
    title: 'nothing is delivered inside the call that sent it',
    run: async (pair) => {
      await connected(pair);
      let calling = true;
      let inside = false;
      const note = (): void => {
        inside ||= calling;
      };
      const subscriptions = [pair.a, pair.b].flatMap((network) => [
        network.inbound$.subscribe(note),
        network.requests$.subscribe(({ respond }) => {
          note();
          respond(O.none);
        }),
      ]);
      const arrived = receive(pair.b, 1);
      const answered = new Promise<void>((resolve) => {
        pair.a.send(pair.peerB, Uint8Array.of(1));
        pair.a.request(pair.peerB, Uint8Array.of(1), () => {
          note();
          resolve();
        });
      });
      calling = false;
      await Promise.all([arrived, answered]);
      for (const subscription of subscriptions) subscription.unsubscribe();
      check(!inside, 'an observer was called before the call returned');
    },
  },
  {
    title: 'a late subscriber hears of the peers connected now',
    run: async (pair) => {
      await connected(pair);
      const event = await firstValueFrom(pair.a.peers$);
      check(event._tag === 'Connected' && event.peer === pair.peerB, `the first event is ${event._tag}`);
    },
  },
  {
    title: 'sending to an unknown peer does nothing, asking it is an error',
    run: async (pair) => {
      await connected(pair);
      const arrived = receive(pair.b, 1);
      pair.a.send(NOBODY, Uint8Array.of(9));
      const answer = await requestOf(pair.a, NOBODY, Uint8Array.of(9));
      check(E.isLeft(answer), 'an unknown peer answered');
      pair.a.send(pair.peerB, Uint8Array.of(1));
      check(
        equalBytes((await arrived)[0]?.payload ?? new Uint8Array(0), Uint8Array.of(1)),
        'the next payload is another one',
      );
    },
  },
  {
    title: 'a request is answered once, by the peer that was asked; none refuses',
    run: async (pair) => {
      await connected(pair);
      const subscription = pair.b.requests$.subscribe(({ peer, payload, respond }) => {
        check(peer === pair.peerA, 'the request names another peer');
        respond(payload[0] === 0 ? O.none : O.some(Uint8Array.of(...payload, 7)));
        respond(O.some(Uint8Array.of(0)));
      });
      const answers = await Promise.all([1, 2, 0].map((n) => requestOf(pair.a, pair.peerB, Uint8Array.of(n))));
      subscription.unsubscribe();
      const read = answers.map((answer) => (E.isRight(answer) ? [...answer.right].join() : answer.left._tag));
      check(read.join(' ') === '1,7 2,7 RequestError', `the answers are ${read.join(' ')}`);
    },
  },
  {
    title: 'gossip reaches the other side with its topic and waits for a verdict',
    run: async (pair) => {
      await connected(pair);
      await pair.gossipReady();
      const arrived = firstValueFrom(pair.b.gossip$);
      pair.a.publish('evidence', Uint8Array.of(5, 6));
      const { topic, payload, judge, peer } = await arrived;
      judge('accept');
      check(topic === 'evidence' && equalBytes(payload, Uint8Array.of(5, 6)), 'another topic or payload arrived');
      check(peer === pair.peerA, 'the gossip came from elsewhere');
    },
  },
  {
    title: 'a peer that answers what was not asked is disconnected',
    run: async (pair) => {
      await connected(pair);
      const gone = [until(pair.a.peers$, 'Disconnected', pair.peerB), until(pair.b.peers$, 'Disconnected', pair.peerA)];
      pair.a.report(pair.peerB, 'unasked-answer');
      await Promise.all(gone);
      const answer = await requestOf(pair.a, pair.peerB, Uint8Array.of(1));
      check(E.isLeft(answer), 'a disconnected peer answered');
    },
  },
];

/** The statements, to be run one by one by any test runner against fresh pairs. */
export const networkCompliance = (makeTwo: () => Promise<NetworkPair>): readonly ComplianceCase[] =>
  CASES.map(({ title, run }) => ({
    title,
    run: async () => {
      const pair = await makeTwo();
      try {
        await run(pair);
      } finally {
        await pair.close();
      }
    },
  }));
