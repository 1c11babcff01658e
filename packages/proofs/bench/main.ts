// Attestation of a file against the bare hash of the same file: node --conditions=@zhtp/source bench/main.ts [MiB]
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyPairFromSeed, taggedHash } from '@zhtp/crypto';
import { commitStorage, fileReader, proveStorage, StorageCapacityAttestation } from '@zhtp/proofs';
import { STORAGE_BLOCK_BYTES } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';

const MIB = 1024 * 1024;
const RUNS = 3;
const mebibytes = Number(process.argv[2] ?? '256');
const size = mebibytes * MIB;

const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const validatorId = taggedHash('bench/validator');
const salt = taggedHash('bench/salt');
const prevHash = taggedHash('bench/block');
const keyPair = keyPairFromSeed('ML-DSA-65', new Uint8Array(32).fill(1));
const chainId = 'bench';

/** Reads 256 KiB at a time, as the attestation does, and hashes. */
const bareHash = async (file: FileHandle): Promise<void> => {
  const hash = createHash('sha256');
  const block = new Uint8Array(STORAGE_BLOCK_BYTES);
  for (let at = 0; at < size;) {
    const { bytesRead } = await file.read(block, 0, block.length, at);
    if (bytesRead === 0) break;
    hash.update(block.subarray(0, bytesRead));
    at += bytesRead;
  }
  hash.digest();
};

/** Best of several runs, all kinds of work taking turns: whatever else the machine does falls on all of them. */
const secondsOf = async (works: readonly (() => Promise<void>)[]): Promise<readonly number[]> => {
  const best = works.map(() => Number.POSITIVE_INFINITY);
  for (let run = 0; run < RUNS; run += 1)
    for (const [i, work] of works.entries()) {
      const started = performance.now();
      await work();
      best[i] = Math.min(best[i] ?? 0, (performance.now() - started) / 1000);
    }
  return best;
};

const folder = await mkdtemp(join(tmpdir(), 'attestation-'));
try {
  const file = await open(join(folder, 'sparse'), 'w+');
  await file.truncate(size);
  const reader = fileReader(file, size);
  const owner = { validator: validatorId, salt };
  const moment = { prevHash, height: 1n };
  let tree = right(await commitStorage(owner, reader)());
  let signed: StorageCapacityAttestation | undefined;
  const commit = async (): Promise<void> => {
    tree = right(await commitStorage(owner, reader)());
  };
  const prove = async (): Promise<void> => {
    const challengeResults = right(await proveStorage(tree, reader, moment)());
    const fields = { validatorId, storageCapacity: BigInt(size), utilization: 0n, challengeResults, timestamp: 0n };
    signed = right(right(StorageCapacityAttestation.create(fields)).sign(keyPair, { chainId }));
  };
  const verify = async (): Promise<void> => {
    const ledger = { chainId, key: keyPair.publicKey, root: tree.root, salt, prevHash, height: 1n, maxAge: 0n };
    if (signed === undefined || !right(signed.verify(ledger))) throw new Error('the attestation does not hold');
  };
  const [bare = 0, committed = 0, proved = 0, verified = 0] = await secondsOf([
    () => bareHash(file),
    commit,
    prove,
    verify,
  ]);
  const line = (what: string, seconds: number): void =>
    console.log(`${what} / bare hash of the same file: ${(seconds / bare).toFixed(3)} x  (${seconds.toFixed(3)} s)`);
  console.log(`file of ${String(mebibytes)} MiB, bare SHA-256 in ${bare.toFixed(3)} s`);
  line('commit, prove and sign', committed + proved);
  line('commit', committed);
  line('prove and sign', proved);
  line('verify', verified);
  console.log(`memory of the process at its largest: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
  await file.close();
} finally {
  await rm(folder, { recursive: true });
}
