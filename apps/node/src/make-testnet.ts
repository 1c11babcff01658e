import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { checkGenesis, possessionSignBytes, writeGenesisText } from '@zhtp/chain';
import { DEVELOPMENT_SCRYPT_COST, generateKeyPair, identityOf, signMessage } from '@zhtp/crypto';
import {
  genesisState,
  ledgerAppState,
  ledgerPreset,
  readLedgerGenesis,
  type LedgerGenesis,
  type LedgerPreset,
  type LedgerPresetName,
} from '@zhtp/ledger';
import { requiredProofs } from '@zhtp/proofs';
import { generatePeerKey, peerIdOfKey } from '@zhtp/network/node';
import {
  VALIDATORS_IN_PRODUCTION_MIN,
  consensusConfig,
  DEFAULT_CHAIN_PARAMETERS,
  DEFAULT_CONSENSUS_CONFIG,
  GENESIS_FORMAT_VERSION,
  type ConsensusType,
  type Genesis,
  type IdentityId,
  type KeyPair,
  type PeerId,
  type SignatureAlgorithm,
} from '@zhtp/types';
import { makeFolders } from './folders.ts';
import { makeHeldStorage } from './held-storage.ts';
import { createHome, homeAt, newConfig } from './home.ts';
import { writeKeyFile, writeSecretFile } from './key-files.ts';
import { asFailure, attemptFile, fail, systemCode, type Failure, type Outcome } from './outcome.ts';
import { PASSPHRASE_FILE } from './passphrase.ts';
import { identityArgument } from './recipient.ts';

export interface TestnetRequest {
  readonly output: string;
  readonly validators: number;
  readonly chainId: string;
  /** The preset's where undefined. */
  readonly blockTimeSeconds: bigint | undefined;
  /** Parameters to start from; what a test network always had where undefined. */
  readonly preset: LedgerPresetName | undefined;
  /** The preset's where undefined. */
  readonly consensusType: ConsensusType | undefined;
  /** Node i takes basePort + 2i for peers and basePort + 2i + 1 for the API. */
  readonly basePort: number;
  readonly algorithm: SignatureAlgorithm;
  /** Accounts that belong to no validator, for whoever tries things out. */
  readonly accounts: number;
  /** Who may register as a validator where not everybody may: names of those accounts, identities, key files. */
  readonly allow: readonly string[];
  /** micro-ZHTP that every account starts with, those of the validators included. */
  readonly balance: bigint;
  /** Name of the application that the chain hosts. */
  readonly hosted?: string | undefined;
  /** Unix milliseconds. */
  readonly nowMs: bigint;
}

export interface Testnet {
  readonly folder: string;
  readonly genesis: Genesis;
  readonly nodes: readonly {
    readonly home: string;
    readonly identity: IdentityId;
    readonly peerPort: number;
    readonly apiPort: number;
  }[];
  readonly accounts: readonly { readonly name: string; readonly keyFile: string; readonly identity: IdentityId }[];
}

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];
const accountName = (index: number): string => NAMES[index] ?? `account${String(index)}`;

interface NodeKeys {
  readonly consensus: KeyPair;
  readonly account: KeyPair;
  readonly identity: IdentityId;
  readonly peer: Uint8Array;
  readonly peerId: PeerId;
}

const nodeKeys = async (algorithm: SignatureAlgorithm): Outcome<NodeKeys> => {
  const consensus = generateKeyPair(algorithm);
  const account = generateKeyPair(algorithm);
  const peer = await generatePeerKey();
  const peerId = asFailure(peerIdOfKey(peer));
  if (E.isLeft(peerId)) return peerId;
  return E.right({
    consensus,
    account,
    identity: identityOf(algorithm, account.publicKey),
    peer,
    peerId: peerId.right,
  });
};

/** Without a preset: the defaults, a block a second, and no proofs to be asked for. */
const TEST_NETWORK: LedgerPreset = {
  ...ledgerPreset('default'),
  parameters: {
    ...DEFAULT_CHAIN_PARAMETERS,
    consensus: {
      ...DEFAULT_CONSENSUS_CONFIG,
      consensusType: 'ByzantineFaultTolerance',
      blockTime: 1n,
      minStorage: 0n,
      proposeTimeout: 2_000n,
    },
  },
};

const presetOf = ({ preset }: TestnetRequest): LedgerPreset =>
  preset === undefined ? TEST_NETWORK : ledgerPreset(preset);

