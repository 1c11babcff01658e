import { encodeUtf8 } from '@zhtp/types';
import { rawMlDsa, signMessage, keyPairFromSeed, type MessageForm } from '@zhtp/crypto';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';

const algorithm = 'ML-DSA-44';
const SEED = new Uint8Array(32).fill(2);
const { publicKey, expandedSecretKey } = rawMlDsa.keygen(algorithm, SEED);
const HEDGE = new Uint8Array(32);
const request = { algorithm, expandedSecretKey, message: new Uint8Array(64), hedge: HEDGE } as const;

const forms: readonly MessageForm[] = [
  { _tag: 'External', context: new Uint8Array(255) },
  { _tag: 'Internal' },
  { _tag: 'ExternalMu' },
];

describe('the raw layer', () => {
  test('accepts a signature through the interface that made it, and no other', () => {
    for (const made of forms) {
      const signature = E.getOrElseW((fault: string) => {
        throw new Error(fault);
      })(rawMlDsa.sign({ ...request, form: made }));
      const accepting = forms.filter(
        (form) => rawMlDsa.verify({ algorithm, publicKey, message: request.message, form, signature }) === 'valid',
      );
      expect(accepting).toEqual([made]);
    }
  });

  test('with a domain as the context is what signMessage does', () => {
    const message = encodeUtf8('same');
    const form: MessageForm = { _tag: 'External', context: encodeUtf8('zhtp/vote/v1') };
    const signature = signMessage(keyPairFromSeed(algorithm, SEED), 'zhtp/vote/v1', message, { deterministic: true });
    expect(rawMlDsa.sign({ ...request, message, form })).toEqual(E.right(signature));
  });

  test.each<readonly [string, Partial<Parameters<typeof rawMlDsa.sign>[0]>, string]>([
    ['a long context', { form: { _tag: 'External', context: new Uint8Array(256) } }, 'context'],
    ['a short µ', { form: { _tag: 'ExternalMu' }, message: new Uint8Array(63) }, 'µ'],
    ['a short secret key', { expandedSecretKey: expandedSecretKey.subarray(1) }, 'secret key'],
    [
      'a secret key out of range',
      { expandedSecretKey: new Uint8Array(expandedSecretKey.length).fill(0xff) },
      'secret key',
    ],
    ['a short hedge', { hedge: new Uint8Array(31) }, 'hedge'],
  ])('says what is wrong with %s', (_what, change, field) => {
    const signed = rawMlDsa.sign({ ...request, form: { _tag: 'Internal' }, ...change });
    expect(E.isLeft(signed) && signed.left.startsWith(field)).toBe(true);
  });

  test('finds malformed checks invalid', () => {
    const check = { algorithm, publicKey, message: new Uint8Array(63), signature: new Uint8Array(2420) } as const;
    expect(rawMlDsa.verify({ ...check, form: { _tag: 'ExternalMu' } })).toBe('invalid');
    expect(rawMlDsa.verify({ ...check, form: { _tag: 'External', context: new Uint8Array(256) } })).toBe('invalid');
    expect(rawMlDsa.verify({ ...check, form: { _tag: 'Internal' }, publicKey: new Uint8Array(0) })).toBe('invalid');
  });
});
