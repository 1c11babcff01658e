import { bytesToHex } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { expect, test } from 'vitest';
import {
  DEVELOPMENT_SCRYPT_COST,
  encryptKeyFile,
  identityOf,
  keyPairFromSeed,
  publicPartOfKeyFile,
  systemRandom,
} from '@zhtp/crypto';

const PAIR = keyPairFromSeed('ML-DSA-44', new Uint8Array(32).fill(7));
const FILE = encryptKeyFile({ keyPair: PAIR, passphrase: 'x', random: systemRandom, kdf: DEVELOPMENT_SCRYPT_COST });

test('a key file shows its key and the account it founds without a passphrase', () => {
  const shown = publicPartOfKeyFile(JSON.parse(JSON.stringify(FILE)));
  expect(shown).toEqual(
    E.right({ algorithm: 'ML-DSA-44', publicKey: PAIR.publicKey, identity: identityOf('ML-DSA-44', PAIR.publicKey) }),
  );
});

test('of a later version too: keys are known by their files whatever program wrote them', () => {
  expect(E.isRight(publicPartOfKeyFile({ ...FILE, version: 2, more: true }))).toBe(true);
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'key'],
  ['a list', [FILE]],
  ['no algorithm', { publicKey: FILE.publicKey }],
  ['an unknown algorithm', { ...FILE, algorithm: 'ML-DSA-99' }],
  ['another algorithm than the key is of', { ...FILE, algorithm: 'ML-DSA-65' }],
  ['no key', { algorithm: FILE.algorithm }],
  ['a key that is no text', { ...FILE, publicKey: 7 }],
  ['a key that is no hex', { ...FILE, publicKey: `zz${FILE.publicKey.slice(2)}` }],
  ['a key a byte short', { ...FILE, publicKey: bytesToHex(PAIR.publicKey.slice(1)) }],
  ['a key a byte long', { ...FILE, publicKey: `${FILE.publicKey}00` }],
])('%s is no key file', (_name, json) => {
  expect(publicPartOfKeyFile(json)).toMatchObject({ left: { _tag: 'MalformedKeyFile' } });
});