/** A file per validator, where the proposals of the chain must show that it is held. */
const holdStorage = async (request: TestnetRequest, nodes: readonly NodeKeys[]): Outcome<LedgerGenesis['storage']> => {
  const consensusType = request.consensusType ?? presetOf(request).parameters.consensus.consensusType;
  if (!requiredProofs(consensusType).includes('storageProof')) return E.right([]);
  const held: LedgerGenesis['storage'][number][] = [];
  for (const [index, { identity }] of nodes.entries()) {
    const home = homeAt(join(request.output, `node${String(index)}`));
    const folder = await attemptFile('creating a home', home.folder, () => makeFolders(home.folder, 0o700));
    if (E.isLeft(folder)) return folder;
    const storage = await makeHeldStorage(home.storage, identity);
    if (E.isLeft(storage)) return storage;
    held.push({ validator: identity, ...storage.right });
  }
  return E.right(held);
};

/** The allow-list of the preset with whom the request adds; none where there is neither. */
const allowListOf = async (
  request: TestnetRequest,
  accounts: readonly KeyPair[],
): Outcome<LedgerGenesis['allowList']> => {
  const { allowList } = presetOf(request).appState;
  const allowed = new Set(O.getOrElse((): readonly IdentityId[] => [])(allowList));
  for (const who of request.allow) {
    const index = accounts.findIndex((_, i) => accountName(i) === who);
    const account = accounts[index];
    const identity =
      account === undefined ? await identityArgument(who) : E.right(identityOf(account.algorithm, account.publicKey));
    if (E.isLeft(identity)) return fail(`--allow: ${identity.left.message}`);
    allowed.add(identity.right);
  }
  return E.right(O.isNone(allowList) && allowed.size === 0 ? O.none : O.some([...allowed]));
};

const genesisOf = (
  request: TestnetRequest,
  nodes: readonly NodeKeys[],
  accounts: readonly KeyPair[],
  { storage, allowList }: Pick<LedgerGenesis, 'storage' | 'allowList'>,
): Either<Failure, Genesis> => {
  const { algorithm, chainId, balance, consensusType, blockTimeSeconds } = request;
  const { parameters, appState } = presetOf(request);
  const config = consensusConfig({
    ...parameters.consensus,
    // Fewer validators bear no fault.
    developmentMode: parameters.consensus.developmentMode || nodes.length < VALIDATORS_IN_PRODUCTION_MIN,
    ...(consensusType === undefined ? {} : { consensusType }),
    ...(blockTimeSeconds === undefined ? {} : { blockTime: blockTimeSeconds }),
  });
  if (E.isLeft(config)) return fail(config.left);
  const holders = [...nodes.map(({ account }) => account), ...accounts];
  const genesis: Genesis = {
    formatVersion: GENESIS_FORMAT_VERSION,
    chainId,
    genesisTime: request.nowMs,
    initialHeight: 1n,
    signatureAlgorithm: algorithm,
    parameters: { ...parameters, consensus: config.right },
    validators: nodes.map(({ consensus, identity }) => ({
      identity,
      consensusKey: consensus.publicKey,
      proofOfPossession: signMessage(
        consensus,
        'zhtp/possession/v1',
        possessionSignBytes(chainId, identity, consensus.publicKey),
      ),
      stake: config.right.minStake,
      storageProvided: 0n,
      commissionRate: 0,
    })),
    appState: ledgerAppState({
      accounts: holders.map(({ publicKey }) => ({
        identity: identityOf(algorithm, publicKey),
        balance,
        publicKey: O.none,
      })),
      ...appState,
      storage,
      allowList,
      hosted: O.fromNullable(request.hosted),
    }),
  };
  const checked = asFailure(checkGenesis(genesis));
  if (E.isLeft(checked)) return checked;
  const ledger = asFailure(readLedgerGenesis(genesis.appState, algorithm));
  if (E.isLeft(ledger)) return ledger;
  const state = asFailure(genesisState(genesis, ledger.right));
  return E.isLeft(state) ? state : E.right(genesis);
};

const PASSPHRASE_BYTES = 16;
const newDevelopmentPassphrase = (): string => randomBytes(PASSPHRASE_BYTES).toString('hex');

const refuseUsedFolder = async (folder: string): Outcome<void> => {
  try {
    return (await readdir(folder)).length === 0
      ? E.right(undefined)
      : fail(`${folder} holds something else already; choose an empty or new folder, nothing was overwritten`);
  } catch (cause) {
    return systemCode(cause) === 'ENOENT'
      ? E.right(undefined)
      : fail(`${folder} cannot be used as output: ${systemCode(cause)}; choose another folder`);
  }
};

