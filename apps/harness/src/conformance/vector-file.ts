import { causeText } from '@zhtp/types';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { HEADER_BYTES } from './bitcoin-chain.ts';
import { repeatedKey } from './repeated-key.ts';

/** What a file holds, as far as reading it tells. */
export type FileContent =
  | { readonly _tag: 'Document'; readonly document: unknown }
  /** Raw 80-byte headers, one after the other. */
  | { readonly _tag: 'RawHeaders'; readonly bytes: Uint8Array }
  /** No vectors, for a reason that is printed. */
  | { readonly _tag: 'NotVectors'; readonly reason: string }
  | { readonly _tag: 'Unreadable'; readonly problem: string };

/** A file of the folder. */
export interface VectorFile {
  /** Relative to the folder, with `/` between its parts. */
  readonly path: string;
  readonly sha256: string;
  readonly content: FileContent;
}

const GZIP_MAGIC = [0x1f, 0x8b] as const;
/** Bytes that a packed file may become: a small file that unpacks to gigabytes is an attack or an accident. */
const UNPACKED_MAX = 512 * 1024 * 1024;

const unpacked = (path: string, stored: Uint8Array): E.Either<string, Uint8Array> => {
  const isGzip = stored[0] === GZIP_MAGIC[0] && stored[1] === GZIP_MAGIC[1];
  if (!isGzip) return path.endsWith('.gz') ? E.left('is named .gz and is no gzip file') : E.right(stored);
  return E.tryCatch(
    () => gunzipSync(stored, { maxOutputLength: UNPACKED_MAX }),
    (cause) => `is a damaged gzip file: ${causeText(cause)}`,
  );
};

/** Integers beyond 2⁵³ as bigint, which a JSON number would round. */
const exact = (_key: string, value: unknown, at?: { readonly source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && at?.source !== undefined && /^-?\d+$/.test(at.source)
    ? BigInt(at.source)
    : value;

const decoded = (bytes: Uint8Array): E.Either<string, string> =>
  E.tryCatch(
    () => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    () => 'its bytes are no UTF-8',
  );

const parsed = (text: string): E.Either<string, unknown> =>
  pipe(
    E.tryCatch((): unknown => JSON.parse(text, exact), causeText),
    E.chain((document) => {
      const repeated = repeatedKey(text);
      return repeated === undefined ? E.right(document) : E.left(`the key ${repeated} stands twice in one object`);
    }),
  );

/** Files of raw headers have no content to tell them by. */
export const isHeaderFile = (path: string): boolean => /\.bin(\.gz)?$/.test(path);

const rawHeaders = (bytes: Uint8Array): FileContent =>
  bytes.length % HEADER_BYTES === 0
    ? { _tag: 'RawHeaders', bytes }
    : { _tag: 'Unreadable', problem: `holds ${String(bytes.length)} bytes, not a number of 80-byte headers` };

/** Files that describe the others, by the names such files have. */
const DESCRIPTIONS: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)MANIFEST\.sha256$/, 'checksums, verified above all'],
  [/(^|\/)(README|NOTICE|LICEN[CS]E|COPYING|CHANGELOG)[^/]*$/i, 'a description for people'],
  [/\.(md|txt)$/i, 'prose for people'],
];

const descriptionOf = (path: string): string | undefined => DESCRIPTIONS.find(([name]) => name.test(path))?.[1];

const contentOf = (path: string, stored: Uint8Array): FileContent => {
  const description = descriptionOf(path);
  if (stored.length === 0) return { _tag: 'Unreadable', problem: 'is empty' };
  const bytes = unpacked(path, stored);
  if (E.isLeft(bytes)) return { _tag: 'Unreadable', problem: bytes.left };
  if (bytes.right.length === 0) return { _tag: 'Unreadable', problem: 'holds nothing once unpacked' };
  if (isHeaderFile(path)) return rawHeaders(bytes.right);
  const text = decoded(bytes.right);
  const isJson = E.isRight(text) && /^\s*[[{]/.test(text.right);
  const document = isJson || description === undefined ? pipe(text, E.chain(parsed)) : E.left('');
  if (E.isRight(document)) return { _tag: 'Document', document: document.right };
  if (description !== undefined) return { _tag: 'NotVectors', reason: description };
  return { _tag: 'Unreadable', problem: `is neither JSON nor a file known by its name: ${document.left}` };
};

/** Pipes and devices may have no end, or never a beginning. */
const bytesOf = (path: string): Uint8Array => {
  if (!statSync(path).isFile()) throw new Error('it is no regular file');
  return readFileSync(path);
};

/** Reads a file; whether it holds vectors is judged by its content, not by its name. */
export const readVectorFile = (root: string, path: string): VectorFile => {
  const stored = E.tryCatch(
    () => bytesOf(`${root}/${path}`),
    (cause) => `cannot be read: ${causeText(cause)}`,
  );
  return E.isLeft(stored)
    ? { path, sha256: '', content: { _tag: 'Unreadable', problem: stored.left } }
    : {
        path,
        sha256: createHash('sha256').update(stored.right).digest('hex'),
        content: contentOf(path, stored.right),
      };
};
