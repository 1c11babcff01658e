import { option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import { generateKeyPair, signMessage, verifyMessage } from '@zhtp/crypto';
import {
  ANNOUNCEMENT_BYTES_MAX,
  ANNOUNCEMENT_DOMAIN,
  ANNOUNCEMENT_SECONDS_MAX,
  announcementSignBytes,
  judgeAnnouncement,
  nextSequence,
  signedAnnouncementCodec,
  type Announcement,
  type AnnouncementContext,
} from '@zhtp/network';
import { decode, encode, hashToBytes } from '@zhtp/types';
import { GENESIS, identity, OTHER_GENESIS } from './libp2p-fixture.ts';

const validator = identity(1);
const NOW = 1_800_000_000n;
const announcement: Announcement = {
  genesisHash: GENESIS,
  validator,
  peerId: '12D3KooWGRUadhGmSyw2VXyWvCkRBkNRQJ5mCdjuDtJQTPaAdJwX',
  addresses: ['/ip4/10.0.0.7/tcp/26656'],
  sequence: 5n,
  expiresAt: NOW + 60n,
};
const context: AnnouncementContext = {
  genesisHash: GENESIS,
  nowSeconds: NOW,
  consensusKey: (id) => (id === validator ? O.some({ algorithm: 'ML-DSA-65', publicKey: Uint8Array.of(1) }) : O.none),
  knownSequence: () => O.none,
};
const judged = (changed: Partial<Announcement>, known: O.Option<bigint> = O.none) => {
  const verdict = judgeAnnouncement(
    { ...context, knownSequence: () => known },
    { announcement: { ...announcement, ...changed }, signature: Uint8Array.of(1) },
  );
  return verdict._tag === 'Left' ? verdict.left : 'check';
};

test('a sound announcement comes down to one signature check over bytes that start with the genesis hash', () => {
  const verdict = judgeAnnouncement(context, { announcement, signature: Uint8Array.of(9) });
  expect(verdict).toMatchObject({ right: { domain: 'zhtp/announcement/v1', signature: Uint8Array.of(9) } });
  expect(announcementSignBytes(announcement).slice(0, 32)).toEqual(hashToBytes(GENESIS));
});

test('another chain, an unknown validator, a past and a far expiry are refused before any signature', () => {
  expect(judged({ genesisHash: OTHER_GENESIS })).toBe('other-genesis');
  expect(judged({ validator: identity(2) })).toBe('unknown-validator');
  expect(judged({ expiresAt: NOW })).toBe('expired');
  expect(judged({ expiresAt: NOW + 1n })).toBe('check');
  expect(judged({ expiresAt: NOW + ANNOUNCEMENT_SECONDS_MAX })).toBe('check');
  expect(judged({ expiresAt: NOW + ANNOUNCEMENT_SECONDS_MAX + 1n })).toBe('expires-too-late');
});

test('a replay is stale; a validator moves to another peer with a higher sequence only', () => {
  const moved = { peerId: '12D3KooWMoved' };
  expect(judged({}, O.some(5n))).toBe('stale');
  expect(judged(moved, O.some(5n))).toBe('stale');
  expect(judged({ ...moved, sequence: 6n }, O.some(5n))).toBe('check');
});

test('sequences rise over restarts and over a clock that went back', () => {
  expect(nextSequence(0n, 1_700n)).toBe(1_700n);
  expect(nextSequence(1_700n, 1_000n)).toBe(1_701n);
  expect(nextSequence(1_700n, 1_700n)).toBe(1_701n);
});

test('a consensus key signs it for this purpose and no other', () => {
  const keys = generateKeyPair('ML-DSA-65');
  const message = announcementSignBytes(announcement);
  const signature = signMessage(keys, ANNOUNCEMENT_DOMAIN, message);
  expect(verifyMessage('ML-DSA-65', keys.publicKey, ANNOUNCEMENT_DOMAIN, message, signature)).toBe('valid');
  expect(verifyMessage('ML-DSA-65', keys.publicKey, 'zhtp/vote/v1', message, signature)).toBe('invalid');
  const elsewhere = announcementSignBytes({ ...announcement, peerId: '12D3KooWElsewhere' });
  expect(verifyMessage('ML-DSA-65', keys.publicKey, ANNOUNCEMENT_DOMAIN, elsewhere, signature)).toBe('invalid');
});

test('the encoding is one of a kind and fits its frame', () => {
  const signed = { announcement, signature: new Uint8Array(4_627) };
  const bytes = encode(signedAnnouncementCodec)(signed);
  expect(decode(signedAnnouncementCodec)(bytes)).toEqual({ _tag: 'Right', right: signed });
  expect(decode(signedAnnouncementCodec)(Uint8Array.of(...bytes, 0))._tag).toBe('Left');
  const largest = {
    announcement: {
      ...announcement,
      peerId: 'p'.repeat(128),
      addresses: Array.from({ length: 8 }, () => 'a'.repeat(256)),
    },
    signature: new Uint8Array(8_192),
  };
  expect(encode(signedAnnouncementCodec)(largest).length).toBeLessThan(ANNOUNCEMENT_BYTES_MAX);
});

test('a peer id with a space or a line break in it is refused', () => {
  const bytes = encode(signedAnnouncementCodec)({ announcement, signature: Uint8Array.of(1) });
  const at = 32 + 32 + 4;
  for (const byte of [0x20, 0x0a, 0x7f]) {
    const hostile = bytes.slice();
    hostile[at] = byte;
    expect(decode(signedAnnouncementCodec)(hostile)._tag).toBe('Left');
  }
});
