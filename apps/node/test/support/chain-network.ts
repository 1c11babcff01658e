import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  cleanUp,
  freePort,
  getJson,
  newFolder,
  reconfigure,
  refused,
  start,
  succeed,
  until,
  type Program,
} from './cli.ts';

/** A validator as `zhtp query validator --json` shows it. */
export interface ValidatorJson {
  readonly identity: string;
  readonly status: string;
  readonly stake: string;
  readonly delegatedStake: string;
  readonly isInSet: boolean;
  readonly slashCount: number;
}

export interface StakesJson {
  readonly stakes: readonly { readonly validator: string; readonly amount: string; readonly rewards: string }[];
  readonly unbonding: readonly { readonly validator: string; readonly amount: string }[];
}

interface BlockJson {
  readonly height: string;
  readonly time: string;
  readonly proposer: string;
  readonly signers: readonly string[] | null;
  readonly block: {
    readonly evidence: readonly object[];
    readonly header: { readonly difficultyBits: number };
  };
}

export interface SentJson {
  readonly id: string;
  readonly height: string;
  readonly applied: boolean;
  readonly events: readonly { readonly event: string; readonly text: string }[];
}

/** A devnet of four processes with time bounds in seconds, and whoever joins it. */
export interface ChainNetwork {
  readonly folder: string;
  readonly url: string;
  readonly log: () => string;
  /** Path of an account's key file. */
  readonly account: (name: string) => string;
  readonly identityOf: (key: string) => Promise<string>;
  /** A transaction that must be applied. */
  readonly tx: (...args: readonly string[]) => Promise<SentJson>;
  /** A transaction that the chain must refuse before it is sent. */
  readonly txRefused: (...args: readonly string[]) => Promise<string>;
  /** What the chain would say to it. */
  readonly dryRun: (
    ...args: readonly string[]
  ) => Promise<{ readonly applies: boolean; readonly refusal: string | null }>;
  readonly query: <A>(...args: readonly string[]) => Promise<A>;
  readonly get: <A>(path: string) => Promise<A>;
  readonly height: () => Promise<bigint>;
  readonly block: (height: bigint) => Promise<BlockJson>;
  readonly balance: (identity: string) => Promise<bigint>;
  readonly validator: (identity: string) => Promise<ValidatorJson | undefined>;
  readonly untilValidator: (
    what: string,
    identity: string,
    holds: (validator: ValidatorJson) => boolean,
    seconds?: number,
  ) => Promise<ValidatorJson>;
  /** The first block from a height on for which something holds. */
  readonly untilBlock: (
    what: string,
    from: bigint,
    holds: (block: BlockJson) => boolean,
    seconds?: number,
  ) => Promise<BlockJson>;
  readonly startHome: (home: string) => Program;
  /** A new home with keys of its own. */
  readonly newHome: () => Promise<string>;
  /** The keys of a home on another machine: without what its signer remembers, and under another peer key. */
  readonly twinOf: (home: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

const PATIENCE_SECONDS = 60;

export const startNetwork = async (...options: readonly string[]): Promise<ChainNetwork> =>
  startNetworkIn(join(await newFolder(), 'devnet'), ...options);

/** Of a folder, which may hold a network already. */
export const startNetworkIn = async (folder: string, ...options: readonly string[]): Promise<ChainNetwork> => {
  const devnet = start([
    'devnet',
    '--home',
    folder,
    '--base-port',
    String(await freePort()),
    '--preset',
    'development',
    ...options,
  ]);
  const log = (): string => `${devnet.stdout().slice(-2_000)}${devnet.stderr().slice(-2_000)}`;
  await until('the first block', () => (devnet.stdout().includes('\nblock 1 ') ? true : undefined), PATIENCE_SECONDS);
  const port = /--node http:\/\/127\.0\.0\.1:([0-9]+)/.exec(devnet.stdout())?.[1] ?? '26601';
  const url = `http://127.0.0.1:${port}`;

  const get = async <A>(path: string): Promise<A> =>
    until(
      () => `${path}\n${log()}`,
      async () => (await getJson(`${url}${path}`)) as A | undefined,
    );
  const height = async (): Promise<bigint> => BigInt((await get<{ readonly height: string }>('/status')).height);
  const block = (at: bigint): Promise<BlockJson> => get(`/blocks/${at.toString()}`);
  const validator = async (identity: string): Promise<ValidatorJson | undefined> =>
    (await getJson(`${url}/staking/validators/${identity}`)) as ValidatorJson | undefined;
  const query = async <A>(...args: readonly string[]): Promise<A> =>
    JSON.parse(await succeed('query', ...args, '--json', '--node', url)) as A;

  return {
    folder,
    url,
    log,
    account: (name) => join(folder, 'accounts', `${name}.json`),
    identityOf: async (key) =>
      (JSON.parse(await succeed('keys', 'show', key, '--json')) as { readonly identity: string }).identity,
    tx: async (...args) => {
      const sent = JSON.parse(await succeed('tx', ...args, '--wait', '--json', '--node', url)) as SentJson;
      expect(sent.applied).toBe(true);
      return sent;
    },
    txRefused: (...args) => refused(['tx', ...args, '--wait', '--node', url]),
    dryRun: async (...args) =>
      JSON.parse(await succeed('tx', ...args, '--dry-run', '--node', url)) as {
        readonly applies: boolean;
        readonly refusal: string | null;
      },
    query,
    get,
    height,
    block,
    balance: async (identity) => BigInt((await get<{ readonly balance: string }>(`/accounts/${identity}`)).balance),
    validator,
    untilValidator: (what, identity, holds, seconds = PATIENCE_SECONDS) =>
      until(
        () => `${what}\n${log()}`,
        async () => {
          const now = await validator(identity);
          return now !== undefined && holds(now) ? now : undefined;
        },
        seconds,
      ),
    untilBlock: async (what, from, holds, seconds = PATIENCE_SECONDS) => {
      let next = from;
      return until(
        () => `${what}, from block ${from.toString()}\n${log()}`,
        async () => {
          for (; next <= (await height()); next += 1n) {
            const candidate = await block(next);
            if (holds(candidate)) return candidate;
          }
          return undefined;
        },
        seconds,
      );
    },
    startHome: (home) => start(['start', '--home', home, '--log-file', join(home, 'data', 'node.log')]),
    newHome: async () => {
      const home = join(await newFolder(), 'joining');
      const basePort = String(await freePort());
      await succeed('init', '--home', home, '--network', folder, '--development', '--base-port', basePort);
      return home;
    },
    twinOf: async (home) => {
      const twin = join(await newFolder(), 'twin');
      await cp(home, twin, { recursive: true });
      await rm(join(twin, 'data'), { recursive: true });
      await rm(join(twin, 'keys', 'peer.key'));
      await reconfigure(twin, { apiPort: 0, listenAddresses: ['/ip4/127.0.0.1/tcp/0'] });
      return twin;
    },
    stop: async () => {
      devnet.child.kill('SIGTERM');
      await devnet.ended;
    },
  };
};

/** Ends what a test file started: its network, where it came to have one, and whatever else runs. */
export const endNetwork = async (net: ChainNetwork | undefined): Promise<void> => {
  await net?.stop();
  await cleanUp();
};
