import { genesisHashOf } from '@zhtp/chain';
import { bytesToHex, encodeUtf8, type StateChange } from '@zhtp/types';
import fc from 'fast-check';
import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { LedgerApplication, type StoredLedger } from '@zhtp/ledger';
import { KeptHistory } from '../src/state/kept-history.ts';
import {
  alice,
  bob,
  carol,
  countingVerifier,
  decide,
  failure,
  funded,
  genesisWith,
  memoryStore,
  run,
  type MemoryStore,
} from './support/chain.ts';
import { eventfulLedger } from './support/eventful-ledger.ts';
import { pay } from './support/wallet.ts';

const FUNDS = 10_000_000n;
const GENESIS = genesisWith([alice, bob, carol].map((pair) => funded(pair, FUNDS)));
const GENESIS_HASH = genesisHashOf(GENESIS);
const verifier = countingVerifier();
const NO_SNAPSHOTS = { every: 0n, kept: 0 };

const open = (store: MemoryStore, keptHeights: number): Promise<LedgerApplication> =>
  run(LedgerApplication.open({ store, verifier, keptHeights, snapshots: NO_SNAPSHOTS }));

const textAt = async (ledger: LedgerApplication, height: bigint): Promise<string> =>
  [...(await run(ledger.exportedState(height)))].join('');

const statesFrom = (ledger: LedgerApplication): bigint => {
  const range = ledger.keptRange();
  return O.isSome(range) ? range.value.statesFrom : expect.fail('no range');
};

/** Every height as the model has it, and refused where the model has none any more. */
const expectAs = async (ledger: LedgerApplication, model: readonly string[]): Promise<void> => {
  const oldest = statesFrom(ledger);
  const last = BigInt(model.length) - 1n;
  for (const [height, text] of [...model.entries()].reverse())
    if (BigInt(height) >= oldest) expect(await textAt(ledger, BigInt(height))).toBe(text);
    else
      expect(await failure(ledger.exportedState(BigInt(height)))).toContain(
        `kept are the states after heights ${String(oldest)} to ${String(last)}`,
      );
  expect(await failure(ledger.exportedState(last + 1n))).toContain(`the last block is ${String(last)}`);
};

/** Undo rows, which are all that a history leaves behind beside its range. */
const undoRows = ({ rows }: MemoryStore): number =>
  [...rows.keys()].filter((key) => key.startsWith(bytesToHex(encodeUtf8('ledger/undo/')))).length;

type Act =
  | { readonly _tag: 'Block'; readonly payments: readonly (0 | 1 | 2)[] }
  | { readonly _tag: 'Restart'; readonly keptHeights: number }
  | { readonly _tag: 'Ask'; readonly back: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      _tag: fc.constant('Block' as const),
      payments: fc.array(fc.constantFrom(0, 1, 2), { maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ _tag: fc.constant('Restart' as const), keptHeights: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant('Ask' as const), back: fc.nat(7) }) },
);

const people = [alice, bob, carol] as const;

