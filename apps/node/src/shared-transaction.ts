import { readFile, rename, writeFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  accountKeyCodec,
  assembleTransaction,
  cosignTransaction,
  MULTISIG_KEYS_MAX,
  readAccountKey,
  transactionBodyCodec,
  transactionIdOf,
  transactionSignBytes,
  type SignedTransaction,
} from '@zhtp/ledger';
import {
  array,
  bytes,
  equalBytes,
  fromJson,
  hashCodec,
  publicKeyCodec,
  SIGNATURE_BYTES_MAX,
  signatureAlgorithmCodec,
  struct,
  toJson,
  u32,
  type Hash,
  type KeyPair,
  type TypeOf,
} from '@zhtp/types';
import { parseJson, versionOf } from './home.ts';
import { attemptFile, fail, failure, type Failure, type Outcome } from './outcome.ts';

const FORMAT_VERSION = 1;

const sharedTransactionCodec = struct('transaction to sign', {
  formatVersion: u32,
  /** The chain that the signatures hold on. */
  genesisHash: hashCodec,
  algorithm: signatureAlgorithmCodec,
  /** The policy that acts for the sender. */
  accountKey: accountKeyCodec,
  body: transactionBodyCodec,
  /** One of each holder who signed, in any order. */
  signatures: array(
    struct('Cosignature', { publicKey: publicKeyCodec, signature: bytes(SIGNATURE_BYTES_MAX) }),
    MULTISIG_KEYS_MAX,
  ),
});

/** A transaction of an account of several keys on its way from holder to holder. Nothing in it is secret. */
export type SharedTransaction = Omit<TypeOf<typeof sharedTransactionCodec>, 'formatVersion'>;

/** The policy of the account and what of it is fulfilled. */
export interface Progress {
  readonly keys: readonly Uint8Array[];
  readonly needed: number;
  /** Indices of the keys that signed, in order. */
  readonly signed: readonly number[];
}

const policyOf = ({ algorithm, accountKey }: SharedTransaction): Either<string, Omit<Progress, 'signed'>> => {
  const key = readAccountKey(algorithm, accountKey);
  if (E.isLeft(key)) return E.left(`accountKey: ${key.left}`);
  return key.right._tag === 'Single'
    ? E.left('accountKey: one key alone; its transactions are signed where they are sent')
    : E.right({ keys: key.right.keys, needed: key.right.threshold });
};

/** Every signature is of another key of the policy, and holds; then who signed. */
export const progressOf = (shared: SharedTransaction): Either<string, Progress> => {
  const policy = policyOf(shared);
  if (E.isLeft(policy)) return policy;
  const { keys } = policy.right;
  const signed = new Set<number>();
  for (const [i, { publicKey }] of shared.signatures.entries()) {
    const index = keys.findIndex((key) => equalBytes(key, publicKey));
    if (index < 0) return E.left(`signatures.${String(i)}.publicKey: no key of the account`);
    if (signed.has(index)) return E.left(`signatures.${String(i)}: key ${String(index)} signed twice`);
    signed.add(index);
  }
  const assembled = assembleTransaction(shared, shared.signatures);
  // Too few is what makes the file travel; anything else makes it worthless.
  if (E.isLeft(assembled) && assembled.left.field !== 'cosignatures')
    return E.left(assembled.left.message.replace(/^cosignatures/, 'signatures'));
  return E.right({ ...policy.right, signed: [...signed].sort((a, b) => a - b) });
};

export const sharedTransactionId = ({ genesisHash, body }: SharedTransaction): Hash =>
  transactionIdOf(transactionSignBytes(genesisHash, body));

/** Which key of the account this one is, when it may still sign. */
export const holderIndex = (shared: SharedTransaction, publicKey: Uint8Array): Either<string, number> => {
  const progress = progressOf(shared);
  if (E.isLeft(progress)) return progress;
  const { keys, signed, needed } = progress.right;
  const index = keys.findIndex((key) => equalBytes(key, publicKey));
  if (index < 0) return E.left(`no key of the account, which has ${String(keys.length)}; sign with one of them`);
  if (signed.includes(index))
    return E.left(
      `key ${String(index)} of the account, which has signed already (${String(signed.length)} of ${String(needed)} signatures are there); let another holder sign`,
    );
  return E.right(index);
};

