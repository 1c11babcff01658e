import { bytesToHex } from '@zhtp/types';
import {
  decryptKeyFile,
  encryptKeyFile,
  keyPairFromSeed,
  schemeOf,
  SIGNATURE_ALGORITHMS,
  STANDARD_SCRYPT_COST,
  systemRandom,
  type KeyFile,
} from '@zhtp/crypto';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const CHEAP = { n: 2 ** 10, r: 1, p: 1 };
const keyPair = keyPairFromSeed('ML-DSA-44', new Uint8Array(32).fill(6));
const encrypted = (passphrase = 'secret', pair = keyPair): KeyFile =>
  encryptKeyFile({ keyPair: pair, passphrase, kdf: CHEAP, random: systemRandom });
/** As it comes back from a disk. */
const stored = (file: unknown): unknown => JSON.parse(JSON.stringify(file));
const without = (file: KeyFile, field: keyof KeyFile): unknown =>
  Object.fromEntries(Object.entries(file).filter(([key]) => key !== field));

const errorOf = (file: unknown, passphrase = 'secret'): { readonly _tag: string; readonly message: string } => {
  const opened = decryptKeyFile(file, passphrase);
  return E.isLeft(opened) ? opened.left : { _tag: 'Opened', message: '' };
};

describe('a key file', () => {
  test.each(SIGNATURE_ALGORITHMS)('of %s gives the same key pair back', (algorithm) => {
    const pair = keyPairFromSeed(algorithm, new Uint8Array(32).fill(3));
    expect(decryptKeyFile(stored(encrypted('pass', pair)), 'pass')).toEqual(E.right(pair));
  });

  test('opens at the standard cost, which it states', () => {
    const file = encryptKeyFile({ keyPair, passphrase: 'x', random: systemRandom });
    expect(file.kdf).toMatchObject({ ...STANDARD_SCRYPT_COST, name: 'scrypt' });
    expect(decryptKeyFile(file, 'x')).toEqual(E.right(keyPair));
  }, 60_000);

  test('shows no secret: the seed is nowhere in it, and two files of one key share nothing but the key', () => {
    const [one, two] = [encrypted(), encrypted()];
    expect(JSON.stringify(one)).not.toContain(bytesToHex(keyPair.secretKey));
    expect(one.cipher.ciphertext).not.toBe(two.cipher.ciphertext);
    expect(one.kdf.salt).not.toBe(two.kdf.salt);
    expect(one.publicKey).toBe(two.publicKey);
  });

  test.each(['', 'Secret', 'secret ', 'secre'])('does not open with "%s"', (passphrase) => {
    const { _tag, message } = errorOf(encrypted(), passphrase);
    expect(_tag).toBe('WrongPassphrase');
    expect(message).toContain('type it again');
  });

  test('opens whichever way a keyboard composes the same letters, and in any language', () => {
    const file = encrypted('Zürich ½ 鍵 🔑');
    expect(errorOf(file, 'Zu\u0308rich ½ 鍵 🔑')._tag).toBe('Opened');
    expect(errorOf(file, 'Zurich ½ 鍵 🔑')._tag).toBe('WrongPassphrase');
  });

  test('opens under any passphrase it was made with', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (passphrase) => {
        expect(errorOf(encrypted(passphrase), passphrase)._tag).toBe('Opened');
      }),
      { numRuns: 15 },
    );
  });
});

