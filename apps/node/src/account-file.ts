import { readFile, writeFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { publicPartOfKeyFile } from '@zhtp/crypto';
import { accountIdentity, MULTISIG_KEYS_MAX, multisigKey } from '@zhtp/ledger';
import {
  array,
  fromJson,
  identityCodec,
  publicKeyCodec,
  signatureAlgorithmCodec,
  sparse,
  toJson,
  u32,
  u8,
  type IdentityId,
  type SignatureAlgorithm,
} from '@zhtp/types';
import { parseJson, versionOf } from './home.ts';
import { attemptFile, fail, failure, type Failure, type Outcome } from './outcome.ts';

const FORMAT_VERSION = 1;

const sharedAccountCodec = sparse(
  'account of several keys',
  {
    formatVersion: u32,
    algorithm: signatureAlgorithmCodec,
    /** So many of the keys must sign. */
    threshold: u8,
    /** In the order of the policy, which is part of it. */
    publicKeys: array(publicKeyCodec, MULTISIG_KEYS_MAX),
  },
  /** The account the keys act for, where another key founded it. */
  { account: identityCodec },
);

/** What acts for an account, and which account that is: all that is needed to build a transaction of it. */
export interface AccountFile {
  readonly algorithm: SignatureAlgorithm;
  /** A key of the scheme, or a policy. */
  readonly publicKey: Uint8Array;
  readonly identity: IdentityId;
  /** Of an account of several keys; undefined for a key file. */
  readonly policy: { readonly threshold: number; readonly keys: readonly Uint8Array[] } | undefined;
}

const readSharedJson = fromJson(sharedAccountCodec);
const sharedJson = toJson(sharedAccountCodec);

/** What an account of several keys is made from. */
export interface SharedAccountRequest {
  readonly algorithm: SignatureAlgorithm;
  readonly threshold: number;
  readonly publicKeys: readonly Uint8Array[];
  readonly account: IdentityId | undefined;
}

export const sharedAccount = (request: SharedAccountRequest): Either<string, AccountFile> => {
  const { algorithm, threshold, publicKeys, account } = request;
  const publicKey = multisigKey(algorithm, { threshold, keys: publicKeys });
  if (E.isLeft(publicKey)) return publicKey;
  return E.right({
    algorithm,
    publicKey: publicKey.right,
    identity: account ?? accountIdentity({ algorithm, publicKey: publicKey.right }),
    policy: { threshold, keys: publicKeys },
  });
};

const isShared = (json: unknown): boolean => typeof json === 'object' && json !== null && 'threshold' in json;

const sharedAccountIn = (json: unknown): Either<string, AccountFile> => {
  const version = versionOf(json);
  if (version !== undefined && version !== FORMAT_VERSION)
    return E.left(
      `format version ${String(version)}; this program reads version ${String(FORMAT_VERSION)}: use the program version that wrote it`,
    );
  const read = readSharedJson(json);
  if (E.isLeft(read)) return E.left(read.left.message);
  const { account, ...policy } = read.right;
  return sharedAccount({ ...policy, account });
};

/** A key file, of which no secret is looked at, or the file of an account of several keys. */
export const readAccountFile = async (path: string): Outcome<AccountFile> => {
  const source = await attemptFile('reading a key file', path, () => readFile(path, 'utf8'));
  if (E.isLeft(source)) return source;
  const json = parseJson(path, source.right);
  if (E.isLeft(json)) return json;
  if (isShared(json.right))
    return E.mapLeft((reason: string): Failure => failure(`${path} is no account of several keys: ${reason}`))(
      sharedAccountIn(json.right),
    );
  const key = publicPartOfKeyFile(json.right);
  return E.isLeft(key)
    ? fail(`${path} is not a key file: ${key.left.message}`)
    : E.right({ ...key.right, policy: undefined });
};

/** Writes the file of an account of several keys, which holds nothing secret; never over another file. */
export const writeSharedAccount = (path: string, request: SharedAccountRequest): Outcome<void> => {
  const { account, ...policy } = request;
  const json = sharedJson({ formatVersion: FORMAT_VERSION, ...policy, ...(account === undefined ? {} : { account }) });
  return attemptFile('writing an account of several keys', path, () =>
    writeFile(path, `${JSON.stringify(json, null, 2)}\n`, { flag: 'wx' }),
  );
};
