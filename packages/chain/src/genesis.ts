import { taggedHash } from '@zhtp/crypto';
import { causeText, encode, fromJson, genesisCodec, toJson, type Genesis, type Hash } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';

const writeGenesis = encode(genesisCodec);
const genesisFromJson = fromJson(genesisCodec);
const genesisToJson = toJson(genesisCodec);

/** What starts every signed body of the chain: the tagged hash of canonical genesis (protocol.md). */
export const genesisHashOf = (genesis: Genesis): Hash => taggedHash('zhtp/genesis/v1', writeGenesis(genesis));

/** A genesis that cannot be read or must not start a chain; `path` is the field, '' the whole document. */
export interface GenesisError {
  readonly _tag: 'GenesisError';
  readonly path: string;
  /** One line: field, value, what to do. */
  readonly message: string;
}

export const genesisError = (path: string, reason: string): GenesisError => ({
  _tag: 'GenesisError',
  path,
  message: path === '' ? reason : `${path}: ${reason}`,
});

/** Genesis as people read it: indented JSON with a final line break. {@link readGenesis} reads it back. */
export const writeGenesisText = (genesis: Genesis): string => `${JSON.stringify(genesisToJson(genesis), null, 2)}\n`;

const damaged = (what: string): GenesisError =>
  genesisError('', `damaged genesis: ${what}; take a fresh copy of the chain's genesis file`);

const parse = (source: string): Either<GenesisError, unknown> => {
  try {
    return E.right(JSON.parse(source));
  } catch (cause) {
    const where = causeText(cause);
    return E.left(damaged(`not JSON, ${where} (text of ${String(source.length)} characters)`));
  }
};

/**
 * Reads the JSON text of a genesis: no unknown, missing or mistyped field. Whether it can start a chain is
 * `checkGenesis`'s.
 * @param expectedHash what the hash must be when the node has started with this chain before
 */
export const readGenesis = (source: string, expectedHash?: Hash): Either<GenesisError, Genesis> => {
  const parsed = parse(source);
  if (E.isLeft(parsed)) return parsed;
  const read = genesisFromJson(parsed.right);
  if (E.isLeft(read)) return E.left(damaged(read.left.message));
  const found = genesisHashOf(read.right);
  return expectedHash === undefined || found === expectedHash
    ? E.right(read.right)
    : E.left(damaged(`its hash is ${found}, this chain's is ${expectedHash}`));
};
