import { genesisHashOf } from '@zhtp/chain';
import { bytesToHex, decode, encode, encodeUtf8, hashToBytes, type Hash } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  accountCodec,
  entryPathCodec,
  entryProofCodec,
  LedgerApplication,
  provenAccount,
  type CommittedLedgerBlock,
  type LedgerPorts,
} from '@zhtp/ledger';
import {
  alice,
  blockOf,
  bob,
  countingVerifier,
  decide,
  failure,
  funded,
  genesisWith,
  identityOfPair,
  memoryStore,
  reasonOf,
  right,
  run,
  type MemoryStore,
} from './support/chain.ts';
import { pay } from './support/wallet.ts';

const FUNDS = 10_000_000n;
const GENESIS = genesisWith([funded(alice, FUNDS), funded(bob, FUNDS)]);
const verifier = countingVerifier();

const opened = (store: MemoryStore, more: Partial<LedgerPorts> = {}): Promise<LedgerApplication> =>
  run(LedgerApplication.open({ store, verifier, ...more }));

interface Grown {
  readonly ledger: LedgerApplication;
  readonly store: MemoryStore;
  /** After each height, from the first. */
  readonly appHashes: readonly Hash[];
}

/** A ledger after so many blocks, in each of which alice pays bob one micro-ZHTP. */
const grown = async (blocks: number, more: Partial<LedgerPorts> = {}): Promise<Grown> => {
  const store = memoryStore();
  const ledger = await opened(store, more);
  await run(ledger.initChain(GENESIS));
  const appHashes: Hash[] = [];
  for (let i = 0; i < blocks; i++) {
    const { bytes } = pay(genesisHashOf(GENESIS), { from: alice, to: bob, nonce: BigInt(i) });
    appHashes.push(await decide(ledger, BigInt(i) + 1n, [bytes]));
  }
  return { ledger, store, appHashes };
};

const fresh = async (): Promise<{ readonly ledger: LedgerApplication; readonly store: MemoryStore }> => {
  const store = memoryStore();
  const ledger = await opened(store);
  await run(ledger.initChain(GENESIS));
  return { ledger, store };
};

const data = hashToBytes(identityOfPair(bob));
const balanceAt = async (ledger: LedgerApplication, height: bigint): Promise<bigint> => {
  const answer = await run(ledger.query({ path: 'account', data, height }));
  return O.isSome(answer) ? right(decode(accountCodec)(answer.value)).balance : expect.fail('no account');
};

const EVERY_TWO = { snapshots: { every: 2n, kept: 2 } };

/** All chunks of the newest snapshot of one ledger, to another. */
const restored = async (from: LedgerApplication, to: LedgerApplication, appHash: Hash): Promise<readonly string[]> => {
  const [newest] = await run(from.listSnapshots());
  if (newest === undefined) expect.fail('no snapshot');
  const verdicts = [reasonOf(await run(to.offerSnapshot({ ...newest, appHash })))];
  for (let i = 0; i < newest.chunks; i++) {
    const chunk = await run(from.loadSnapshotChunk(newest.height, i));
    if (O.isNone(chunk)) expect.fail('no chunk');
    verdicts.push(reasonOf(await run(to.applySnapshotChunk(i, chunk.value))));
  }
  return verdicts;
};

describe('a height before the last', () => {
  test('is answered for as it was', async () => {
    const { ledger } = await grown(3);
    for (const height of [0n, 1n, 2n, 3n]) expect(await balanceAt(ledger, height)).toBe(FUNDS + height);
    expect([...(await run(ledger.exportedState(1n)))]).not.toEqual([...(await run(ledger.exportedState()))]);
  });

  test('that is not kept is refused, with those that are', async () => {
    const { ledger } = await grown(4, { keptHeights: 2 });
    expect(await balanceAt(ledger, 3n)).toBe(FUNDS + 3n);
    for (const height of [0n, 2n])
      expect(await failure(ledger.query({ path: 'account', data, height }))).toBe(
        `ledger: the state after height ${String(height)} is not kept: kept are the states after heights 3 to 4`,
      );
    expect(await failure(ledger.exportedState(2n))).toMatch(/is not kept/);
    expect(await failure(ledger.stateAt(5n))).toMatch(/no state after height 5 yet: the last block is 4/);
  });
});

test('a block of a kept height is told again as it was when it was committed, after a restart too', async () => {
  const store = memoryStore();
  const ledger = await opened(store, { keptHeights: 3 });
  await run(ledger.initChain(GENESIS));
  const told: CommittedLedgerBlock[] = [];
  ledger.watchCommits((block) => void told.push(block));
  const blocks = Array.from({ length: 5 }, (_, i) =>
    blockOf(BigInt(i) + 1n, [pay(genesisHashOf(GENESIS), { from: alice, to: bob, nonce: BigInt(i) }).bytes]),
  );
  for (const block of blocks) {
    await run(ledger.finalizeBlock(block));
    await run(ledger.commit());
  }
  for (const node of [ledger, await opened(memoryStore(store.rows), { keptHeights: 3 })])
    for (const [i, block] of blocks.entries())
      if (i < 3) expect(await failure(node.resultsOf(block))).toMatch(/kept are the states after heights 3 to 5/);
      else expect(await run(node.resultsOf(block))).toEqual(told[i]);
  expect(await failure(ledger.resultsOf(blockOf(7n, [])))).toMatch(/the last block is 5/);
  expect(await failure(ledger.resultsOf(blockOf(5n, [new Uint8Array(3)])))).toMatch(
    /block 5 is invalid: transaction 0/,
  );
});

