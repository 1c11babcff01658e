import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { bytesToHex, trustedHexToBytes } from './hex.ts';
import { isInternedHex32 } from './interned-hex.ts';

declare const brand: unique symbol;

/** A structural type made nominal: two brands of the same base never mix by accident. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A 256-bit digest as 64 lowercase hex characters; 32 raw bytes on the wire (decisions.md §1). */
export type Hash = Brand<string, 'Hash'>;

/** A participant: SHA-256 of tag, algorithm and first account key (decisions.md §4). Same form as {@link Hash}. */
export type IdentityId = Brand<string, 'IdentityId'>;

/** The transport's own name of a peer; opaque to everything but the transport. */
export type PeerId = Brand<string, 'PeerId'>;

/** 32 zero bytes: the parent of the first block, the empty root. */
export const ZERO_HASH = '0'.repeat(64) as Hash;

const HEX_64 = /^[0-9a-f]{64}$/;

const describe = (value: unknown): string =>
  typeof value === 'string'
    ? `"${value.slice(0, 80)}" (${String(value.length)} characters)`
    : `a value of type ${typeof value}`;

/** True exactly for 64 lowercase hex characters. What was met before is mostly one of the strings that are kept. */
export const isHex32 = (value: unknown): value is string =>
  typeof value === 'string' && value.length === 64 && (isInternedHex32(value) || HEX_64.test(value));

/** Reads a {@link Hash}; never pads, truncates or changes case. */
export const hash = (value: unknown): Either<string, Hash> =>
  isHex32(value) ? E.right(value as Hash) : E.left(`a hash is 64 lowercase hex characters, got ${describe(value)}`);

/** Reads an {@link IdentityId}; never pads, truncates or changes case. */
export const identityId = (value: unknown): Either<string, IdentityId> =>
  isHex32(value)
    ? E.right(value as IdentityId)
    : E.left(`an identity is 64 lowercase hex characters, got ${describe(value)}`);

/** Reads a {@link PeerId}: 1 to 128 visible ASCII characters. */
export const peerId = (value: unknown): Either<string, PeerId> =>
  typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value)
    ? E.right(value as PeerId)
    : E.left(`a peer id is 1 to 128 visible ASCII characters, got ${describe(value)}`);

/** The 32 bytes behind a hash or an identity. */
export const hashToBytes = (value: Hash | IdentityId): Uint8Array => trustedHexToBytes(value);

/** 32 bytes as a {@link Hash}; any other length is refused. */
export const hashFromBytes = (bytes: Uint8Array): Either<string, Hash> =>
  bytes.length === 32 ? E.right(bytesToHex(bytes) as Hash) : E.left(`a hash is 32 bytes, got ${String(bytes.length)}`);
