import { option as O } from 'fp-ts';
import {
  committedBlockCodec,
  encode,
  equalBytes,
  type BlockStore,
  type CommitCertificate,
  type CommitExtensions,
  type CommittedBlock,
  type StorageError,
} from '@zhtp/types';
import { ask, assertEqual, fail, succeed, type ComplianceCase } from './case.ts';
import { sampleBlock } from './sample-block.ts';

/** A fresh, empty store, and the same one as a new process finds it (or itself, if it is as durable as the process). */
export interface BlockStoreSubject {
  readonly store: BlockStore;
  readonly restart: () => Promise<BlockStore>;
}

const write = encode(committedBlockCodec);
const block = (height: bigint, byte = 0): CommittedBlock => sampleBlock(height, new Uint8Array(100).fill(byte));
const save = (store: BlockStore, committed: CommittedBlock) =>
  succeed<StorageError, void>((done) => store.save(committed, done));
const load = async (store: BlockStore, height: bigint) =>
  O.toNullable(await succeed<StorageError, O.Option<CommittedBlock>>((done) => store.load(height, done)));
const assertHolds = async (store: BlockStore, expected: CommittedBlock): Promise<void> => {
  const { height } = expected.block.header;
  const found = await load(store, height);
  assertEqual(found === null ? null : write(found), write(expected), `height ${String(height)}`);
};
const heights = async (store: BlockStore, from: bigint, count: number, maxBytes: number) =>
  (await succeed<StorageError, readonly CommittedBlock[]>((done) => store.range(from, count, maxBytes, done))).map(
    (committed) => committed.block.header.height,
  );
const laterRound = ({ certificate }: CommittedBlock): CommitCertificate => ({
  ...certificate,
  round: certificate.round + 1,
});
const longer = ({ certificate }: CommittedBlock): CommitCertificate => ({
  ...certificate,
  setSize: 1,
  signers: Uint8Array.of(1),
  signatures: [new Uint8Array(64)],
});
const extensionsOf = (height: bigint, byte = 1): CommitExtensions => {
  const { blockId, round } = block(height).certificate;
  const { proposer: voter } = block(height).block.header;
  const signature = { algorithm: 'ML-DSA-65' as const, signature: new Uint8Array(64), publicKey: O.none };
  return { height, round, blockId, extensions: [{ voter, extension: Uint8Array.of(byte), signature }] };
};
const saveExtensions = (store: BlockStore, extensions: CommitExtensions) =>
  succeed<StorageError, void>((done) => store.saveExtensions(extensions, done));
const extensionAt = async (store: BlockStore, height: bigint): Promise<number | undefined> =>
  O.toUndefined(await succeed<StorageError, O.Option<CommitExtensions>>((done) => store.loadExtensions(height, done)))
    ?.extensions[0]?.extension[0];
const bounds = (baseHeight: bigint, headHeight: bigint) => O.some({ baseHeight, headHeight });