describe('damage', () => {
  test('of any one byte of the text is noticed, and says what to do', () => {
    const text = JSON.stringify(encrypted());
    const outcomes = new Set<string>();
    for (let i = 0; i < text.length; i++) {
      const damaged = text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ 1) + text.slice(i + 1);
      let file: unknown;
      try {
        file = JSON.parse(damaged);
      } catch {
        continue;
      }
      const { _tag, message } = errorOf(file);
      outcomes.add(_tag);
      expect(message).toMatch(/restore|type it again|use the program version/);
    }
    expect([...outcomes].sort()).toEqual(['MalformedKeyFile', 'UnsupportedVersion', 'WrongPassphrase']);
  }, 120_000);

  test('of any bit of the bytes within is noticed', () => {
    const file = encrypted();
    const fields = [
      (hex: string) => ({ ...file, kdf: { ...file.kdf, salt: hex } }),
      (hex: string) => ({ ...file, cipher: { ...file.cipher, nonce: hex } }),
      (hex: string) => ({ ...file, cipher: { ...file.cipher, ciphertext: hex } }),
      (hex: string) => ({ ...file, publicKey: hex }),
    ];
    const values = [file.kdf.salt, file.cipher.nonce, file.cipher.ciphertext, file.publicKey];
    fc.assert(
      fc.property(fc.nat(3), fc.nat(), fc.integer({ min: 1, max: 15 }), (which, where, flip) => {
        const value = values[which] ?? '';
        const i = where % value.length;
        const digit = (Number.parseInt(value.charAt(i), 16) ^ flip).toString(16);
        expect(errorOf(fields[which]?.(value.slice(0, i) + digit + value.slice(i + 1)))._tag).toBe('WrongPassphrase');
      }),
    );
  });

  const change = (edit: (file: KeyFile) => unknown): unknown => edit(encrypted());
  test.each<readonly [string, (file: KeyFile) => unknown, string]>([
    ['no object', () => 'text', 'key file'],
    ['null', () => null, 'key file'],
    ['a list', () => [], 'key file'],
    ['a missing version', (file) => without(file, 'version'), 'version'],
    ['a version that is text', (file) => ({ ...file, version: '1' }), 'version'],
    ['a missing public key', (file) => without(file, 'publicKey'), 'publicKey'],
    [
      'a public key of another scheme',
      (file) => ({ ...file, publicKey: '00'.repeat(schemeOf('ML-DSA-65').publicKeyBytes) }),
      'publicKey',
    ],
    ['another scheme', (file) => ({ ...file, algorithm: 'ML-DSA-65' }), 'publicKey'],
    ['an unknown scheme', (file) => ({ ...file, algorithm: 'RSA' }), 'algorithm'],
    ['an unknown field', (file) => ({ ...file, comment: '' }), 'comment'],
    ['upper-case hex', (file) => ({ ...file, kdf: { ...file.kdf, salt: 'AB'.repeat(32) } }), 'kdf.salt'],
    ['a short salt', (file) => ({ ...file, kdf: { ...file.kdf, salt: '00' } }), 'kdf.salt'],
    ['a long nonce', (file) => ({ ...file, cipher: { ...file.cipher, nonce: '00'.repeat(25) } }), 'cipher.nonce'],
    ['an empty ciphertext', (file) => ({ ...file, cipher: { ...file.cipher, ciphertext: '' } }), 'cipher.ciphertext'],
    ['another key derivation', (file) => ({ ...file, kdf: { ...file.kdf, name: 'md5' } }), 'kdf.name'],
    ['another cipher', (file) => ({ ...file, cipher: { ...file.cipher, name: 'none' } }), 'cipher.name'],
  ])('such as %s is named', (_what, edit, field) => {
    const { _tag, message } = errorOf(change(edit));
    expect(_tag).toBe('MalformedKeyFile');
    expect(message).toContain(field);
  });

  test.each([0, 2, 255])('a file of version %i is refused by number', (version) => {
    expect(errorOf({ ...encrypted(), version })).toMatchObject({ _tag: 'UnsupportedVersion', version });
  });

  test('nothing at all opens by accident', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (file) => {
        expect(errorOf(file)._tag).not.toBe('Opened');
      }),
    );
  });
});

describe('the cost of guessing', () => {
  const withCost = (cost: object): unknown => {
    const file = encrypted();
    return { ...file, kdf: { ...file.kdf, ...cost } };
  };
  test.each<readonly [object, string]>([
    [{ n: 512 }, 'kdf.n'],
    [{ n: 1025 }, 'kdf.n'],
    [{ n: 2 ** 21 }, 'kdf.n'],
    [{ n: 2 ** 32 }, 'kdf.n'],
    [{ n: 1024.5 }, 'kdf.n'],
    [{ n: '1024' }, 'kdf.n'],
    [{ r: 0 }, 'kdf.r'],
    [{ r: 33 }, 'kdf.r'],
    [{ p: 0 }, 'kdf.p'],
    [{ p: 5 }, 'kdf.p'],
    [{ n: 2 ** 20, r: 8 }, 'of memory'],
    [{ n: 2 ** 17, r: 32 }, 'of memory'],
  ])('is bounded: %j is refused before any work', (cost, field) => {
    const { _tag, message } = errorOf(withCost(cost));
    expect(_tag).toBe('MalformedKeyFile');
    expect(message).toContain(field);
  });

  test('above the bounds makes no file either', () => {
    expect(() =>
      encryptKeyFile({ keyPair, passphrase: '', kdf: { n: 512, r: 8, p: 1 }, random: systemRandom }),
    ).toThrow('kdf.n');
  });
});

test('a file that could not be opened again is never made', () => {
  const other = keyPairFromSeed('ML-DSA-44', new Uint8Array(32).fill(7));
  expect(() => encrypted('x', { ...keyPair, secretKey: other.secretKey })).toThrow('not the one of its secret key');
  expect(() => encryptKeyFile({ keyPair, passphrase: 'x', kdf: CHEAP, random: () => new Uint8Array(3) })).toThrow(
    'nonce',
  );
});
