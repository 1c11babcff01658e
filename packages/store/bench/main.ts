// What durability costs here, as ratios: absolute figures belong to the machine.
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSigner,
  openJournal,
  type JournalOpenError,
  type OpenedJournal,
  type OpenedSigner,
  type SignerOpenError,
} from '@zhtp/store';
import { ask, sampleBlock, succeed } from '@zhtp/store/compliance';
import { openFileDisk, openLevelBlockStore, type FileDisk, type LevelBlockStore } from '@zhtp/store/node';
import { identityId, ZERO_HASH, type StorageError } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';

const folder = mkdtempSync(join(tmpdir(), 'zhtp-bench-'));
const RECORD_BYTES = 3_400;
const ROUNDS = 300;
const record = new Uint8Array(RECORD_BYTES).fill(7);

/** The median: a shared machine has slow moments. */
const millisecondsEach = async (count: number, work: (i: number) => Promise<unknown>): Promise<number> => {
  for (let i = 0; i < 10; i++) await work(-1 - i);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await work(i);
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[count >> 1] ?? Number.NaN;
};

const print = (what: string, ms: number, base: number, of: string): void =>
  console.log(`${what.padEnd(58)} ${ms.toFixed(3).padStart(8)} ms   ${(ms / base).toFixed(2).padStart(6)} × ${of}`);

const rawAppends = async (): Promise<number> => {
  const fd = openSync(join(folder, 'raw'), 'a');
  const each = await millisecondsEach(
    ROUNDS,
    () =>
      new Promise<void>((resolve, reject) =>
        write(fd, record, 0, RECORD_BYTES, null, () =>
          fdatasync(fd, (cause) => (cause === null ? resolve() : reject(cause))),
        ),
      ),
  );
  closeSync(fd);
  return each;
};

const disk = await succeed<StorageError, FileDisk>((done) => openFileDisk(join(folder, 'disk'), done));
const { journal } = await succeed<JournalOpenError, OpenedJournal>((done) => openJournal(disk, done));
const sync = () => succeed<StorageError, void>((done) => journal.sync(done));

const raw = await rawAppends();
const RAW = `write + fdatasync of ${String(RECORD_BYTES)} bytes`;
print(RAW, raw, raw, 'itself');

print(
  'journal: append + sync',
  await millisecondsEach(ROUNDS, () => {
    journal.append(record);
    return sync();
  }),
  raw,
  'raw',
);

const GROUP = 50;
const group = await millisecondsEach(ROUNDS, async () => {
  const syncs: Promise<void>[] = [];
  for (let i = 0; i < GROUP; i++) {
    journal.append(record);
    syncs.push(sync());
  }
  await Promise.all(syncs);
});
print(`journal: append + sync, ${String(GROUP)} at once, each`, group / GROUP, raw, 'raw');

const appendOnly = await millisecondsEach(10, async () => {
  for (let i = 0; i < 500; i++) journal.append(record);
});
await sync();
print('journal: append without sync, each', appendOnly / 500, raw, 'raw');

const rotation = await millisecondsEach(100, async () => {
  journal.append(record);
  await sync();
  journal.rotate();
  await sync();
});
print('journal: append + sync + rotation', rotation, raw, 'raw');

const identity = identityId(ZERO_HASH);
if (E.isLeft(identity)) throw new Error(identity.left);
const { signer } = await succeed<SignerOpenError | StorageError, OpenedSigner>((done) =>
  createSigner(
    {
      disk,
      fileName: 'signer.state',
      sign: (_request, signed) => queueMicrotask(() => signed(E.right(record.subarray(0, 3_309)))),
      identity: identity.right,
      algorithm: 'ML-DSA-65',
      publicKeys: [record],
      genesisHash: ZERO_HASH,
      whenMissing: 'create',
    },
    done,
  ),
);
let height = 1n;
print(
  'signer: rules and memory, signing itself left out',
  await millisecondsEach(ROUNDS, () =>
    ask((done) =>
      signer.sign(
        {
          _tag: 'PreVote',
          height: height++,
          round: 0,
          proposalId: O.none,
          polRound: O.none,
          publicKey: record,
          message: record.subarray(0, 150),
        },
        done,
      ),
    ),
  ),
  raw,
  'raw',
);
print(
  'the same as a replaced file',
  await millisecondsEach(100, () => succeed<StorageError, void>((done) => disk.replace('replaced', record, done))),
  raw,
  'raw',
);

const blocks = await succeed<StorageError, LevelBlockStore>((done) =>
  openLevelBlockStore(join(folder, 'blocks'), done),
);
let blockHeight = 1n;
for (const bytes of [1_000, 100_000, 1_000_000]) {
  const prepared = Array.from({ length: 60 }, () => sampleBlock(blockHeight++, new Uint8Array(bytes)));
  const save = (): Promise<void> => {
    const next = prepared.shift();
    if (next === undefined) throw new Error('more saves than prepared blocks');
    return succeed<StorageError, void>((done) => blocks.save(next, done));
  };
  print(`block store: save of a block of ${String(bytes)} bytes`, await millisecondsEach(50, save), raw, 'raw');
}
await succeed<StorageError, void>((done) => blocks.close(done));
await succeed<StorageError, void>((done) => disk.close(done));
rmSync(folder, { recursive: true });
