import { availableParallelism } from 'node:os';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { genesisHashOf } from '@zhtp/chain';
import {
  createAsyncVerifier,
  createVerifiedCache,
  createVerifiedChecks,
  createVerifier,
  defaultBackendChoice,
  verificationsInFlight,
  type AsyncVerifier,
} from '@zhtp/crypto';
import { createConsensusNode, lastJournaledSlot, type ConsensusNode, type StateSyncOptions } from '@zhtp/engine';
import { DEFAULT_SNAPSHOT_SCHEDULE, LedgerApplication, type HostedApplication, type LedgerState } from '@zhtp/ledger';
import type { ConsensusKeyLookup } from '@zhtp/network';
import { createLibp2pNetwork, type LibP2pNetwork } from '@zhtp/network/node';
import {
  createChainStateStore,
  createSigner,
  journalAheadOfSigner,
  openJournal,
  signerAheadOfJournal,
  type OpenedJournal,
  type OpenedSigner,
  type Slot,
} from '@zhtp/store';
import type { FileDisk } from '@zhtp/store/node';
import type { BlockStore, Clock, Genesis, Hash, IdentityId, KeyPair, SignatureAlgorithm, Timers } from '@zhtp/types';
import type { Closing } from './closing.ts';
import { heldKey, keyStanding, type KeyRing, type KeyStanding } from './consensus-keys.ts';
import { announceWith, signWith } from './consensus-signing.ts';
import { countedJournal, type JournalCounts } from './counted-journal.ts';
import { storageProverOf } from './held-storage.ts';
import { bindToGenesis, createDataFolders, type Home, type NodeConfig } from './home.ts';
import { lockHome, openDisk, openHomeStores } from './home-stores.ts';
import { takeNextKey } from './next-key.ts';
import { answered, asFailure, fail, type Failure, type Outcome } from './outcome.ts';

export interface ValidatorKey {
  readonly identity: IdentityId;
  readonly ring: KeyRing;
  /** The next key of the home, where its file has come by now and opens without anybody being asked. */
  readonly openNext: () => Outcome<readonly KeyPair[]>;
}

/** Everything a node is made from: files that were read and checked. */
export interface NodeParts {
  readonly home: Home;
  readonly config: NodeConfig;
  readonly genesis: Genesis;
  /** Absent on a full node. */
  readonly validator: ValidatorKey | undefined;
  readonly peerKey: Uint8Array;
  /** What this node runs beside the ledger's own rules, where the chain hosts it. */
  readonly hosted?: HostedApplication | undefined;
  /** A snapshot is kept at each multiple of it; the ledger's default when left out. */
  readonly snapshotEvery?: bigint;
  /** Joins by a snapshot, in a home without blocks. */
  readonly stateSync?: StateSyncOptions | undefined;
  readonly log: (line: string) => void;
  readonly warn: (line: string) => void;
}

export interface WiredNode {
  readonly genesis: Genesis;
  readonly genesisHash: Hash;
  readonly config: NodeConfig;
  readonly validator: IdentityId | undefined;
  readonly node: ConsensusNode;
  readonly network: LibP2pNetwork;
  readonly application: LedgerApplication;
  readonly hosted: HostedApplication | undefined;
  readonly blockStore: BlockStore;
  readonly verifier: AsyncVerifier;
  readonly journalCounts: () => JournalCounts;
  /** What the node itself goes by: whatever answers with a time asks it. */
  readonly clock: Clock;
}

