import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import {
  array,
  bytes,
  encode,
  hashCodec,
  identityCodec,
  maxBigint,
  peerId,
  refine,
  SIGNATURE_BYTES_MAX,
  struct,
  text,
  u64,
  type Hash,
  type IdentityId,
  type PeerId,
  type SignatureAlgorithm,
  type SignatureCheck,
  type TypeOf,
} from '@zhtp/types';
import type { SignatureDomain } from '@zhtp/crypto';
import { ADDRESS_BYTES_MAX } from './hello.ts';

/** FIPS 204 context of announcements (decisions.md §4). */
export const ANNOUNCEMENT_DOMAIN: SignatureDomain = 'zhtp/announcement/v1';

const ADDRESSES_MAX = 8;

/** Longest life of an announcement, in seconds: a lost key stops pointing somewhere after that. */
export const ANNOUNCEMENT_SECONDS_MAX = 86_400n;

const announcedPeer = refine(text(128), 'PeerId', (value) => {
  const read = peerId(value);
  return E.isLeft(read) ? read.left : undefined;
});

/** What a validator signs: "my node is this peer, at these addresses, until then". Starts with the genesis hash. */
export const announcementCodec = struct('Announcement', {
  genesisHash: hashCodec,
  validator: identityCodec,
  peerId: announcedPeer,
  addresses: array(text(ADDRESS_BYTES_MAX), ADDRESSES_MAX),
  /** Strictly rising per validator, also over restarts: {@link nextSequence}. */
  sequence: u64,
  /** Unix seconds. */
  expiresAt: u64,
});
export type Announcement = TypeOf<typeof announcementCodec>;

export const signedAnnouncementCodec = struct('SignedAnnouncement', {
  announcement: announcementCodec,
  signature: bytes(SIGNATURE_BYTES_MAX),
});
export type SignedAnnouncement = TypeOf<typeof signedAnnouncementCodec>;

/** Largest encoded signed announcement, with room. */
export const ANNOUNCEMENT_BYTES_MAX = 16 * 1024;

/** A validator's consensus key as the chain knows it now. */
export interface ConsensusKey {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
}

/** The consensus key of a validator of the current sets; none for everybody else. */
export type ConsensusKeyLookup = (validator: IdentityId) => Option<ConsensusKey>;

/** Why an announcement is not believed. */
export type AnnouncementRefusal =
  | 'other-genesis'
  | 'expired'
  | 'expires-too-late'
  | 'unknown-validator'
  /** Not above the sequence already known: a replay, or simply old news. */
  | 'stale'
  | 'bad-signature';

/** What must hold of an announcement before its signature is worth checking. */
export interface AnnouncementContext {
  readonly genesisHash: Hash;
  readonly nowSeconds: bigint;
  readonly consensusKey: ConsensusKeyLookup;
  readonly knownSequence: (validator: IdentityId) => Option<bigint>;
}

/** The signature check that decides about an announcement, or why none is needed. Cheap tests first, duplicates before all. */
export const judgeAnnouncement = (
  context: AnnouncementContext,
  { announcement, signature }: SignedAnnouncement,
): Either<AnnouncementRefusal, SignatureCheck> => {
  if (announcement.genesisHash !== context.genesisHash) return E.left('other-genesis');
  const known = context.knownSequence(announcement.validator);
  if (O.isSome(known) && announcement.sequence <= known.value) return E.left('stale');
  if (announcement.expiresAt <= context.nowSeconds) return E.left('expired');
  if (announcement.expiresAt > context.nowSeconds + ANNOUNCEMENT_SECONDS_MAX) return E.left('expires-too-late');
  const key = context.consensusKey(announcement.validator);
  if (O.isNone(key)) return E.left('unknown-validator');
  return E.right({
    ...key.value,
    domain: ANNOUNCEMENT_DOMAIN,
    message: announcementSignBytes(announcement),
    signature,
  });
};

/** The canonical bytes a validator signs. */
export const announcementSignBytes = (announcement: Announcement): Uint8Array =>
  encode(announcementCodec)(announcement);

/** A sequence above every earlier one without a file to remember it: the clock, or one more than the last. */
export const nextSequence = (last: bigint, nowMs: bigint): bigint => maxBigint(last + 1n, nowMs);

/** The peer an announcement names; its codec has checked the form. */
export const announcedPeerOf = (announcement: Announcement): PeerId => {
  const read = peerId(announcement.peerId);
  if (E.isLeft(read)) throw new Error(`announcement.peerId: ${read.left}`);
  return read.right;
};