const addressOf = (port: number): string => `/ip4/127.0.0.1/tcp/${String(port)}`;
const peerPortOf = (basePort: number, index: number): number => basePort + 2 * index;

const writeNode = async (
  request: TestnetRequest,
  genesisText: string,
  all: readonly NodeKeys[],
  index: number,
  own: NodeKeys,
): Outcome<void> => {
  const home = homeAt(join(request.output, `node${String(index)}`));
  const port = peerPortOf(request.basePort, index);
  const passphrase = newDevelopmentPassphrase();
  const config = newConfig({
    name: `node${String(index)}`,
    listenAddresses: [addressOf(port)],
    persistentPeers: all.flatMap(({ peerId }, i) =>
      i === index ? [] : [`${addressOf(peerPortOf(request.basePort, i))}/p2p/${peerId}`],
    ),
    apiPort: port + 1,
  });
  const steps = [
    () => createHome(home, config),
    () => attemptFile('writing genesis', home.genesis, () => writeFile(home.genesis, genesisText, { flag: 'wx' })),
    () => writeSecretFile(join(home.folder, 'keys', PASSPHRASE_FILE), `${passphrase}\n`),
    () => writeKeyFile(home.consensusKey, own.consensus, passphrase, DEVELOPMENT_SCRYPT_COST),
    () => writeKeyFile(home.accountKey, own.account, passphrase, DEVELOPMENT_SCRYPT_COST),
    () => writeSecretFile(home.peerKey, own.peer),
  ];
  return inOrder(steps);
};

const inOrder = async (steps: readonly (() => Outcome<void>)[]): Outcome<void> => {
  for (const step of steps) {
    const done = await step();
    if (E.isLeft(done)) return done;
  }
  return E.right(undefined);
};

const writeAccounts = async (folder: string, accounts: readonly KeyPair[]): Outcome<void> => {
  if (accounts.length === 0) return E.right(undefined);
  const passphrase = newDevelopmentPassphrase();
  return inOrder([
    () => attemptFile('creating the accounts folder', folder, () => mkdir(folder, { mode: 0o700 })),
    () => writeSecretFile(join(folder, PASSPHRASE_FILE), `${passphrase}\n`),
    ...accounts.map(
      (keyPair, i) => () =>
        writeKeyFile(join(folder, `${accountName(i)}.json`), keyPair, passphrase, DEVELOPMENT_SCRYPT_COST),
    ),
  ]);
};

/** Makes the homes, keys and genesis of a test network in an empty or new folder. */
export const makeTestnet = async (request: TestnetRequest): Outcome<Testnet> => {
  const folder = resolve(request.output);
  const empty = await refuseUsedFolder(folder);
  if (E.isLeft(empty)) return empty;
  const nodes: NodeKeys[] = [];
  for (let i = 0; i < request.validators; i++) {
    const keys = await nodeKeys(request.algorithm);
    if (E.isLeft(keys)) return keys;
    nodes.push(keys.right);
  }
  const accounts = Array.from({ length: request.accounts }, () => generateKeyPair(request.algorithm));
  const storage = await holdStorage(request, nodes);
  if (E.isLeft(storage)) return storage;
  const allowList = await allowListOf(request, accounts);
  if (E.isLeft(allowList)) return allowList;
  const policy = { storage: storage.right, allowList: allowList.right };
  const genesis = genesisOf(request, nodes, accounts, policy);
  if (E.isLeft(genesis)) return genesis;
  const genesisText = writeGenesisText(genesis.right);
  const accountsFolder = join(folder, 'accounts');
  const written = await inOrder([
    () =>
      attemptFile('writing genesis', folder, async () => {
        await makeFolders(folder, 0o700);
        await writeFile(join(folder, 'genesis.json'), genesisText, { flag: 'wx' });
      }),
    ...nodes.map((own, i) => () => writeNode(request, genesisText, nodes, i, own)),
    () => writeAccounts(accountsFolder, accounts),
  ]);
  if (E.isLeft(written)) return written;
  return E.right({
    folder,
    genesis: genesis.right,
    nodes: nodes.map(({ identity }, i) => ({
      home: join(folder, `node${String(i)}`),
      identity,
      peerPort: peerPortOf(request.basePort, i),
      apiPort: peerPortOf(request.basePort, i) + 1,
    })),
    accounts: accounts.map(({ algorithm, publicKey }, i) => ({
      name: accountName(i),
      keyFile: join(accountsFolder, `${accountName(i)}.json`),
      identity: identityOf(algorithm, publicKey),
    })),
  });
};
