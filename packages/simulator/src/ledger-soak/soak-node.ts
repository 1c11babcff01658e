import { taggedHash } from '@zhtp/crypto';
import { LedgerApplication, type LedgerPorts, type LedgerState, type StorageProver } from '@zhtp/ledger';
import { createMemoryStateStore } from '@zhtp/store';
import {
  bytesToHex,
  encodeUtf8,
  type Block,
  type FinalizeBlockResult,
  type Genesis,
  type Hash,
  type StateStore,
} from '@zhtp/types';
import { either as E, option as O, taskEither as TE } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { nullScheme } from '../signature-scheme.ts';
import { slotsApplication } from './slots-application.ts';
import { attestationOf } from './held-bytes.ts';
import { setOf } from './offences.ts';

/** What a node says of a block, as text: whoever executes it must say the same. */
export type Answer = Readonly<Record<keyof FinalizeBlockResult, string>>;

export const succeed = async <A>(task: TaskEither<{ readonly message: string }, A>): Promise<A> => {
  const result = await task();
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const plain = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value instanceof Uint8Array ? bytesToHex(value) : value;

const asText = (value: unknown): string => JSON.stringify(value, plain);

export const answerOf = (result: FinalizeBlockResult): Answer => ({
  appHash: result.appHash,
  resultsHash: result.resultsHash,
  results: asText(result.results),
  nextValidators: asText(result.nextValidators),
  parameters: asText(result.parameters),
  difficultyBits: asText(result.difficultyBits),
});

/** How much of a text is shown on either side of where two differ. */
const SHOWN_CHARACTERS = 80;

const excerpt = (text: string, from: number): string =>
  text.slice(Math.max(0, from - SHOWN_CHARACTERS), from + SHOWN_CHARACTERS);

/** The first field in which two answers differ, where they begin to; undefined when they are the same. */
export const difference = (expected: Answer, answer: Answer): string | undefined => {
  for (const field of [
    'appHash',
    'resultsHash',
    'results',
    'nextValidators',
    'parameters',
    'difficultyBits',
  ] as const) {
    const [a, b] = [expected[field], answer[field]];
    if (a === b) continue;
    let at = 0;
    while (a[at] === b[at]) at++;
    return `${field}: …${excerpt(b, at)}… where the first node says …${excerpt(a, at)}…`;
  }
  return undefined;
};

const verifier = nullScheme().verifier((deliver) => {
  deliver();
});

/** The ledger that a port belongs to, once it is open. */
interface Opened {
  ledger: LedgerApplication | undefined;
}

/** Whoever proposes holds its bytes, and signs with the key that the state knows of it. */
const proverOf =
  (opened: Opened): StorageProver =>
  ({ validator, commitment: { salt }, height, previousId }) =>
    TE.fromTask(async () => {
      const state = O.toUndefined(opened.ledger?.committedState() ?? O.none);
      if (state === undefined) throw new Error('a proposal before genesis');
      const consensusKey =
        setOf({ state }, height).find(({ identity }) => identity === validator)?.consensusKey ?? new Uint8Array(0);
      return attestationOf({ validator, salt, height, previousId, consensusKey });
    });

/** The test-only null verifier, answering at once. */
const ports = (store: StateStore, opened: Opened): LedgerPorts => ({
  store,
  storageProver: proverOf(opened),
  verifier: {
    concurrency: 1,
    verify: (check, done) => {
      verifier.verify({ ...check, priority: { height: 0n, round: 0 } }, (verdict) => {
        done(verdict === 'valid' ? 'valid' : 'invalid');
      });
    },
  },
  snapshots: { every: 10n, kept: 1 },
  keptHeights: 3,
  hosted: slotsApplication,
});

/** A ledger on a store of its own that can be stopped and started at any point. */
export interface SoakNode {
  readonly ledger: () => LedgerApplication;
  state(): LedgerState;
  /** As after a crash: what was not committed is gone. */
  restart(): Promise<void>;
  finalize(block: Block): Promise<FinalizeBlockResult>;
  commit(): Promise<void>;
  /** Hash over the rows of its state; beside it nodes keep what their own history left behind. */
  rowsHash(): Promise<Hash>;
  /** Hash over its state as exported text. */
  exportHash(): Promise<Hash>;
  exported(): Promise<unknown>;
}

const STATE_ROWS = ['ledger/account/', 'ledger/key/', 'ledger/map/', 'ledger/meta'].map(encodeUtf8);

const nodeOn = (store: StateStore, first: LedgerApplication, opened: Opened): SoakNode => {
  let ledger = first;
  opened.ledger = first;
  const exportedText = async (): Promise<string> => [...(await succeed(ledger.exportedState()))].join('');
  return {
    ledger: () => ledger,
    state: () => {
      const state = ledger.committedState();
      if (O.isNone(state)) throw new Error('a node without genesis');
      return state.value;
    },
    restart: async () => {
      ledger = await succeed(LedgerApplication.open(ports(store, opened)));
      opened.ledger = ledger;
    },
    finalize: (block) => succeed(ledger.finalizeBlock(block)),
    commit: () => succeed(ledger.commit()),
    rowsHash: async () => {
      const rows: Uint8Array[] = [];
      for (const prefix of STATE_ROWS)
        await succeed(
          store.scan(prefix, (key, value) => {
            rows.push(key, value);
          }),
        );
      return taggedHash('zhtp/simulation-key/v1', ...rows);
    },
    exportHash: async () => taggedHash('zhtp/simulation-key/v1', encodeUtf8(await exportedText())),
    exported: async () => JSON.parse(await exportedText()) as unknown,
  };
};

/** A node at genesis. */
export const startNode = async (genesis: Genesis): Promise<SoakNode> => {
  const store = createMemoryStateStore();
  const opened: Opened = { ledger: undefined };
  const ledger = await succeed(LedgerApplication.open(ports(store, opened)));
  await succeed(ledger.initChain(genesis));
  return nodeOn(store, ledger, opened);
};

/** A node from the newest snapshot of another one, checked against the app hash that the chain has at its height. */
export const nodeFromSnapshot = async (
  genesis: Genesis,
  source: SoakNode,
  appHashAt: (height: bigint) => Hash,
): Promise<{ readonly node: SoakNode; readonly height: bigint }> => {
  const node = await startNode(genesis);
  const [newest] = await succeed(source.ledger().listSnapshots());
  if (newest === undefined) throw new Error('no snapshot was taken yet');
  const offered = await succeed(node.ledger().offerSnapshot({ ...newest, appHash: appHashAt(newest.height) }));
  if (offered._tag === 'Reject') throw new Error(`the snapshot was refused: ${offered.reason}`);
  for (let chunk = 0; chunk < newest.chunks; chunk++) {
    const bytes = await succeed(source.ledger().loadSnapshotChunk(newest.height, chunk));
    if (O.isNone(bytes)) throw new Error(`chunk ${String(chunk)} of the snapshot is missing`);
    const applied = await succeed(node.ledger().applySnapshotChunk(chunk, bytes.value));
    if (applied._tag === 'Reject') throw new Error(`chunk ${String(chunk)} was refused: ${applied.reason}`);
  }
  return { node, height: newest.height };
};

/** A node from the exported state of another one. */
export const nodeFromExport = async (source: SoakNode): Promise<SoakNode> => {
  const store = createMemoryStateStore();
  const opened: Opened = { ledger: undefined };
  return nodeOn(store, await succeed(LedgerApplication.import(ports(store, opened), await source.exported())), opened);
};
