import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  causeText,
  array,
  fromJson,
  struct,
  text,
  toJson,
  u16,
  u32,
  type Hash,
  type Json,
  type TypeOf,
} from '@zhtp/types';
import { makeFolders } from './folders.ts';
import { attemptFile, fail, failure, systemCode, type Failure, type Outcome } from './outcome.ts';

/** Where everything of one node lies. */
export interface Home {
  readonly folder: string;
  readonly config: string;
  readonly genesis: string;
  readonly consensusKey: string;
  /** Of a validator that changes its consensus key: the new one, beside the one that acts until the epoch ends. */
  readonly nextConsensusKey: string;
  readonly accountKey: string;
  readonly peerKey: string;
  /** Bytes whose possession a validator proves, where the chain asks for it. */
  readonly storage: string;
  readonly data: string;
  readonly journal: string;
  readonly signer: string;
  readonly blocks: string;
  readonly state: string;
  readonly log: string;
  /** The hash of the genesis this data belongs to, written at the first start. */
  readonly genesisHash: string;
}

export const homeAt = (path: string): Home => {
  const folder = resolve(path);
  const data = join(folder, 'data');
  return {
    folder,
    config: join(folder, 'config.json'),
    genesis: join(folder, 'genesis.json'),
    consensusKey: join(folder, 'keys', 'consensus.json'),
    nextConsensusKey: join(folder, 'keys', 'consensus-next.json'),
    accountKey: join(folder, 'keys', 'account.json'),
    peerKey: join(folder, 'keys', 'peer.key'),
    storage: join(folder, 'storage.bin'),
    data,
    journal: join(data, 'journal'),
    signer: join(data, 'signer'),
    blocks: join(data, 'blocks'),
    state: join(data, 'state'),
    log: join(data, 'node.log'),
    genesisHash: join(data, 'genesis-hash'),
  };
};

const CONFIG_FORMAT_VERSION = 1;

/** config.json: what one node decides for itself. Everything the chain decides is in genesis. */
export const configCodec = struct('config.json', {
  formatVersion: u32,
  /** What people call this node. */
  name: text(64),
  /** Multiaddrs for peers, e.g. /ip4/0.0.0.0/tcp/26600. */
  listenAddresses: array(text(256), 8),
  /** Multiaddrs that end in /p2p/<peer id>: dialled for as long as the node runs. */
  persistentPeers: array(text(256), 1_000),
  /** Port of the HTTP API on 127.0.0.1; 0 takes any free one. */
  apiPort: u16,
});
export type NodeConfig = TypeOf<typeof configCodec>;

export const newConfig = (fields: Omit<NodeConfig, 'formatVersion'>): NodeConfig => ({
  formatVersion: CONFIG_FORMAT_VERSION,
  ...fields,
});

const readConfig = fromJson(configCodec);

const parseConfig = (path: string, source: string): Either<Failure, NodeConfig> => {
  const json = parseJson(path, source);
  if (E.isLeft(json)) return json;
  const version = versionOf(json.right);
  if (version !== undefined && version !== CONFIG_FORMAT_VERSION)
    return fail(
      `${path} has format version ${String(version)}; this program reads version ${String(CONFIG_FORMAT_VERSION)}: start it with the program version that wrote it`,
    );
  return E.mapLeft(({ message }: { readonly message: string }) => failure(`${path}: ${message}; correct the file`))(
    readConfig(json.right),
  );
};

/** The format version a document names, if it is one. */
export const versionOf = (json: unknown): number | undefined =>
  typeof json === 'object' && json !== null && 'formatVersion' in json && typeof json.formatVersion === 'number'
    ? json.formatVersion
    : undefined;

export const parseJson = (path: string, source: string): Either<Failure, unknown> => {
  try {
    return E.right(JSON.parse(source));
  } catch (cause) {
    return fail(`${path} is not JSON (${causeText(cause)}); restore the file from a copy`);
  }
};

export const loadConfig = async ({ config, folder }: Home): Outcome<NodeConfig> => {
  const source = await attemptFile(`reading the configuration of home ${folder}`, config, () =>
    readFile(config, 'utf8'),
  );
  return E.isLeft(source) ? source : parseConfig(config, source.right);
};

const jsonText = (json: Json): string => `${JSON.stringify(json, null, 2)}\n`;

/** Lays out an empty home: its folders, readable by their owner alone, and its configuration. */
export const createHome = (home: Home, config: NodeConfig): Outcome<void> =>
  attemptFile('creating a home', home.folder, async () => {
    await makeFolders(join(home.folder, 'keys'), 0o700);
    await makeFolders(home.data, 0o700);
    await writeFile(home.config, jsonText(toJson(configCodec)(config)), { flag: 'wx' });
  });

/** The folders a start needs below data/. */
export const createDataFolders = (home: Home): Outcome<void> =>
  attemptFile('preparing the data folder', home.data, async () => {
    for (const folder of [home.journal, home.signer, home.blocks, home.state]) await makeFolders(folder, 0o700);
  });

/** Marks the data folder as this chain's, once and for all. */
export const bindToGenesis = (home: Home, genesisHash: Hash): Outcome<void> =>
  attemptFile('marking the data folder', home.genesisHash, async () => {
    try {
      await writeFile(home.genesisHash, `${genesisHash}\n`, { flag: 'wx' });
    } catch (cause) {
      if (systemCode(cause) !== 'EEXIST') throw cause;
    }
  });