test('an entry is proven against the app hash of its height', async () => {
  const { ledger, appHashes } = await grown(2);
  const path = encode(entryPathCodec)({ map: 'accounts', key: identityOfPair(bob) });
  for (const [i, appHash] of appHashes.entries()) {
    const height = BigInt(i) + 1n;
    const answer = await run(ledger.query({ path: 'entry-proof', data: path, height }));
    const proof = right(decode(entryProofCodec)(O.isSome(answer) ? answer.value : expect.fail('no proof')));
    expect(right(provenAccount(appHash, identityOfPair(bob), proof))).toMatchObject({
      value: { balance: FUNDS + height, nonce: 0n },
    });
  }
  const entry = await run(ledger.query({ path: 'entry', data: path }));
  expect(O.isSome(entry)).toBe(true);
  for (const wrong of [new Uint8Array(3), encode(entryPathCodec)({ map: 'dreams', key: '' })])
    for (const query of ['entry', 'entry-proof'])
      expect(await run(ledger.query({ path: query, data: wrong }))).toEqual(O.none);
});

describe('a snapshot', () => {
  test('brings a fresh node to the same state, which lasts and goes on', async () => {
    const { ledger, appHashes } = await grown(5, EVERY_TWO);
    expect((await run(ledger.listSnapshots())).map(({ height }) => height)).toEqual([4n, 2n]);
    const { ledger: joiner, store } = await fresh();
    const verdicts = await restored(ledger, joiner, appHashes[3] ?? expect.fail('no hash'));
    expect(new Set(verdicts)).toEqual(new Set(['accepted']));
    expect(await run(joiner.info())).toEqual({ height: 4n, appHash: appHashes[3] });
    const again = await opened(store);
    // What no app hash covers is not in it: the places of transactions before.
    for (const node of [joiner, again])
      expect(node.keptRange()).toEqual(O.some({ statesFrom: 4n, transactionsFrom: 5n }));
    const { bytes } = pay(genesisHashOf(GENESIS), { from: alice, to: bob, nonce: 4n });
    for (const node of [joiner, again]) expect(await decide(node, 5n, [bytes])).toBe(appHashes[4]);
  });

  test('of another app hash than the header is refused, and another may follow', async () => {
    const { ledger, appHashes } = await grown(2, EVERY_TWO);
    const { ledger: joiner, store } = await fresh();
    const before = new Map(store.rows);
    const verdicts = await restored(ledger, joiner, '0'.repeat(64) as Hash);
    expect(verdicts.at(-1)).toMatch(/the snapshot of height 2 is damaged/);
    expect(store.rows).toEqual(before);
    expect(reasonOf(await run(joiner.applySnapshotChunk(0, new Uint8Array(1))))).toMatch(/offer one first/);
    expect(new Set(await restored(ledger, joiner, appHashes[1] ?? expect.fail('no hash')))).toEqual(
      new Set(['accepted']),
    );
  });

  test('is taken on before the first block only', async () => {
    const { ledger, appHashes } = await grown(2, EVERY_TWO);
    const [newest] = await run(ledger.listSnapshots());
    if (newest === undefined) expect.fail('no snapshot');
    const offer = { ...newest, appHash: appHashes[1] ?? expect.fail('no hash') };
    expect(reasonOf(await run(ledger.offerSnapshot(offer)))).toMatch(/block 2 is executed already/);
    const { ledger: joiner } = await fresh();
    expect(reasonOf(await run(joiner.offerSnapshot({ ...offer, format: 7 })))).toMatch(/format 7/);
    expect(await failure((await opened(memoryStore())).offerSnapshot(offer))).toMatch(/before initChain/);
    expect(await run(joiner.listSnapshots())).toEqual([]);
    expect(await run(ledger.loadSnapshotChunk(1n, 0))).toEqual(O.none);
  });
});

/** Rows of the state itself, without what the node's own history left beside it. */
const stateRows = ({ rows }: MemoryStore): ReadonlyMap<string, Uint8Array> => {
  const prefixes = ['account/', 'key/', 'map/', 'meta'].map((name) => bytesToHex(encodeUtf8(`ledger/${name}`)));
  return new Map([...rows].filter(([key]) => prefixes.some((prefix) => key.startsWith(prefix))));
};

describe('an export', () => {
  test('makes the same ledger in an empty store, and in no other', async () => {
    const { ledger, appHashes, store } = await grown(3);
    const exported: unknown = JSON.parse([...(await run(ledger.exportedState()))].join(''));
    const other = memoryStore();
    const imported = await run(LedgerApplication.import({ store: other, verifier }, exported));
    expect(await run(imported.info())).toEqual({ height: 3n, appHash: appHashes[2] });
    expect(stateRows(other)).toEqual(stateRows(store));
    expect(imported.keptRange()).toEqual(O.some({ statesFrom: 3n, transactionsFrom: 4n }));
    const { bytes } = pay(genesisHashOf(GENESIS), { from: alice, to: bob, nonce: 3n });
    expect(await decide(imported, 4n, [bytes])).toBe(await decide(ledger, 4n, [bytes]));
    expect(await failure(LedgerApplication.import({ store, verifier }, exported))).toMatch(/holds a state already/);
  });

  test('that is damaged is not stored', async () => {
    const store = memoryStore();
    expect(await failure(LedgerApplication.import({ store, verifier }, { format: 1 }))).toMatch(/import: meta/);
    expect(store.rows.size).toBe(0);
    expect(await failure((await opened(store)).exportedState())).toMatch(/before initChain/);
  });
});
