import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { either as E } from 'fp-ts';
import { readGenesis } from '@zhtp/chain';
import { toJson, type Genesis, type IdentityId } from '@zhtp/types';
import { configCodec, homeAt, loadConfig, type NodeConfig } from '../home.ts';
import { readPublicKeyFile } from '../key-files.ts';
import type { TestnetRequest } from '../make-testnet.ts';
import { answered, asFailure, attemptFile, fail, systemCode, type Outcome } from '../outcome.ts';
import { freePortsFrom } from '../ports.ts';

export interface DevnetNode {
  readonly name: string;
  readonly home: string;
  readonly identity: IdentityId;
}

export interface DevnetAccount {
  readonly name: string;
  readonly keyFile: string;
  readonly identity: IdentityId;
}

export interface DevnetFolder {
  readonly folder: string;
  /** The chain was there already and goes on. */
  readonly reused: boolean;
  readonly chainId: string;
  readonly nodes: readonly DevnetNode[];
  readonly accounts: readonly DevnetAccount[];
  readonly firstApiPort: number;
}

const entriesOf = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return [];
    throw cause;
  }
};

const NODE_FOLDER = /^node([0-9]+)$/;

const byNumber = (names: readonly string[]): readonly string[] =>
  names
    .filter((name) => NODE_FOLDER.test(name))
    .sort((a, b) => Number(NODE_FOLDER.exec(a)?.[1]) - Number(NODE_FOLDER.exec(b)?.[1]));

const movedAddress = (address: string, from: number, to: number): string =>
  address.replace(/\/tcp\/([0-9]+)/, (_, port: string) => `/tcp/${String(Number(port) - from + to)}`);

/** The same homes on other ports, when somebody else has taken theirs meanwhile. */
const movePorts = async (
  homes: readonly string[],
  configs: readonly NodeConfig[],
  from: number,
  to: number,
): Outcome<void> => {
  for (const [i, folder] of homes.entries()) {
    const config = configs[i];
    if (config === undefined) continue;
    const moved: NodeConfig = {
      ...config,
      listenAddresses: config.listenAddresses.map((address) => movedAddress(address, from, to)),
      persistentPeers: config.persistentPeers.map((address) => movedAddress(address, from, to)),
      apiPort: config.apiPort - from + to,
    };
    const path = homeAt(folder).config;
    const written = await attemptFile('moving ports', path, () =>
      writeFile(path, `${JSON.stringify(toJson(configCodec)(moved), null, 2)}\n`),
    );
    if (E.isLeft(written)) return written;
  }
  return E.right(undefined);
};

const loadConfigs = async (homes: readonly string[]): Outcome<readonly NodeConfig[]> => {
  const configs: NodeConfig[] = [];
  for (const home of homes) {
    const config = await loadConfig(homeAt(home));
    if (E.isLeft(config)) return config;
    configs.push(config.right);
  }
  return E.right(configs);
};

const readAccounts = async (folder: string): Outcome<readonly DevnetAccount[]> => {
  const accounts: DevnetAccount[] = [];
  for (const file of (await entriesOf(folder)).filter((name) => name.endsWith('.json'))) {
    const keyFile = join(folder, file);
    const key = await readPublicKeyFile(keyFile);
    if (E.isLeft(key)) return key;
    accounts.push({ name: file.slice(0, -'.json'.length), keyFile, identity: key.right.identity });
  }
  return E.right(accounts);
};

/** Held until this process ends, however it ends: two supervisors of one network would fight over its ports and homes. */
const lockFolder = async (folder: string): Outcome<void> => {
  const { acquireLock } = await import('@zhtp/store/node');
  const lock = await answered<unknown>((done) => {
    acquireLock(folder, done);
  });
  return E.isLeft(lock) ? lock : E.right(undefined);
};

const reuse = async (folder: string, names: readonly string[]): Outcome<DevnetFolder> => {
  const locked = await lockFolder(folder);
  if (E.isLeft(locked)) return locked;
  const source = await attemptFile('reading genesis', join(folder, 'genesis.json'), () =>
    readFile(join(folder, 'genesis.json'), 'utf8'),
  );
  if (E.isLeft(source)) return source;
  const genesis = asFailure<Genesis>(readGenesis(source.right));
  if (E.isLeft(genesis)) return genesis;
  const homes = names.map((name) => join(folder, name));
  const configs = await loadConfigs(homes);
  if (E.isLeft(configs)) return configs;
  const base = Math.min(...configs.right.map(({ apiPort }) => apiPort)) - 1;
  const free = await freePortsFrom(base, 2 * homes.length);
  if (free === undefined)
    return fail(`no ${String(2 * homes.length)} free ports in a row from ${String(base)} up; stop other programs`);
  if (free !== base) {
    const moved = await movePorts(homes, configs.right, base, free);
    if (E.isLeft(moved)) return moved;
  }
  const nodes: DevnetNode[] = [];
  for (const [i, home] of homes.entries()) {
    const account = await readPublicKeyFile(homeAt(home).accountKey);
    if (E.isLeft(account)) return account;
    nodes.push({ name: configs.right[i]?.name ?? `node${String(i)}`, home, identity: account.right.identity });
  }
  const accounts = await readAccounts(join(folder, 'accounts'));
  if (E.isLeft(accounts)) return accounts;
  return E.right({
    folder,
    reused: true,
    chainId: genesis.right.chainId,
    nodes,
    accounts: accounts.right,
    firstApiPort: free + 1,
  });
};

const create = async (folder: string, request: Omit<TestnetRequest, 'output'>): Outcome<DevnetFolder> => {
  const ports = 2 * request.validators;
  const basePort = await freePortsFrom(request.basePort, ports);
  if (basePort === undefined)
    return fail(
      `no ${String(ports)} free ports in a row from ${String(request.basePort)} up; choose another --base-port`,
    );
  const { makeTestnet } = await import('../make-testnet.ts');
  const made = await makeTestnet({ ...request, output: folder, basePort });
  if (E.isLeft(made)) return made;
  const locked = await lockFolder(folder);
  if (E.isLeft(locked)) return locked;
  const { genesis, nodes, accounts } = made.right;
  return E.right({
    folder,
    reused: false,
    chainId: genesis.chainId,
    nodes: nodes.map(({ home, identity }, i) => ({ name: `node${String(i)}`, home, identity })),
    accounts,
    firstApiPort: basePort + 1,
  });
};

/** The test network of a folder, made when there is none; a temporary folder when none is named. */
export const prepareDevnet = async (
  home: string | undefined,
  request: Omit<TestnetRequest, 'output'>,
): Outcome<DevnetFolder> => {
  const folder =
    home === undefined
      ? await attemptFile('creating a temporary folder', tmpdir(), () => mkdtemp(join(tmpdir(), 'zhtp-devnet-')))
      : E.right(resolve(home));
  if (E.isLeft(folder)) return folder;
  const names = await attemptFile('reading the devnet folder', folder.right, () => entriesOf(folder.right));
  if (E.isLeft(names)) return names;
  const nodes = byNumber(names.right);
  if (nodes.length > 0 && names.right.includes('genesis.json')) return reuse(folder.right, nodes);
  return create(folder.right, request);
};