const clock: Clock = { nowMs: () => BigInt(Date.now()) };
const timers: Timers = {
  start: (afterMs, fire) => {
    const timer = setTimeout(fire, afterMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Of transactions: a full mempool's and some blocks'. */
const VERIFIED_SIGNATURES_MAX = 20_000;
/** Of votes and other messages of consensus, which are remembered whole: two heights of a thousand validators, about 16 MB. */
const VERIFIED_MESSAGES_MAX = 4_096;
const SIGNER_FILE = 'signer.state';

/** The memory of what these keys signed. A new one is begun only in a home that was never used. */
const openSigner = async (
  parts: NodeParts,
  key: ValidatorKey,
  disk: FileDisk,
  isNewHome: boolean,
): Outcome<OpenedSigner> =>
  answered<OpenedSigner>((done) => {
    createSigner(
      {
        disk,
        fileName: SIGNER_FILE,
        sign: signWith(key.ring.keys),
        identity: key.identity,
        algorithm: key.ring.keys()[0].algorithm,
        get publicKeys() {
          return key.ring.keys().map(({ publicKey }) => publicKey);
        },
        genesisHash: genesisHashOf(parts.genesis),
        whenMissing: isNewHome ? 'create' : 'refuse',
      },
      done,
    );
  });

type SignedSlot = { readonly slot: Slot };

/** Signer and journal must tell the same story (protocol.md, Durability): an older signer file is refused, a newer one reported. */
const compareMemories = (
  { state, cutBytes }: OpenedSigner,
  { records, repaired }: OpenedJournal,
  headHeight: bigint,
  parts: NodeParts,
): Either<Failure, void> => {
  const journaled = lastJournaledSlot(records);
  const older = journalAheadOfSigner(state, journaled);
  if (O.isSome(older)) return fail(older.value);
  // A journal that was just rotated holds no own message, and need not: the height it was for is in the block store.
  const isBehindBlocks =
    O.isNone(journaled) && !O.exists(({ slot }: SignedSlot) => slot.height > headHeight)(state.last);
  const newer = isBehindBlocks ? O.none : signerAheadOfJournal(state, journaled);
  if (O.isSome(newer)) parts.warn(newer.value);
  if (O.isSome(cutBytes))
    parts.warn(
      `the signer file ended in a torn record of ${String(cutBytes.value)} bytes, which was cut; its signature was never given out`,
    );
  if (O.isSome(repaired))
    parts.warn(
      `the journal ended in a torn record of ${String(repaired.value.cutBytes)} bytes, which was cut; record ${String(repaired.value.lastKeptSequence)} is the last one kept`,
    );
  return E.right(undefined);
};

/** The keys of this home, held against what the chain says of its validator; nothing to say before the chain began. */
const standingOf = ({ home, validator }: NodeParts, committed: Option<LedgerState>): KeyStanding => {
  if (validator === undefined || O.isNone(committed)) return E.right(undefined);
  return keyStanding(home, { identity: validator.identity, keys: validator.ring.keys() }, committed.value);
};

/** Keys of the validators of the sets around the head: whose announcements are believed. */
const consensusKeys =
  (algorithm: SignatureAlgorithm, node: () => ConsensusNode | undefined): ConsensusKeyLookup =>
  (identity) => {
    const state = node()?.status()?.state;
    if (state === undefined) return O.none;
    const found = [...state.validators, ...state.nextValidators].find((validator) => validator.identity === identity);
    return found === undefined ? O.none : O.some({ algorithm, publicKey: found.consensusKey });
  };

/** Bindings and addresses of peers follow the validators of the sets. */
const announceSetChanges = (node: ConsensusNode, network: LibP2pNetwork): void => {
  let known = node.status()?.state.nextValidators;
  node.events$.subscribe((event) => {
    if (event._tag !== 'HeightStarted') return;
    const current = node.status()?.state.nextValidators;
    if (known !== undefined && current !== known) network.validatorsChanged();
    known = current;
  });
};

/** The real adapters around the engine, from the disk up. What is opened is handed to `closing`. Nothing is sent or received yet. */
export const wireNode = async (parts: NodeParts, closing: Closing): Outcome<WiredNode> => {
  const { home, config, genesis, validator } = parts;
  const genesisHash = genesisHashOf(genesis);

  const locked = await lockHome(home, closing);
  if (E.isLeft(locked)) return locked;
  const folders = await createDataFolders(home);
  if (E.isLeft(folders)) return folders;
  const bound = await bindToGenesis(home, genesisHash);
  if (E.isLeft(bound)) return bound;

  const signerDisk = await openDisk(home.signer, closing);
  if (E.isLeft(signerDisk)) return signerDisk;
  const journalDisk = await openDisk(home.journal, closing);
  if (E.isLeft(journalDisk)) return journalDisk;

  const stores = await openHomeStores(home, closing);
  if (E.isLeft(stores)) return stores;
  const { blocks, state } = stores.right;

  const journal = await answered<OpenedJournal>((done) => openJournal(journalDisk.right, done));
  if (E.isLeft(journal)) return journal;
  const { journal: counted, counts } = countedJournal(journal.right.journal);
  closing.add(() => answered<void>((done) => counted.sync(done)));
  const bounds = blocks.bounds();
  const headHeight = O.isSome(bounds) ? bounds.value.headHeight : genesis.initialHeight - 1n;
  if (parts.stateSync !== undefined && O.isSome(bounds))
    return fail(
      `--trust-height is for a home without blocks, and ${home.folder} has blocks up to ${String(headHeight)}; start it without, or begin with a home of its own`,
    );
  const isNewHome = journal.right.lastSequence === 0n && O.isNone(bounds);
  const signer = validator === undefined ? undefined : await openSigner(parts, validator, signerDisk.right, isNewHome);
  if (signer !== undefined) {
    if (E.isLeft(signer)) return signer;
    const agreed = compareMemories(signer.right, journal.right, headHeight, parts);
    if (E.isLeft(agreed)) return agreed;
  }

  const { backend, reason } = defaultBackendChoice(genesis.signatureAlgorithm);
  parts.log(`${genesis.signatureAlgorithm} by ${reason}`);
  const schedule = setImmediate;
  const concurrency = verificationsInFlight(availableParallelism());
  const cache = createVerifiedChecks(VERIFIED_MESSAGES_MAX);
  const pool = createVerifier({ backend, cache, schedule, concurrency });
  const verifier = createAsyncVerifier({ verifier: pool, schedule });
  closing.add(async () => {
    verifier.stop();
  });

  const opened = await LedgerApplication.open({
    store: state,
    // It asks the cache itself, which costs a hash of key, signature and message.
    verifier: createVerifier({ backend, schedule, concurrency }),
    verifiedCache: createVerifiedCache(VERIFIED_SIGNATURES_MAX),
    report: parts.warn,
    ...(parts.hosted === undefined ? {} : { hosted: parts.hosted }),
    ...(parts.snapshotEvery === undefined
      ? {}
      : { snapshots: { ...DEFAULT_SNAPSHOT_SCHEDULE, every: parts.snapshotEvery } }),
    ...(validator === undefined ? {} : { storageProver: storageProverOf(home.storage, validator.ring.keys) }),
  })();
  const application = asFailure(opened);
  if (E.isLeft(application)) return application;

  const standing = standingOf(parts, application.right.committedState());
  if (E.isLeft(standing)) return standing;
  if (standing.right !== undefined) parts.warn(standing.right);

  const actingKey = (of: ValidatorKey): KeyPair => {
    const lookup = consensusKeys(genesis.signatureAlgorithm, () => node)(of.identity);
    return (O.isSome(lookup) ? heldKey(of.ring.keys(), lookup.value.publicKey) : undefined) ?? of.ring.keys()[0];
  };
  const created = await createLibp2pNetwork({
    genesisHash,
    nodeRole: validator === undefined ? 'full' : 'validator',
    privateKey: parts.peerKey,
    consensusKey: consensusKeys(genesis.signatureAlgorithm, () => node),
    verifier: pool,
    ...(validator === undefined ? {} : { announcement: announceWith(validator.identity, () => actingKey(validator)) }),
    listenAddresses: config.listenAddresses,
    persistentPeers: config.persistentPeers,
    log: parts.log,
    clock,
    timers,
  })();
  const network = asFailure(created);
  if (E.isLeft(network)) return network;
  closing.add(() => network.right.stop());

  const node: ConsensusNode = createConsensusNode({
    genesis,
    journalRecords: journal.right.records,
    ...(parts.stateSync === undefined ? {} : { stateSync: parts.stateSync }),
    ports: {
      clock,
      timers,
      network: network.right,
      journal: counted,
      blockStore: blocks,
      chainStates: createChainStateStore(state),
      signer: signer?.right.signer,
      verifier,
      application: application.right,
    },
  });
  announceSetChanges(node, network.right);
  if (validator !== undefined) {
    const stopLooking = takeNextKey(parts, validator, application.right);
    closing.add(async () => {
      stopLooking();
    });
  }
  closing.add(async () => {
    node.stop();
    await node.applicationIdle();
  });

  return E.right({
    genesis,
    genesisHash,
    clock,
    config,
    validator: validator?.identity,
    node,
    network: network.right,
    application: application.right,
    hosted: parts.hosted,
    blockStore: blocks,
    verifier,
    journalCounts: counts,
  });
};
