import { bytesToHex } from '@zhtp/types';
import { describeVectors } from '@zhtp/testing';
import { rawMlDsa, schemeOf, SIGNATURE_ALGORITHMS, type MessageForm } from '@zhtp/crypto';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { fromHex } from '../hex.ts';
import { nobleAndRuntime } from './back-ends.ts';

const TIMEOUT_MS = 300_000;

interface Case {
  readonly tcId: number;
  readonly msg?: string;
  readonly mu?: string;
  readonly ctx?: string;
  readonly rnd?: string;
  readonly sig: string;
  readonly result: 'valid' | 'invalid';
  readonly flags: readonly string[];
}

interface File<Group> {
  readonly numberOfTests: number;
  readonly testGroups: readonly (Group & { readonly tests: readonly Case[] })[];
}

/** Flag `Internal`: only µ is given, no message. */
const inputOf = ({ msg, mu = '', ctx = '' }: Case): { readonly message: Uint8Array; readonly form: MessageForm } =>
  msg === undefined
    ? { message: fromHex(mu), form: { _tag: 'ExternalMu' } }
    : { message: fromHex(msg), form: { _tag: 'External', context: fromHex(ctx) } };

const hedgeOf = ({ rnd }: Case): Uint8Array => (rnd === undefined ? new Uint8Array(32) : fromHex(rnd));

const casesOf = <Group>({ testGroups }: File<Group>): readonly (readonly [Group, Case])[] =>
  testGroups.flatMap((group) => group.tests.map((entry): readonly [Group, Case] => [group, entry]));

const numbersOf = (cases: readonly (readonly [unknown, Case])[]): readonly number[] =>
  cases.map(([, { tcId }]) => tcId);

describe.each(SIGNATURE_ALGORITHMS)('Wycheproof %s', (algorithm) => {
  const name = `mldsa/wycheproof_mldsa_${algorithm.slice(-2)}`;

  describeVectors<File<{ publicKey: string }>>('verification', `${name}_verify_test.json.gz`, (file) => {
    test.each(nobleAndRuntime)('$name gives every verdict', { timeout: TIMEOUT_MS }, (backend) => {
      const cases = casesOf(file);
      const wrong = cases.filter(
        ([{ publicKey }, entry]) =>
          backend.verify({
            algorithm,
            publicKey: fromHex(publicKey),
            message: fromHex(entry.msg ?? ''),
            context: fromHex(entry.ctx ?? ''),
            signature: fromHex(entry.sig),
          }) !== entry.result,
      );
      expect(numbersOf(wrong)).toEqual([]);
      expect(cases.every(([, { msg }]) => msg !== undefined)).toBe(true);
      expect(cases.length).toBeGreaterThanOrEqual(89);
    });
  });

  describeVectors<File<{ privateSeed: string; publicKey: string | null }>>(
    'signing from a seed',
    `${name}_sign_seed_test.json.gz`,
    (file) => {
      test('gives every signature, byte for byte, and refuses every bad key', { timeout: TIMEOUT_MS }, () => {
        const wrong = casesOf(file).filter(([{ privateSeed }, entry]) => {
          const seed = fromHex(privateSeed);
          if (seed.length !== schemeOf(algorithm).seedBytes) return entry.result !== 'invalid';
          const { expandedSecretKey } = rawMlDsa.keygen(algorithm, seed);
          const signed = rawMlDsa.sign({ algorithm, expandedSecretKey, ...inputOf(entry), hedge: hedgeOf(entry) });
          return E.isRight(signed) ? bytesToHex(signed.right) !== entry.sig : entry.result !== 'invalid';
        });
        expect(numbersOf(wrong)).toEqual([]);
      });

      test.each(nobleAndRuntime)(
        '$name derives every public key and throws on every bad seed',
        { timeout: TIMEOUT_MS },
        (backend) => {
          const wrong = file.testGroups.filter(({ privateSeed, publicKey }) => {
            const derived = E.tryCatch(
              () => bytesToHex(backend.keygenFromSeed(algorithm, fromHex(privateSeed))),
              () => null,
            );
            return (E.isRight(derived) ? derived.right : derived.left) !== publicKey;
          });
          expect(wrong).toEqual([]);
        },
      );
    },
  );

  describeVectors<File<{ privateKey: string }>>(
    'signing from an expanded key',
    `${name}_sign_noseed_test.json.gz`,
    (file) => {
      test('gives every signature, byte for byte, and refuses every bad key', { timeout: TIMEOUT_MS }, () => {
        const cases = casesOf(file);
        const outcome = ([{ privateKey }, entry]: readonly [{ privateKey: string }, Case]):
          'valid' | 'invalid' | 'other' => {
          const expandedSecretKey = fromHex(privateKey);
          const signed = rawMlDsa.sign({ algorithm, expandedSecretKey, ...inputOf(entry), hedge: hedgeOf(entry) });
          if (E.isLeft(signed)) return 'invalid';
          return bytesToHex(signed.right) === entry.sig ? 'valid' : 'other';
        };
        expect(numbersOf(cases.filter((entry) => outcome(entry) !== entry[1].result))).toEqual([]);
        expect(cases.some(([, { flags }]) => flags.includes('InvalidPrivateKey'))).toBe(true);
      });
    },
  );
});
