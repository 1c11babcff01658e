import { bytesToHex, type SignatureAlgorithm } from '@zhtp/types';
import { describeVectors } from '@zhtp/testing';
import { rawMlDsa, type MessageForm } from '@zhtp/crypto';
import { either as E } from 'fp-ts';
import { expect, test } from 'vitest';
import { fromHex } from '../hex.ts';
import { nobleAndRuntime } from './back-ends.ts';

const TIMEOUT_MS = 300_000;

interface Groups<Group, Case> {
  readonly testGroups: readonly (Group & {
    readonly parameterSet: SignatureAlgorithm;
    readonly tests: readonly Case[];
  })[];
}

interface KeygenCase {
  readonly tcId: number;
  readonly seed: string;
  readonly pk: string;
  readonly sk: string;
}

interface Interface {
  readonly signatureInterface: 'external' | 'internal';
  readonly externalMu?: boolean;
}

interface MessageCase {
  readonly tcId: number;
  readonly message?: string;
  readonly mu?: string;
  readonly context?: string;
  readonly signature: string;
}

interface SiggenCase extends MessageCase {
  readonly sk: string;
  readonly rnd?: string;
}

interface SigverCase extends MessageCase {
  readonly pk: string;
  readonly testPassed: boolean;
}

const formOf = (group: Interface, { context = '' }: MessageCase): MessageForm =>
  group.signatureInterface === 'external'
    ? { _tag: 'External', context: fromHex(context) }
    : { _tag: group.externalMu === true ? 'ExternalMu' : 'Internal' };

const messageOf = ({ message, mu = '' }: MessageCase): Uint8Array => fromHex(message ?? mu);

describeVectors<Groups<object, KeygenCase>>(
  'ACVP key generation',
  'mldsa/acvp_mldsa_keygen.json.gz',
  ({ testGroups }) => {
    test.each(testGroups)(
      '$parameterSet: every seed gives its keys',
      { timeout: TIMEOUT_MS },
      ({ parameterSet, tests }) => {
        const wrong = tests.filter(({ seed, pk, sk }) => {
          const keys = rawMlDsa.keygen(parameterSet, fromHex(seed));
          return (
            bytesToHex(keys.publicKey) !== pk.toLowerCase() || bytesToHex(keys.expandedSecretKey) !== sk.toLowerCase()
          );
        });
        expect(wrong).toEqual([]);
        expect(tests.length).toBeGreaterThanOrEqual(12);
      },
    );

    test.each(nobleAndRuntime)('$name: every seed gives its public key', { timeout: TIMEOUT_MS }, (backend) => {
      const wrong = testGroups.flatMap(({ parameterSet, tests }) =>
        tests.filter(
          ({ seed, pk }) => bytesToHex(backend.keygenFromSeed(parameterSet, fromHex(seed))) !== pk.toLowerCase(),
        ),
      );
      expect(wrong).toEqual([]);
    });
  },
);

describeVectors<Groups<Interface, SiggenCase>>('ACVP signing', 'mldsa/acvp_mldsa_siggen.json.gz', ({ testGroups }) => {
  const groups = testGroups.map((group) => ({ ...group, form: group.externalMu === true ? 'µ' : 'message' }));
  test.each(groups)(
    '$parameterSet $signatureInterface $form: every signature, byte for byte',
    { timeout: TIMEOUT_MS },
    (group) => {
      const wrong = group.tests.filter((entry) => {
        const signature = rawMlDsa.sign({
          algorithm: group.parameterSet,
          expandedSecretKey: fromHex(entry.sk),
          message: messageOf(entry),
          form: formOf(group, entry),
          hedge: entry.rnd === undefined ? new Uint8Array(32) : fromHex(entry.rnd),
        });
        return !(E.isRight(signature) && bytesToHex(signature.right) === entry.signature.toLowerCase());
      });
      expect(wrong.map(({ tcId }) => tcId)).toEqual([]);
      expect(group.tests.length).toBeGreaterThan(0);
    },
  );
});

describeVectors<Groups<Interface, SigverCase>>(
  'ACVP verification',
  'mldsa/acvp_mldsa_sigver.json.gz',
  ({ testGroups }) => {
    test('every verdict, through every interface', { timeout: TIMEOUT_MS }, () => {
      const wrong = testGroups.flatMap((group) =>
        group.tests.filter(
          (entry) =>
            rawMlDsa.verify({
              algorithm: group.parameterSet,
              publicKey: fromHex(entry.pk),
              message: messageOf(entry),
              form: formOf(group, entry),
              signature: fromHex(entry.signature),
            }) !== (entry.testPassed ? 'valid' : 'invalid'),
        ),
      );
      expect(wrong.map(({ tcId }) => tcId)).toEqual([]);
      expect(testGroups.flatMap(({ tests }) => tests)).toHaveLength(70);
    });

    test.each(nobleAndRuntime)(
      '$name: every verdict of the pure external interface',
      { timeout: TIMEOUT_MS },
      (backend) => {
        const external = testGroups.filter((group) => group.signatureInterface === 'external');
        const wrong = external.flatMap(({ parameterSet: algorithm, tests }) =>
          tests.filter(
            (entry) =>
              backend.verify({
                algorithm,
                publicKey: fromHex(entry.pk),
                message: messageOf(entry),
                context: fromHex(entry.context ?? ''),
                signature: fromHex(entry.signature),
              }) !== (entry.testPassed ? 'valid' : 'invalid'),
          ),
        );
        expect(wrong.map(({ tcId }) => tcId)).toEqual([]);
        expect(external.flatMap(({ tests }) => tests)).toHaveLength(23);
      },
    );
  },
);
