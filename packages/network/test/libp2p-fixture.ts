import { either as E, option as O } from 'fp-ts';
import { filter, firstValueFrom } from 'rxjs';
import { expect, vi } from 'vitest';
import { identityId, type Hash, type IdentityId, type PeerEvent, type PeerId, type Verifier } from '@zhtp/types';
import {
  createLibp2pNetwork,
  generatePeerKey,
  type LibP2pNetwork,
  type Libp2pNetworkOptions,
} from '@zhtp/network/node';

export const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(`expected a right, got ${JSON.stringify(either.left)}`);
  return either.right;
};

export const GENESIS = '11'.repeat(32) as Hash;
export const OTHER_GENESIS = '22'.repeat(32) as Hash;
export const identity = (n: number): IdentityId => right(identityId(n.toString(16).padStart(64, '0')));

/** Believes a signature that repeats the validator's one-byte key: the announcement rules are tested, not ML-DSA. */
export const toyVerifier: Verifier = {
  concurrency: 2,
  verify: ({ publicKey, signature }, done) =>
    setImmediate(() => done(signature.length === 1 && signature[0] === publicKey[0] ? 'valid' : 'invalid')),
};

export const toyKeys = (validators: readonly IdentityId[]) => (validator: IdentityId) => {
  const index = validators.indexOf(validator);
  return index < 0 ? O.none : O.some({ algorithm: 'ML-DSA-65' as const, publicKey: Uint8Array.of(index) });
};

export interface Started {
  readonly network: LibP2pNetwork;
  readonly address: string;
  readonly lines: string[];
}

const running: LibP2pNetwork[] = [];

/** A started network on a free port of the loopback interface. */
export const startNetwork = async (options: Partial<Libp2pNetworkOptions> = {}): Promise<Started> => {
  const lines: string[] = [];
  const network = right(
    await createLibp2pNetwork({
      genesisHash: GENESIS,
      nodeRole: 'full',
      privateKey: await generatePeerKey(),
      consensusKey: () => O.none,
      verifier: toyVerifier,
      log: (line) => lines.push(line),
      ...options,
    })(),
  );
  right(await network.start());
  running.push(network);
  const [address] = network.multiaddrs();
  expect(address).toBeDefined();
  return { network, address: address ?? '', lines };
};

export const stopAll = async (): Promise<void> => {
  await Promise.all(running.splice(0).map((network) => network.stop()));
};

export const event = (network: LibP2pNetwork, tag: PeerEvent['_tag'], peer: PeerId): Promise<PeerEvent> =>
  firstValueFrom(network.peers$.pipe(filter((e) => e._tag === tag && e.peer === peer)));

export const connectTwo = async (
  first: Partial<Libp2pNetworkOptions> = {},
  second: Partial<Libp2pNetworkOptions> = {},
): Promise<readonly [Started, Started]> => {
  const a = await startNetwork(first);
  const b = await startNetwork({ ...second, persistentPeers: [a.address] });
  await Promise.all([event(a.network, 'Connected', b.network.peerId), event(b.network, 'Connected', a.network.peerId)]);
  return [a, b];
};

export const until = (holds: () => boolean, what: string): Promise<void> =>
  vi.waitFor(
    () => {
      if (!holds()) throw new Error(`still waiting: ${what}`);
    },
    { timeout: 25_000, interval: 10 },
  );

/** Matches text that holds this. */
export const saying = (part: string | RegExp): unknown => expect.stringMatching(part);

/** A libp2p host of another make: it can open our streams and write what it likes on them. */
export const startStranger = async (address: string) => {
  const [{ createLibp2p }, { tcp }, { noise }, { yamux }, { multiaddr }] = await Promise.all([
    import('libp2p'),
    import('@libp2p/tcp'),
    import('@libp2p/noise'),
    import('@libp2p/yamux'),
    import('@multiformats/multiaddr'),
  ]);
  const host = await createLibp2p({ transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()] });
  await host.handle('/zhtp/consensus/1', () => undefined);
  const connection = await host.dial(multiaddr(address));
  return {
    id: host.peerId.toString(),
    open: (protocol: string) => connection.newStream(protocol),
    stop: () => host.stop(),
  };
};

/** A payload that says its number. */
export const numbered = (n: number, bytes = 3_400): Uint8Array => {
  const payload = new Uint8Array(bytes).fill(n);
  new DataView(payload.buffer).setUint32(0, n);
  return payload;
};
export const numberOf = (payload: Uint8Array): number => new DataView(payload.buffer, payload.byteOffset).getUint32(0);