/** With the signature of a holder for whom `holderIndex` answered. */
export const withCosignature = (shared: SharedTransaction, keyPair: KeyPair): SharedTransaction => ({
  ...shared,
  signatures: [...shared.signatures, cosignTransaction(shared.body, keyPair, shared.genesisHash)],
});

/** The signatures of several files of one transaction in one; the same holder's counts once. */
export const combined = (
  first: SharedTransaction,
  others: readonly SharedTransaction[],
): Either<string, SharedTransaction> => {
  const signatures = [...first.signatures];
  for (const [i, other] of others.entries()) {
    if (
      sharedTransactionId(other) !== sharedTransactionId(first) ||
      other.algorithm !== first.algorithm ||
      !equalBytes(other.accountKey, first.accountKey)
    )
      return E.left(`file ${String(i + 2)} is of another transaction than the first`);
    for (const each of other.signatures)
      if (!signatures.some(({ publicKey }) => equalBytes(publicKey, each.publicKey))) signatures.push(each);
  }
  return E.right({ ...first, signatures });
};

/** The transaction itself, once as many have signed as must. */
export const assembled = (shared: SharedTransaction): Either<string, SignedTransaction> => {
  const progress = progressOf(shared);
  if (E.isLeft(progress)) return progress;
  const { signed, needed, keys } = progress.right;
  const missing = needed - signed.length;
  if (missing > 0)
    return E.left(
      `${String(signed.length)} of the ${String(needed)} signatures it needs are there; let ${String(missing)} more of its ${String(keys.length)} holders sign it with zhtp tx sign`,
    );
  return E.mapLeft(({ message }: { readonly message: string }) => message)(
    assembleTransaction(shared, shared.signatures),
  );
};

const readJson = fromJson(sharedTransactionCodec);
const sharedJson = toJson(sharedTransactionCodec);

/** Reads a file that somebody else may have written: nothing in it is believed before its signatures hold. */
export const readSharedTransaction = async (path: string): Outcome<SharedTransaction> => {
  const source = await attemptFile('reading a transaction', path, () => readFile(path, 'utf8'));
  if (E.isLeft(source)) return source;
  const json = parseJson(path, source.right);
  if (E.isLeft(json)) return json;
  const version = versionOf(json.right);
  if (version !== undefined && version !== FORMAT_VERSION)
    return fail(
      `${path} has format version ${String(version)}; this program reads version ${String(FORMAT_VERSION)}: use the program version that wrote it`,
    );
  const read = readJson(json.right);
  if (E.isLeft(read)) return fail(`${path} is no transaction to sign: ${read.left.message}`);
  const { formatVersion: _version, ...shared } = read.right;
  return E.bimap(
    (reason: string): Failure => failure(`${path} cannot be used: ${reason}`),
    () => shared,
  )(progressOf(shared));
};

const textOf = (shared: SharedTransaction): string =>
  `${JSON.stringify(sharedJson({ formatVersion: FORMAT_VERSION, ...shared }), null, 2)}\n`;

/** Never over another file. */
export const writeSharedTransaction = (path: string, shared: SharedTransaction): Outcome<void> =>
  attemptFile('writing a transaction', path, () => writeFile(path, textOf(shared), { flag: 'wx' }));

/** In place of the file it was read from, which stays as it was unless the new one is there in full. */
export const replaceSharedTransaction = (path: string, shared: SharedTransaction): Outcome<void> =>
  attemptFile('writing a transaction', path, async () => {
    const beside = `${path}.${String(process.pid)}.tmp`;
    await writeFile(beside, textOf(shared), { flag: 'wx' });
    await rename(beside, path);
  });
