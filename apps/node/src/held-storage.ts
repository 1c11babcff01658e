import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { either as E, option as O } from 'fp-ts';
import { signMessage } from '@zhtp/crypto';
import type { StorageProver } from '@zhtp/ledger';
import { attestationCheck, commitStorage, fileReader, proveStorage, type StorageTree } from '@zhtp/proofs';
import { hash, type Hash, type IdentityId } from '@zhtp/types';
import { heldKey, type ConsensusKeys } from './consensus-keys.ts';
import { asFailure, attemptFile, fail, type Outcome } from './outcome.ts';

/** What a validator commits to (economics.md, Proofs). */
export interface HeldStorage {
  readonly root: Hash;
  readonly salt: Hash;
  readonly blockBytes: number;
}

/** Small blocks: thirty of them travel in every attestation. */
const BLOCK_BYTES = 1_024;
/** Of a test network: enough to be asked about, not so much that anybody misses it. */
const TEST_FILE_BYTES = 1_048_576;
const SALT_BYTES = 32;
/** Written at a time. */
const PIECE_BYTES = 1_048_576;
const PERCENT_USED = 100n;

const withFile = async <A>(path: string, use: (reader: ReturnType<typeof fileReader>) => Outcome<A>): Outcome<A> => {
  const opened = await attemptFile('opening held storage', path, async () => {
    const file = await open(path, 'r');
    return { file, size: (await file.stat()).size };
  });
  if (E.isLeft(opened)) return opened;
  const { file, size } = opened.right;
  try {
    return await use(fileReader(file, size));
  } finally {
    await file.close();
  }
};

const treeOf = (path: string, validator: IdentityId, salt: Hash, blockBytes: number): Outcome<StorageTree> =>
  withFile(path, async (reader) => {
    const owner = asFailure(hash(validator));
    if (E.isLeft(owner)) return owner;
    return asFailure(await commitStorage({ validator: owner.right, salt, blockBytes }, reader)());
  });

/** A new file of so many random bytes. */
export const writeRandomFile = (path: string, size: number): Outcome<void> =>
  attemptFile('writing held storage', path, async () => {
    const file = await open(path, 'wx', 0o600);
    try {
      for (let left = size; left > 0; left -= PIECE_BYTES)
        await file.writeFile(randomBytes(Math.min(left, PIECE_BYTES)));
    } finally {
      await file.close();
    }
  });

/** Commits to the bytes of a file under a new salt. */
export const commitToFile = async (path: string, validator: IdentityId, blockBytes: number): Outcome<HeldStorage> => {
  const salt = asFailure(hash(randomBytes(SALT_BYTES).toString('hex')));
  if (E.isLeft(salt)) return salt;
  const tree = await treeOf(path, validator, salt.right, blockBytes);
  return E.isLeft(tree) ? tree : E.right({ root: tree.right.root, salt: salt.right, blockBytes });
};

/** Writes a file of random bytes for a validator of a test network, and commits to it. */
export const makeHeldStorage = async (path: string, validator: IdentityId): Outcome<HeldStorage> => {
  const written = await writeRandomFile(path, TEST_FILE_BYTES);
  return E.isLeft(written) ? written : commitToFile(path, validator, BLOCK_BYTES);
};

/** Answers challenges from the file of a home. Its tree is computed once, with the first challenge. */
export const storageProverOf = (path: string, keys: () => ConsensusKeys): StorageProver => {
  let known: { readonly root: Hash; readonly tree: StorageTree } | undefined;
  return ({ chainId, validator, commitment, consensusKey, height, previousId, timestamp }) =>
    async () => {
      const { root, salt, blockBytes } = commitment;
      const tree = known?.root === root ? E.right(known.tree) : await treeOf(path, validator, salt, blockBytes);
      if (E.isLeft(tree)) return tree;
      if (tree.right.root !== root) return fail(`${path} is not what was committed to on chain; restore it`);
      known = { root, tree: tree.right };
      return withFile(path, async (reader) => {
        const results = asFailure(await proveStorage(tree.right, reader, { prevHash: previousId, height })());
        if (E.isLeft(results)) return results;
        const keyPair = heldKey(keys(), consensusKey);
        if (keyPair === undefined) return fail(`the key that acts for validator ${validator} is not in this home`);
        const { algorithm, publicKey } = keyPair;
        const unsigned = {
          validatorId: tree.right.validator,
          storageCapacity: BigInt(reader.size),
          utilization: PERCENT_USED,
          challengeResults: results.right,
          timestamp,
          signature: { algorithm, signature: new Uint8Array(0), publicKey: O.none },
        };
        const check = asFailure(attestationCheck({ chainId, algorithm, key: publicKey }, unsigned));
        if (E.isLeft(check)) return check;
        const signature = signMessage(keyPair, 'zhtp/storage/v1', check.right.message);
        return E.right({ ...unsigned, signature: { algorithm, signature, publicKey: O.none } });
      });
    };
};
