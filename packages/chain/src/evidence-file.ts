import {
  array,
  commitCertificateCodec,
  evidenceCodec,
  fromJson,
  frozenValidatorsCodec,
  hashCodec,
  headerCodec,
  peerMessageCodec,
  struct,
  toJson,
  u32,
  u64,
  type Json,
  type TypeOf,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';

/** Format this release reads and writes. */
export const EVIDENCE_FILE_FORMAT_VERSION = 1;

/** Heights of one file: each brings a certificate, which takes 0.7 MB of JSON for a hundred signatures of ML-DSA-65. */
export const EVIDENCE_FILE_HEIGHTS_MAX = 100;

const SETS_MAX = 10_000;
const LINKS_MAX = 20_000;
const MESSAGES_MAX = 1_000_000;
const EVIDENCE_MAX = 100_000;

/** A header with the certificate that decided it: shows the set of its height and of the next. */
const provenHeaderCodec = struct('ProvenHeader', { header: headerCodec, certificate: commitCertificateCodec });
export type ProvenHeader = TypeOf<typeof provenHeaderCodec>;

const evidenceFileCodec = struct('EvidenceFile', {
  formatVersion: u32,
  genesisHash: hashCodec,
  /** The heights asked for, both included. */
  fromHeight: u64,
  toHeight: u64,
  /** Every set that a header of the file names, in identity order. */
  sets: array(frozenValidatorsCodec, SETS_MAX),
  /** Ascending: those at which the set changed since genesis, and every header of the heights asked for. */
  headers: array(provenHeaderCodec, LINKS_MAX),
  /** Votes, polkas and proposals (without bodies) of those heights, as the node has them. */
  messages: array(peerMessageCodec, MESSAGES_MAX),
  /** What the node found or was told, verified before it was kept. */
  evidence: array(evidenceCodec, EVIDENCE_MAX),
});

/**
 * What one node can show of a range of heights: the signed messages it has, and the headers and sets by which anybody with
 * genesis can tell whose they are. Files of both sides of a fork name the culprits (protocol.md, Evidence and accountability).
 */
export type EvidenceFile = TypeOf<typeof evidenceFileCodec>;

const fileFromJson = fromJson(evidenceFileCodec);
const fileToJson = toJson(evidenceFileCodec);

/** The JSON of a file, which {@link readEvidenceFile} reads back. */
export const evidenceFileJson = (file: EvidenceFile): Json => fileToJson(file);

/** Reads the JSON of a file; nothing in it is believed before `proveSets`. */
export const readEvidenceFile = (json: unknown): Either<string, EvidenceFile> => {
  if (typeof json !== 'object' || json === null || !('formatVersion' in json))
    return E.left('it has no formatVersion: it is no evidence file');
  if (json.formatVersion !== EVIDENCE_FILE_FORMAT_VERSION)
    return E.left(
      `formatVersion is ${String(json.formatVersion).slice(0, 20)}, this program reads ${String(EVIDENCE_FILE_FORMAT_VERSION)}: use the version that wrote the file`,
    );
  return E.mapLeft(({ message }: { readonly message: string }) => message)(fileFromJson(json));
};
