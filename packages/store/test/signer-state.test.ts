import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signerStateCodec, type SignerState } from '@zhtp/store';
import {
  bytes,
  bytesToHex,
  decode,
  encode,
  hashCodec,
  literals,
  option,
  SIGNATURE_BYTES_MAX,
  struct,
  u32,
  u64,
} from '@zhtp/types';
import { hashOf } from './signer-support.ts';

/** The format on disk, told by the general codecs alone. */
const declared = struct('SignerState', {
  last: option(
    struct('SignedSlot', {
      slot: struct('Slot', {
        height: u64,
        round: u32,
        step: literals('Step', { Proposal: 1, PreVote: 2, PreCommit: 3 }),
      }),
      contentHash: hashCodec,
      signature: bytes(SIGNATURE_BYTES_MAX),
    }),
  ),
  lock: option(struct('PreCommitted', { height: u64, round: u32, proposalId: hashCodec })),
  attestation: option(
    struct('SignedAttestation', { height: u64, contentHash: hashCodec, signature: bytes(SIGNATURE_BYTES_MAX) }),
  ),
});

const height = fc.oneof(fc.constantFrom(0n, 2n ** 64n - 1n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const round = fc.oneof(fc.constantFrom(0, 2 ** 32 - 1), fc.nat(2 ** 31));
const hash = fc.string().map(hashOf);
const signature = fc.oneof(
  fc.uint8Array({ maxLength: 70 }),
  fc.constantFrom(3_309, SIGNATURE_BYTES_MAX).map((length) => new Uint8Array(length).fill(9)),
);
const maybe = <A>(value: fc.Arbitrary<A>): fc.Arbitrary<O.Option<A>> => fc.option(value).map(O.fromNullable);

const states: fc.Arbitrary<SignerState> = fc.record({
  last: maybe(
    fc.record({
      slot: fc.record({
        height,
        round,
        step: fc.constantFrom('Proposal' as const, 'PreVote' as const, 'PreCommit' as const),
      }),
      contentHash: hash,
      signature,
    }),
  ),
  lock: maybe(fc.record({ height, round, proposalId: hash })),
  attestation: maybe(fc.record({ height, contentHash: hash, signature })),
});

const write = encode(signerStateCodec);

describe("a signer's state on disk", () => {
  test('is what its declaration says, byte for byte, and comes back', () => {
    fc.assert(
      fc.property(states, (state) => {
        const written = write(state);
        expect(bytesToHex(written)).toBe(bytesToHex(encode(declared)(state)));
        expect(decode(signerStateCodec)(written)).toEqual(E.right(state));
      }),
    );
  });

  const last = (of: { readonly height?: bigint; readonly round?: number; readonly bytes?: number }): SignerState => ({
    last: O.some({
      slot: { height: of.height ?? 1n, round: of.round ?? 0, step: 'PreVote' },
      contentHash: hashOf('content'),
      signature: new Uint8Array(of.bytes ?? 1),
    }),
    lock: O.none,
    attestation: O.none,
  });

  test.each([
    ['a height below 0', last({ height: -1n })],
    ['a height of 2⁶⁴', last({ height: 2n ** 64n })],
    ['a round below 0', last({ round: -1 })],
    ['a round of 2³²', last({ round: 2 ** 32 })],
    ['a round between two numbers', last({ round: 0.5 })],
    ['a signature one byte too long', last({ bytes: SIGNATURE_BYTES_MAX + 1 })],
    ['a hash that is none', { ...last({}), lock: O.some({ height: 1n, round: 0, proposalId: '00' as never }) }],
    ['a lock of height 2⁶⁴', { ...last({}), lock: O.some({ height: 2n ** 64n, round: 0, proposalId: hashOf('X') }) }],
    [
      'an attestation of height 2⁶⁴',
      {
        ...last({}),
        attestation: O.some({ height: 2n ** 64n, contentHash: hashOf('X'), signature: new Uint8Array() }),
      },
    ],
  ])('%s is never written', (_what, state: SignerState) => {
    expect(() => write(state)).toThrow(/SignerState/);
  });
});
