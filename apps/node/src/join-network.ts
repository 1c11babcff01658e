import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { either as E } from 'fp-ts';
import { checkGenesis, readGenesis } from '@zhtp/chain';
import { DEVELOPMENT_SCRYPT_COST, generateKeyPair, identityOf } from '@zhtp/crypto';
import type { Genesis, IdentityId } from '@zhtp/types';
import { createHome, homeAt, loadConfig, newConfig } from './home.ts';
import { writeKeyFile, writeSecretFile } from './key-files.ts';
import { asFailure, attemptFile, fail, type Outcome } from './outcome.ts';
import { PASSPHRASE_FILE } from './passphrase.ts';

export interface JoinRequest {
  /** The new home; must not exist, or be empty. */
  readonly folder: string;
  readonly name: string;
  readonly genesisText: string;
  readonly genesis: Genesis;
  readonly peers: readonly string[];
  readonly listenAddress: string;
  readonly apiPort: number;
  readonly passphrase: string;
  /** Cheap passphrase hashing and the passphrase in plain text beside the keys. */
  readonly isDevelopment: boolean;
}

/** The chain of a genesis file, or of the folder of a test network, with the addresses of its nodes. */
export interface FoundNetwork {
  readonly genesisText: string;
  readonly genesis: Genesis;
  readonly peers: readonly string[];
}

const NODE_FOLDER = /^node[0-9]+$/;
const PEER_ID = /\/p2p\/[^/]+$/;

/**
 * Addresses of the nodes of a test network, as their fellows know them: each home lists all but itself, with peer ids.
 */
const addressesIn = async (folder: string): Outcome<readonly string[]> => {
  const names = await attemptFile('reading the network', folder, () => readdir(folder));
  if (E.isLeft(names)) return names;
  const addresses = new Set<string>();
  for (const name of names.right.filter((entry) => NODE_FOLDER.test(entry)).sort()) {
    const config = await loadConfig(homeAt(join(folder, name)));
    if (E.isLeft(config)) return config;
    for (const address of config.right.persistentPeers) if (PEER_ID.test(address)) addresses.add(address);
  }
  return E.right([...addresses]);
};

export const findNetwork = async (path: string): Outcome<FoundNetwork> => {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const file = isFolder ? join(path, 'genesis.json') : path;
  const source = await attemptFile('reading genesis', file, () => readFile(file, 'utf8'));
  if (E.isLeft(source)) return source;
  const read = readGenesis(source.right);
  const genesis = E.isLeft(read) ? read : checkGenesis(read.right);
  if (E.isLeft(genesis)) return fail(`${file}: ${genesis.left.message}`);
  const peers = isFolder ? await addressesIn(path) : E.right([]);
  return E.isLeft(peers) ? peers : E.right({ genesisText: source.right, genesis: genesis.right, peers: peers.right });
};

/** A home with keys of its own on somebody else's chain: a full node until its account registers it as a validator. */
export const joinNetwork = async (request: JoinRequest): Outcome<IdentityId> => {
  const { genesis, passphrase, isDevelopment } = request;
  const home = homeAt(request.folder);
  const algorithm = genesis.signatureAlgorithm;
  const [consensus, account] = [generateKeyPair(algorithm), generateKeyPair(algorithm)];
  const { generatePeerKey } = await import('@zhtp/network/node');
  const peerKey = await generatePeerKey();
  const cost = isDevelopment ? DEVELOPMENT_SCRYPT_COST : undefined;
  const config = newConfig({
    name: request.name,
    listenAddresses: [request.listenAddress],
    persistentPeers: request.peers,
    apiPort: request.apiPort,
  });
  const steps: readonly (() => Outcome<void>)[] = [
    () => createHome(home, config),
    () =>
      attemptFile('writing genesis', home.genesis, () => writeFile(home.genesis, request.genesisText, { flag: 'wx' })),
    ...(isDevelopment ? [() => writeSecretFile(join(home.folder, 'keys', PASSPHRASE_FILE), `${passphrase}\n`)] : []),
    () => writeKeyFile(home.consensusKey, consensus, passphrase, cost),
    () => writeKeyFile(home.accountKey, account, passphrase, cost),
    () => writeSecretFile(home.peerKey, peerKey),
  ];
  for (const step of steps) {
    const done = await step();
    if (E.isLeft(done)) return done;
  }
  return asFailure(E.right(identityOf(algorithm, account.publicKey)));
};
