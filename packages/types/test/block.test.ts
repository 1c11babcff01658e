import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chainParametersCodec,
  commitCertificateCodec,
  encode,
  fromJson,
  hasSigner,
  signerCount,
  toJson,
  VALIDATORS_MAX,
  type CommitCertificate,
} from '@zhtp/types';
import { certificate, genesis } from './golden/values.ts';

const written = (changes: Partial<CommitCertificate>) => () =>
  encode(commitCertificateCodec)({ ...certificate, ...changes });
const bits = (...values: readonly number[]) => Uint8Array.from(values);

describe('a certificate', () => {
  test('has a bitmap exactly as wide as the set', () => {
    expect(written({ setSize: 8 })).toThrow('signers must be 1 bytes for a set of 8, got 2');
    expect(written({ setSize: 17 })).toThrow('signers must be 3 bytes for a set of 17, got 2');
    expect(written({ setSize: 0, signers: bits(), signatures: [] })).not.toThrow();
  });

  test('has no bit beyond the set', () => {
    expect(written({ signers: bits(0b101, 0b10) })).toThrow('signers has a bit set beyond the set');
    expect(written({ signers: bits(0b111, 0) })).not.toThrow();
  });

  test('has one signature for each bit', () => {
    expect(written({ signers: bits(0b1, 0) })).toThrow('1 signers but 3 signatures');
    expect(written({ signatures: [] })).toThrow('3 signers but 0 signatures');
  });

  test('covers at most the largest set', () => {
    const wide = (setSize: number) => written({ setSize, signers: new Uint8Array((setSize + 7) >> 3), signatures: [] });
    expect(wide(VALIDATORS_MAX)).not.toThrow();
    expect(wide(VALIDATORS_MAX + 1)).toThrow('setSize 1001 is over 1000');
  });

  test('bit i of the bitmap is bit i & 7 of byte i >> 3, from the least significant end', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (signed) => {
        const signers = new Uint8Array((signed.length + 7) >> 3);
        for (const [i, yes] of signed.entries()) if (yes) signers[i >> 3] = (signers[i >> 3] ?? 0) + 2 ** (i % 8);
        expect(signed.map((_, i) => hasSigner(signers, i))).toEqual(signed);
        expect(signerCount(signers)).toBe(signed.filter(Boolean).length);
        expect(hasSigner(signers, signers.length * 8)).toBe(false);
      }),
    );
  });
});

describe('chain parameters', () => {
  const json = toJson(chainParametersCodec)(genesis.parameters);
  const read = (changes: object): string => {
    const parameters = fromJson(chainParametersCodec)({ ...(json as object), ...changes });
    return E.isLeft(parameters) ? parameters.left.message : 'accepted';
  };

  test('maxBlockBytes fits a frame', () => {
    for (const ok of [1_024, 6_291_456]) expect(read({ maxBlockBytes: ok })).toBe('accepted');
    for (const wrong of [0, 1_023, 6_291_457]) expect(read({ maxBlockBytes: wrong })).toContain('maxBlockBytes');
  });

  test('a configuration out of range is named', () => {
    const consensus = { ...(json as { readonly consensus: object }).consensus, maxValidators: 3 };
    expect(read({ consensus })).toBe('ChainParameters: consensus: maxValidators is 3, it must be from 4 to 1000');
  });
});
