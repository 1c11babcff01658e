import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { either as E, option as O } from 'fp-ts';
import { afterAll, describe, expect, test } from 'vitest';
import { crc32c } from '@zhtp/store';
import { ask, sampleBlock, succeed } from '@zhtp/store/compliance';
import { openLevelBlockStore, openLevelStateStore, type LevelBlockStore, type LevelStateStore } from '@zhtp/store/node';
import { blockCodec, encode, type CommitCertificate, type CommittedBlock, type StorageError } from '@zhtp/types';
import { leftOf, rightOf } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'zhtp-level-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = (): string => join(root, String(folders++));

const open = (folder: string) => ask<StorageError, LevelBlockStore>((done) => openLevelBlockStore(folder, done));
const close = (store: LevelBlockStore) => succeed<StorageError, void>((done) => store.close(done));
const block = (height: bigint): CommittedBlock => sampleBlock(height, new Uint8Array(5_000).fill(Number(height)));

const withBlocks = async (...heights: readonly bigint[]): Promise<string> => {
  const folder = freshFolder();
  const store = rightOf(await open(folder));
  for (const height of heights) await succeed<StorageError, void>((done) => store.save(block(height), done));
  await close(store);
  return folder;
};

const tamper = async (
  folder: string,
  change: (level: ClassicLevel<Uint8Array, Uint8Array>) => Promise<void>,
): Promise<void> => {
  const level = new ClassicLevel<Uint8Array, Uint8Array>(folder, { keyEncoding: 'view', valueEncoding: 'view' });
  await level.open();
  await change(level);
  await level.close();
};
const keyOf = (kind: number, height: number): Uint8Array => Uint8Array.of(kind, 0, 0, 0, 0, 0, 0, 0, height);

/** A value sealed by the format's description, not by the code under test. */
const sealed = (key: Uint8Array, value: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(value.length + 4);
  whole.set(value);
  new DataView(whole.buffer).setUint32(value.length, crc32c(value, crc32c(key)));
  return whole;
};

