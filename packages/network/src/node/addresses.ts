import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { peerId } from '@zhtp/types';
import type { DialTarget } from '../redialer.ts';
import { networkError, type NetworkError } from './options.ts';

const TCP = /^\/(ip4|ip6|dns|dns4|dns6)\/[^/]+\/tcp\/[0-9]{1,5}(\/p2p\/[^/]+)?$/;

/** A TCP multiaddr, or undefined: what others announce is not trusted to be one. */
const tcpAddress = (text: string): Multiaddr | undefined => {
  if (!TCP.test(text)) return undefined;
  try {
    return multiaddr(text);
  } catch {
    return undefined;
  }
};

/** The same address with the peer that must answer there, so that nobody else can. */
export const addressOfPeer = (text: string, peer: string): Multiaddr | undefined => {
  const bare = text.replace(/\/p2p\/[^/]+$/, '');
  return tcpAddress(`${bare}/p2p/${peer}`);
};

/** Reads a configured peer: `/ip4/10.0.0.7/tcp/26656/p2p/12D3Koo…`. */
export const persistentPeer = (text: string): Either<NetworkError, DialTarget> => {
  const id = peerId(/\/p2p\/([^/]+)$/.exec(text)?.[1]);
  return tcpAddress(text) === undefined || E.isLeft(id)
    ? E.left(networkError(`persistentPeers: "${text}" must look like /ip4/10.0.0.7/tcp/26656/p2p/<peer id>`))
    : E.right({ peer: id.right, addresses: [text] });
};

export const listenAddress = (text: string): Either<NetworkError, string> =>
  tcpAddress(text) === undefined || text.includes('/p2p/')
    ? E.left(networkError(`listenAddresses: "${text}" must look like /ip4/127.0.0.1/tcp/26656`))
    : E.right(text);
