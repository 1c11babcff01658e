import { identify, type Identify } from '@libp2p/identify';
import type { Libp2p, PrivateKey } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import type { GossipSub } from '@libp2p/gossipsub';
import { createLibp2p } from 'libp2p';
import { causeText, type Hash, type PeerId } from '@zhtp/types';
import { gossipService } from './gossip.ts';
import type { NetworkLimits } from './options.ts';
import { brandedPeerId } from './peer-key.ts';

export type Host = Libp2p<{ identify: Identify; pubsub: GossipSub }>;

export interface HostOptions {
  readonly genesisHash: Hash;
  readonly privateKey: PrivateKey;
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly limits: NetworkLimits;
  readonly connectionsMax: number;
  readonly isBanned: (peer: PeerId) => boolean;
}

const MIB = 1024 * 1024;

/** libp2p with TCP, Noise and Yamux and nothing that looks for peers by itself: no DHT, no mDNS, no bootstrap list. */
export const createHost = (options: HostOptions): Promise<Host> =>
  createLibp2p({
    start: false,
    privateKey: options.privateKey,
    addresses: { listen: [...options.listen], announce: [...options.announce] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    // While reading is paused a peer can still fill its window: what is buffered must be larger, or the stream is reset.
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: 4 * MIB, maxReadBufferLength: 16 * MIB } })],
    connectionManager: {
      maxConnections: options.connectionsMax,
      inboundConnectionThreshold: options.limits.inboundConnectionsPerSecond,
      maxIncomingPendingConnections: options.limits.inboundConnectionsPerSecond,
      reconnectRetries: 0,
    },
    // A busy process answers late: only silence far beyond that ends a connection.
    connectionMonitor: { pingInterval: 15_000, pingTimeout: { minTimeout: 20_000, maxTimeout: 60_000 } },
    connectionGater: {
      denyDialMultiaddr: () => false,
      denyDialPeer: (peer) => options.isBanned(brandedPeerId(peer)),
      denyInboundEncryptedConnection: (peer) => options.isBanned(brandedPeerId(peer)),
    },
    services: {
      identify: identify({ runOnConnectionOpen: true }),
      pubsub: gossipService(options.genesisHash, options.limits),
    },
  });

/** One line for the operator out of a failed start. */
export const startFailure = (cause: unknown, listen: readonly string[]): string => {
  const message = causeText(cause);
  const where = listen.join(', ');
  if (message.includes('EADDRINUSE'))
    return `cannot listen on ${where}: the port is in use; stop the program that has it or choose another port`;
  if (message.includes('EADDRNOTAVAIL'))
    return `cannot listen on ${where}: this machine has no such address; use one of its own, or /ip4/0.0.0.0 for all`;
  if (message.includes('EACCES')) return `cannot listen on ${where}: not permitted; choose a port above 1023`;
  return `the network did not start on ${where}: ${message.replaceAll(/\s+/g, ' ').trim()}`;
};