test('whatever happened and however often it was started, a ledger answers for the heights it keeps as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 1, maxLength: 14 }),
      fc.integer({ min: 1, max: 6 }),
      async (acts, first) => {
        const store = memoryStore();
        let keptHeights = first;
        let ledger = await open(store, keptHeights);
        await run(ledger.initChain(GENESIS));
        const model = [await textAt(ledger, 0n)];
        const nonces = [0n, 0n, 0n];
        let oldest = 0n;
        for (const each of acts) {
          const height = BigInt(model.length);
          switch (each._tag) {
            case 'Block': {
              const transactions = each.payments.map((who) => {
                const nonce = nonces[who] ?? 0n;
                nonces[who] = nonce + 1n;
                return pay(GENESIS_HASH, { from: people[who], to: people[who === 2 ? 0 : 2], nonce }).bytes;
              });
              await decide(ledger, height, transactions);
              model.push(await textAt(ledger, height));
              if (height - BigInt(keptHeights) + 1n > oldest) oldest = height - BigInt(keptHeights) + 1n;
              break;
            }
            case 'Restart':
              ({ keptHeights } = each);
              ledger = await open(memoryStore(store.rows), keptHeights);
              // Writes go on where they went before.
              ledger = await open(store, keptHeights);
              break;
            case 'Ask': {
              const asked = height - 1n - BigInt(each.back);
              if (asked >= oldest) expect(await textAt(ledger, asked)).toBe(model[Number(asked)]);
              break;
            }
          }
          expect(statesFrom(ledger)).toBe(oldest);
          expect(undoRows(store)).toBe(model.length - 1 - Number(oldest));
        }
        await expectAs(await open(memoryStore(store.rows), keptHeights), model);
        await expectAs(ledger, model);
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);

describe('a ledger of four kept heights', () => {
  const grown = async (blocks: number): Promise<{ readonly store: MemoryStore; readonly model: readonly string[] }> => {
    const store = memoryStore();
    const ledger = await open(store, 4);
    await run(ledger.initChain(GENESIS));
    const model = [await textAt(ledger, 0n)];
    for (let i = 0; i < blocks; i++) {
      await decide(ledger, BigInt(i) + 1n, [pay(GENESIS_HASH, { from: alice, to: bob, nonce: BigInt(i) }).bytes]);
      model.push(await textAt(ledger, BigInt(i) + 1n));
    }
    return { store, model };
  };

  const replayed = (batches: readonly (readonly StateChange[])[]): MemoryStore => {
    const store = memoryStore();
    for (const batch of batches) void store.write(batch)();
    return store;
  };

  test('that was killed after any of its writes has the history up to there', async () => {
    const { store, model } = await grown(7);
    expect(store.batches.length).toBe(8);
    for (let written = 1; written <= 8; written++) {
      const killed = replayed(store.batches.slice(0, written));
      await expectAs(await open(killed, 4), model.slice(0, written));
    }
  });

  test('finds the way back for several who ask at once, while blocks go on', async () => {
    const { store, model } = await grown(7);
    const ledger = await open(store, 4);
    const heights = [5n, 6n, 5n, 7n];
    const asked = heights.map((height) => textAt(ledger, height));
    await decide(ledger, 8n, []);
    expect(await Promise.all(asked)).toEqual(heights.map((height) => model[Number(height)]));
    expect(await failure(ledger.exportedState(4n))).toMatch(/kept are the states after heights 5 to 8/);
    expect(await textAt(ledger, 5n)).toBe(model[5]);
  });

  test('names a row that is damaged or gone, answers for what is newer, and goes on', async () => {
    const { store, model } = await grown(5);
    const keys = [...store.rows.keys()].filter((key) => key.startsWith(bytesToHex(encodeUtf8('ledger/undo/'))));
    expect(keys.length).toBe(3);
    const [, middle = ''] = keys.toSorted();
    const row = store.rows.get(middle) ?? expect.fail('no row');
    for (const damaged of [
      undefined,
      row.slice(1),
      row.with(row.length - 1, (row.at(-1) ?? 0) ^ 1),
      new Uint8Array(0),
    ]) {
      const rows = new Map(store.rows);
      if (damaged === undefined) rows.delete(middle);
      else rows.set(middle, damaged);
      const ledger = await open(memoryStore(rows), 4);
      expect(await failure(ledger.exportedState(2n))).toMatch(/row ledger\/undo of height 4 is damaged/);
      expect(await textAt(ledger, 4n)).toBe(model[4]);
      expect(await textAt(ledger, 5n)).toBe(model[5]);
      await decide(ledger, 6n, []);
      expect(await failure(ledger.exportedState(3n))).toMatch(/row ledger\/undo of height 4 is damaged/);
    }
  });

  test('opened to keep only one lets go of the others', async () => {
    const { store } = await grown(3);
    const ledger = await open(store, 1);
    expect(statesFrom(ledger)).toBe(0n);
    await decide(ledger, 4n, []);
    expect(statesFrom(ledger)).toBe(4n);
    expect(undoRows(store)).toBe(0);
    expect(await failure(ledger.exportedState(3n))).toMatch(/heights 4 to 4/);
  });

  test('lets go of a thousand in a block where many fewer are to be kept than were', () => {
    const { meta, state } = eventfulLedger();
    const at = (height: bigint): StoredLedger => ({ meta: { ...meta, height }, state });
    const history = new KeptHistory(memoryStore(), 100, at(2_500n), { statesFrom: 0n, transactionsFrom: 1n });
    const nothing = { accounts: new Map(), keys: new Map(), domains: new Map() };
    const deleted = [2_501n, 2_502n, 2_503n, 2_504n].map((height) => {
      const rows = history.rows(at(height - 1n), at(height).meta, nothing);
      history.committed(at(height));
      return rows.filter(({ _tag }) => _tag === 'Delete').length;
    });
    expect(deleted).toEqual([1_000, 1_000, 404, 1]);
    expect(history.range().statesFrom).toBe(2_405n);
  });
});