describe('a block database', () => {
  test.each([
    [
      'whose head block is missing its certificate',
      (level: ClassicLevel<Uint8Array, Uint8Array>) => level.del(keyOf(2, 3)),
      /CommitCertificate of height 3 is missing/,
    ],
    [
      'whose head block does not decode',
      (level: ClassicLevel<Uint8Array, Uint8Array>) => level.put(keyOf(1, 3), sealed(keyOf(1, 3), Uint8Array.of(1))),
      /Block of height 3 does not decode/,
    ],
    [
      'whose head block has a wrong checksum',
      (level: ClassicLevel<Uint8Array, Uint8Array>) => level.put(keyOf(1, 3), Uint8Array.of(1, 2, 3, 4, 5)),
      /checksum of an entry does not hold/,
    ],
    [
      'whose head block is not its certificate’s',
      (level: ClassicLevel<Uint8Array, Uint8Array>) =>
        level.put(keyOf(1, 3), sealed(keyOf(1, 3), encode(blockCodec)(sampleBlock(3n, Uint8Array.of(1)).block))),
      /came with a certificate of block/,
    ],
    [
      'whose format entry is gone',
      (level: ClassicLevel<Uint8Array, Uint8Array>) => level.del(Uint8Array.of(0)),
      /no format entry/,
    ],
  ])('%s is refused by name', async (_title, change, expected) => {
    const folder = await withBlocks(1n, 2n, 3n);
    await tamper(folder, change);
    const error = leftOf(await open(folder));
    expect(error.message).toMatch(expected);
    expect(error.message).toContain(`database ${folder} is damaged`);
  });

  test('of another format version, or of another kind, is refused by that name', async () => {
    const folder = await withBlocks(1n);
    const state = leftOf(await ask<StorageError, LevelStateStore>((done) => openLevelStateStore(folder, done)));
    expect(state.message).toMatch(/holds a "zhtp-blocks" database, not "zhtp-state"/);
    const key = Uint8Array.of(0);
    for (const version of [1, 3]) {
      await tamper(folder, (level) =>
        level.put(key, sealed(key, Uint8Array.from([0, 0, 0, version, ...new TextEncoder().encode('zhtp-blocks')]))),
      );
      expect(leftOf(await open(folder)).message).toContain(
        `format version ${String(version)}; this program reads version 2. Start it with the program version that wrote it`,
      );
    }
  });

  test('names a missing or damaged block between base and head when it is asked for', async () => {
    const folder = await withBlocks(1n, 2n, 3n);
    await tamper(folder, (level) => level.del(keyOf(1, 2)));
    const store = rightOf(await open(folder));
    expect(leftOf(await ask<StorageError, O.Option<CommittedBlock>>((done) => store.load(2n, done))).message).toMatch(
      /Block of height 2 is missing/,
    );
    expect(
      leftOf(await ask<StorageError, readonly CommittedBlock[]>((done) => store.range(1n, 3, 1_000_000, done))).message,
    ).toMatch(/height 2/);
    expect(O.isSome(await succeed<StorageError, O.Option<CommittedBlock>>((done) => store.load(1n, done)))).toBe(true);
    await close(store);
  });

  /** With a precommit that came late. */
  const longer = (certificate: CommitCertificate): CommitCertificate => ({
    ...certificate,
    setSize: 1,
    signers: Uint8Array.of(1),
    signatures: [new Uint8Array(64)],
  });

  /** Each block carries the certificate of the one before it as `carried` makes it. */
  const chainOf = (
    heights: number,
    carried: (certificate: CommitCertificate) => CommitCertificate,
  ): readonly CommittedBlock[] => {
    const chain: CommittedBlock[] = [];
    for (let height = 1n; height <= BigInt(heights); height++) {
      const parent = chain.at(-1)?.certificate;
      chain.push(sampleBlock(height, Uint8Array.of(1), parent === undefined ? undefined : carried(parent)));
    }
    return chain;
  };

  const certificateAt = async (store: LevelBlockStore, height: bigint): Promise<CommitCertificate | undefined> =>
    O.toUndefined(await succeed<StorageError, O.Option<CommittedBlock>>((done) => store.load(height, done)))
      ?.certificate;

  const certificateHeights = async (folder: string): Promise<readonly number[]> => {
    const heights: number[] = [];
    await tamper(folder, async (level) => {
      for await (const key of level.keys({ gte: Uint8Array.of(2), lt: Uint8Array.of(3) })) heights.push(key[8] ?? 0);
    });
    return heights;
  };

  test('holds the certificate of its head alone: below, the block that follows carries it', async () => {
    const folder = freshFolder();
    const store = rightOf(await open(folder));
    const chain = chainOf(5, longer);
    for (const committed of chain) await succeed<StorageError, void>((done) => store.save(committed, done));
    for (const { certificate } of chain)
      expect(await certificateAt(store, certificate.height)).toEqual(
        certificate.height === 5n ? certificate : longer(certificate),
      );
    await close(store);
    expect(await certificateHeights(folder)).toEqual([5]);
  });

  test('keeps the certificate of the round that decided beside one of another round: after a fork it convicts', async () => {
    const folder = freshFolder();
    const store = rightOf(await open(folder));
    const chain = chainOf(3, (certificate) => ({ ...certificate, round: 2 }));
    for (const committed of chain.slice(0, 2)) await succeed<StorageError, void>((done) => store.save(committed, done));
    for (const { certificate } of chain.slice(0, 2))
      expect(await certificateAt(store, certificate.height)).toEqual(certificate);
    // Where the head's was replaced by the certificate of that round, the next block carries it.
    const [, second, third] = chain;
    if (second === undefined || third === undefined) throw new Error('no block');
    const replaced = { ...second.certificate, round: 2 };
    await succeed<StorageError, void>((done) => store.saveHeadCertificate(replaced, done));
    await succeed<StorageError, void>((done) => store.save(third, done));
    expect((await certificateAt(store, 2n))?.round).toBe(2);
    await close(store);
    expect(await certificateHeights(folder)).toEqual([1, 3]);
    const again = rightOf(await open(folder));
    expect((await certificateAt(again, 1n))?.round).toBe(0);
    await close(again);
  });

  test('keeps a certificate that the next block does not carry', async () => {
    const folder = freshFolder();
    const store = rightOf(await open(folder));
    const [first] = chainOf(1, longer);
    if (first === undefined) throw new Error('no block');
    const other = { ...first.certificate, blockId: block(1n).certificate.blockId };
    await succeed<StorageError, void>((done) => store.save(first, done));
    await succeed<StorageError, void>((done) => store.save(sampleBlock(2n, Uint8Array.of(1), other), done));
    expect(await succeed<StorageError, O.Option<CommittedBlock>>((done) => store.load(1n, done))).toEqual(
      O.some(first),
    );
    await close(store);
  });

  test('open in one place is refused in another', async () => {
    const folder = await withBlocks(1n);
    const store = rightOf(await open(folder));
    expect(leftOf(await open(folder)).message).toMatch(/in use by another process/);
    await close(store);
  });

  test('with a byte changed anywhere in its files gives out nothing but what was saved', async () => {
    const folder = await withBlocks(1n, 2n, 3n);
    const log = readdirSync(folder)
      .filter((name) => /\.(log|ldb)$/.test(name))
      .map((name) => join(folder, name));
    const untouched = log.map((path) => readFileSync(path));
    let noticed = 0;
    for (const [i, path] of log.entries()) {
      const bytes = untouched[i] ?? new Uint8Array();
      for (let at = 3; at < bytes.length; at += 1_499) {
        const copy = `${folder}-${String(i)}-${String(at)}`;
        cpSync(folder, copy, { recursive: true });
        writeFileSync(join(copy, path.slice(folder.length + 1)), bytes.with(at, (bytes[at] ?? 0) ^ 0x10));
        const store = await open(copy);
        if (E.isLeft(store)) {
          noticed++;
          continue;
        }
        const bounds = O.toNullable(store.right.bounds());
        if (bounds?.headHeight !== 3n) noticed++;
        for (let height = bounds?.baseHeight ?? 1n; height <= (bounds?.headHeight ?? 0n); height++) {
          const loaded = await ask<StorageError, O.Option<CommittedBlock>>((done) => store.right.load(height, done));
          if (E.isLeft(loaded)) noticed++;
          else expect(O.toNullable(loaded.right)?.certificate).toEqual(block(height).certificate);
        }
        await close(store.right);
      }
    }
    expect(noticed).toBeGreaterThan(0);
  });
});
