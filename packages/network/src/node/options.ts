import type { Clock, Hash, RandomBytes, Timers, Verifier } from '@zhtp/types';
import type { AnnouncementSource } from '../announcement-exchange.ts';
import type { ConsensusKeyLookup } from '../announcement.ts';
import type { NodeRole } from '../hello.ts';

/** A network that could not be made or started; one line that says what to do. */
export interface NetworkError {
  readonly _tag: 'NetworkError';
  readonly message: string;
}

export const networkError = (message: string): NetworkError => ({ _tag: 'NetworkError', message });

/** What a libp2p network is made of. */
export interface Libp2pNetworkOptions {
  /** Peers with another genesis are disconnected at the handshake. */
  readonly genesisHash: Hash;
  readonly nodeRole: NodeRole;
  /** The transport's Ed25519 key (`generatePeerKey`), in libp2p's protobuf form. Its peer id names this node. */
  readonly privateKey: Uint8Array;
  /** Consensus keys of the validators of the current sets: whose announcements are believed. */
  readonly consensusKey: ConsensusKeyLookup;
  readonly verifier: Verifier;
  /** For a node with a consensus key: whom it announces, and who signs. */
  readonly announcement?: AnnouncementSource;
  /** Multiaddrs; `/ip4/127.0.0.1/tcp/0` by default: nobody outside this machine gets in unless told so. */
  readonly listenAddresses?: readonly string[];
  /** Multiaddrs told to others, where they differ from those listened on (behind a router). */
  readonly announceAddresses?: readonly string[];
  /** Multiaddrs that end in `/p2p/<peer id>`; dialled for as long as the node runs. */
  readonly persistentPeers?: readonly string[];
  /** Dial validators as their addresses become known. True by default. */
  readonly dialValidators?: boolean;
  /** Peers beyond this many are turned away, wanted ones excepted; 128 when left out. */
  readonly peersMax?: number;
  readonly limits?: Partial<NetworkLimits>;
  /** Receives one line per thing an operator may want to know. Silent by default. */
  readonly log?: (line: string) => void;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** For jitter and session ids. */
  readonly random?: RandomBytes;
}

/** Bounds of everything that waits or is in progress; times in milliseconds. */
export interface NetworkLimits {
  /** Frames and bytes that wait for one peer before the oldest are dropped. */
  readonly sendFramesMax: number;
  readonly sendBytesMax: number;
  /** Arrived payloads and bytes of one peer, not yet taken, at which reading from it pauses. */
  readonly inboxPayloadsHigh: number;
  readonly inboxBytesHigh: number;
  /** Payloads handed to the engine per turn of the event loop, over all peers. */
  readonly inboxPerTurn: number;
  /** From connection to admission. */
  readonly handshakeMs: number;
  /** From a request to the end of its answer. */
  readonly requestMs: number;
  readonly requestBytesMax: number;
  readonly responseBytesMax: number;
  /** Requests in progress per peer, in each direction. */
  readonly requestsPerPeerMax: number;
  readonly gossipBytesMax: number;
  /** Gossip messages waiting for a verdict; beyond, the oldest is ignored. */
  readonly gossipPendingMax: number;
  /** New connections per second from one address; test networks run many nodes on one. */
  readonly inboundConnectionsPerSecond: number;
}

const MIB = 1024 * 1024;

/** The limits where nothing else is said. */
export const DEFAULT_LIMITS: NetworkLimits = {
  sendFramesMax: 4_096,
  sendBytesMax: 32 * MIB,
  inboxPayloadsHigh: 512,
  inboxBytesHigh: 8 * MIB,
  inboxPerTurn: 64,
  handshakeMs: 10_000,
  requestMs: 30_000,
  requestBytesMax: 64 * 1024,
  responseBytesMax: 8 * MIB,
  requestsPerPeerMax: 8,
  gossipBytesMax: 2 * MIB,
  gossipPendingMax: 1_024,
  inboundConnectionsPerSecond: 32,
};

/** Places for peers where nothing else is said; wanted peers need none. */
export const PEERS_MAX = 128;