/** What the engine relies on. */
export const blockStoreCompliance: readonly ComplianceCase<BlockStoreSubject>[] = [
  {
    title: 'an empty store has no bounds and no blocks',
    run: async ({ store }) => {
      assertEqual(store.bounds(), O.none, 'bounds');
      assertEqual(await load(store, 1n), null, 'load');
      assertEqual(await heights(store, 1n, 10, 1_000_000), [], 'range');
    },
  },
  {
    title: 'blocks come back as saved, from the first height on, also after a restart',
    run: async ({ store, restart }) => {
      for (const height of [5n, 6n, 7n]) await save(store, block(height));
      const check = async (each: BlockStore): Promise<void> => {
        assertEqual(each.bounds(), bounds(5n, 7n), 'bounds');
        for (const height of [5n, 6n, 7n]) await assertHolds(each, block(height));
        assertEqual(await load(each, 4n), null, 'below');
        assertEqual(await load(each, 8n), null, 'above');
      };
      await check(store);
      await check(await restart());
    },
  },
  {
    title: 'heights order as numbers, not as text or single bytes',
    run: async ({ store, restart }) => {
      for (let height = 254n; height < 259n; height++) await save(store, block(height));
      assertEqual((await restart()).bounds(), bounds(254n, 258n), 'bounds');
    },
  },
  {
    title: 'a gap is refused, and saves made without waiting go in order',
    run: async ({ store }) => {
      const first = ask<StorageError, void>((done) => store.save(block(1n), done));
      const second = ask<StorageError, void>((done) => store.save(block(2n), done));
      assertEqual([(await first)._tag, (await second)._tag], ['Right', 'Right'], 'answers');
      await fail<StorageError, void>((done) => store.save(block(4n), done));
      await fail<StorageError, void>((done) => store.save(block(0n), done));
      assertEqual(store.bounds(), bounds(1n, 2n), 'bounds');
    },
  },
  {
    title: 'the same block again is harmless, another one at its height is refused',
    run: async ({ store }) => {
      for (const height of [1n, 2n]) await save(store, block(height));
      await save(store, block(1n));
      await save(store, block(2n));
      await fail<StorageError, void>((done) => store.save(block(2n, 9), done));
      await assertHolds(store, block(2n));
    },
  },
  {
    title: 'a certificate of another height or block is refused',
    run: async ({ store }) => {
      const mixed = { block: block(1n).block, certificate: block(1n, 9).certificate };
      await fail<StorageError, void>((done) => store.save(mixed, done));
      const shifted = { block: block(1n).block, certificate: { ...block(1n).certificate, height: 2n } };
      await fail<StorageError, void>((done) => store.save(shifted, done));
      assertEqual(store.bounds(), O.none, 'bounds');
    },
  },
  {
    title: "the head's certificate is replaced by a later one of the same block, and no other",
    run: async ({ store, restart }) => {
      await fail<StorageError, void>((done) => store.saveHeadCertificate(block(1n).certificate, done));
      for (const height of [1n, 2n]) await save(store, block(height));
      const later = laterRound(block(2n));
      await succeed<StorageError, void>((done) => store.saveHeadCertificate(later, done));
      await fail<StorageError, void>((done) => store.saveHeadCertificate(laterRound(block(1n)), done));
      await fail<StorageError, void>((done) => store.saveHeadCertificate(block(2n, 9).certificate, done));
      await save(store, block(2n));
      await assertHolds(await restart(), { block: block(2n).block, certificate: later });
    },
  },
  {
    title: 'below the head a block comes with its own certificate, or with one of its round in the block that follows',
    run: async ({ store, restart }) => {
      const chain: CommittedBlock[] = [];
      const carried = [longer, laterRound, longer, longer];
      for (let height = 1n; height <= 5n; height++) {
        const parent = chain.at(-1);
        const lastCommit = parent === undefined ? undefined : carried[chain.length - 1]?.(parent);
        const next = sampleBlock(height, Uint8Array.of(1), lastCommit);
        await save(store, next);
        chain.push(next);
      }
      const check = async (each: BlockStore): Promise<void> => {
        const found = await succeed<StorageError, readonly CommittedBlock[]>((done) =>
          each.range(1n, 10, 1_000_000, done),
        );
        assertEqual(found.length, chain.length, 'range');
        for (const [i, committed] of chain.entries()) {
          const { height } = committed.block.header;
          const alone = await load(each, height);
          const inRange = found[i];
          const isReplaced = height < 5n && carried[i] === longer;
          const possible = [committed, ...(isReplaced ? [{ ...committed, certificate: longer(committed) }] : [])];
          for (const given of [alone, inRange]) {
            const bytes = given === null || given === undefined ? new Uint8Array() : write(given);
            const isOneOf = possible.some((one) => equalBytes(write(one), bytes));
            assertEqual(isOneOf, true, `height ${String(height)}`);
          }
        }
      };
      await check(store);
      await check(await restart());
    },
  },
  {
    title: 'extensions of a decision are kept before and beside its block, of the last two heights',
    run: async ({ store, restart }) => {
      for (let height = 1n; height <= 3n; height++) {
        await saveExtensions(store, extensionsOf(height));
        await save(store, block(height));
      }
      await saveExtensions(store, extensionsOf(3n, 7));
      await saveExtensions(store, extensionsOf(4n));
      const check = async (each: BlockStore): Promise<void> => {
        assertEqual(await extensionAt(each, 2n), undefined, 'dropped');
        assertEqual(await extensionAt(each, 3n), 7, 'replaced');
        assertEqual(await extensionAt(each, 4n), 1, 'of the height in progress');
        assertEqual(await extensionAt(each, 5n), undefined, 'never saved');
        assertEqual(await heights(each, 1n, 10, 1_000_000), [1n, 2n, 3n], 'blocks');
      };
      await check(store);
      await check(await restart());
    },
  },
  {
    title: 'a range stops at its count, at its bytes and at the head, and gives one block at least',
    run: async ({ store }) => {
      for (let height = 1n; height <= 5n; height++) await save(store, block(height));
      const bytes = write(block(1n)).length;
      assertEqual(await heights(store, 2n, 3, 1_000_000), [2n, 3n, 4n], 'count');
      assertEqual(await heights(store, 4n, 10, 1_000_000), [4n, 5n], 'head');
      assertEqual(await heights(store, 1n, 10, 2 * bytes), [1n, 2n], 'bytes');
      assertEqual(await heights(store, 1n, 10, 2 * bytes - 1), [1n], 'bytes − 1');
      assertEqual(await heights(store, 3n, 10, 0), [3n], 'one at least');
      assertEqual(await heights(store, 3n, 0, 1_000_000), [], 'none asked');
      assertEqual(await heights(store, 9n, 10, 1_000_000), [], 'beyond');
    },
  },
];
