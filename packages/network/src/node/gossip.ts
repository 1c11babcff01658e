import { StrictNoSign, TopicValidatorResult, gossipsub, type GossipSub, type Message } from '@libp2p/gossipsub';
import type { PeerId as Libp2pPeerId } from '@libp2p/interface';
import { sha256 } from '@zhtp/crypto';
import { encodeUtf8, type GossipTopic, type Hash, type InboundGossip } from '@zhtp/types';
import type { CounterBoard } from '../counters.ts';
import type { NetworkLimits } from './options.ts';
import { brandedPeerId } from './peer-key.ts';

const TOPICS: readonly GossipTopic[] = ['transactions', 'evidence'];

/** Chains never share a topic, whoever they are connected to. */
const topicName = (genesisHash: Hash, topic: GossipTopic): string => `/zhtp/${genesisHash}/${topic}/1`;

/**
 * Gossipsub without signatures of its own (StrictNoSign): transactions and evidence carry the signature that counts, a
 * second one would cost as much again and tie a transaction to the node that sent it. The id of a message is the hash of
 * topic and payload: with the topic in it nobody can burn a transaction's id by sending it where it is refused.
 */
export const gossipService = (genesisHash: Hash, limits: NetworkLimits) =>
  gossipsub({
    globalSignaturePolicy: StrictNoSign,
    allowedTopics: TOPICS.map((topic) => topicName(genesisHash, topic)),
    fallbackToFloodsub: false,
    floodPublish: true,
    batchPublish: true,
    emitSelf: false,
    doPX: false,
    ignoreDuplicatePublishError: true,
    allowPublishToZeroTopicPeers: false,
    maxInboundDataLength: limits.gossipBytesMax + 64 * 1024,
    maxOutboundBufferSize: 16 * 1024 * 1024,
    gossipsubIWantFollowupMs: 12_000,
    // Many validators behind one address are normal; misconduct is scored by what the application proves.
    scoreParams: { IPColocationFactorWeight: 0, behaviourPenaltyThreshold: 6 },
    msgIdFn: ({ topic, data }) => sha256(concat(encodeUtf8(`${topic}\n`), data)),
  });

const concat = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
};

export interface GossipOptions {
  readonly pubsub: GossipSub;
  readonly genesisHash: Hash;
  readonly limits: NetworkLimits;
  readonly counters: CounterBoard;
  /** Hands a message to whoever judges; false when nobody does. */
  readonly deliver: (gossip: InboundGossip) => boolean;
  readonly onRejected: (gossip: InboundGossip) => void;
}

export interface Gossip {
  readonly start: () => void;
  readonly publish: (topic: GossipTopic, payload: Uint8Array) => void;
  /** Connected peers that listen to a topic. */
  readonly listeners: (topic: GossipTopic) => number;
  /** Ignores what still waits for a verdict. */
  readonly stop: () => void;
}

const VERDICTS = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
} as const;

export const createGossip = (options: GossipOptions): Gossip => {
  const { pubsub, limits, counters } = options;
  /** Oldest first: what was never judged makes room for what arrives. */
  const pending = new Set<() => void>();

  /** Gossipsub passes a message on when this resolves to accept, and not before. */
  const judged = (topic: GossipTopic, peer: Libp2pPeerId, message: Message): Promise<TopicValidatorResult> =>
    new Promise((resolve) => {
      const { data } = message;
      if (data.length === 0 || data.length > limits.gossipBytesMax) {
        resolve(TopicValidatorResult.Reject);
        return;
      }
      counters.add('gossipReceived');
      if (pending.size >= limits.gossipPendingMax) {
        counters.add('gossipOverflowed');
        for (const ignore of pending) {
          ignore();
          break;
        }
      }
      const settle = (verdict: 'accept' | 'ignore' | 'reject'): void => {
        if (!pending.delete(ignore)) return;
        if (verdict === 'reject') options.onRejected(gossip);
        resolve(VERDICTS[verdict]);
      };
      const ignore = (): void => settle('ignore');
      pending.add(ignore);
      const gossip: InboundGossip = {
        topic,
        peer: brandedPeerId(peer),
        payload: new Uint8Array(data.buffer, data.byteOffset, data.length),
        judge: settle,
      };
      if (!options.deliver(gossip)) ignore();
    });

  return {
    start: () => {
      for (const topic of TOPICS) {
        const name = topicName(options.genesisHash, topic);
        pubsub.topicValidators.set(name, (peer, message) => judged(topic, peer, message));
        pubsub.subscribe(name);
      }
    },
    publish: (topic, payload) => {
      if (payload.length === 0 || payload.length > limits.gossipBytesMax) {
        counters.add('sendsRefused');
        return;
      }
      pubsub.publish(topicName(options.genesisHash, topic), payload.slice()).then(
        () => counters.add('gossipPublished'),
        () => counters.add('gossipUnheard'),
      );
    },
    listeners: (topic) => pubsub.getSubscribers(topicName(options.genesisHash, topic)).length,
    stop: () => {
      for (const ignore of pending) ignore();
    },
  };
};
