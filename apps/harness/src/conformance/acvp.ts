import { rawMlDsa, type MessageForm } from '@zhtp/crypto';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { failed, notUnderstood, verdictOf, type CaseReport, type Outcome } from './case-outcome.ts';
import { declared } from './declarations.ts';
import {
  bytesDiffer,
  NO_HEDGE,
  parameterSet,
  publicKeysDiffer,
  verdictDiffers,
  verdictsDiffer,
} from './mldsa-back-ends.ts';
import { bytes, closed, count, hasKeys, isList, isObject, oneOf, prose, read, shaped } from './shape.ts';
import { runList, unknownKeys, unreadable, type VectorFormat } from './vector-format.ts';

const common = { tgId: count, testType: oneOf('AFT'), parameterSet, tests: prose };

/** The three interfaces of FIPS 204: pure with a context (§5.2), M′ (§6), and µ made outside (§6.2). */
const external = { ...common, signatureInterface: oneOf('external'), preHash: oneOf('pure') };
const internal = { ...common, signatureInterface: oneOf('internal'), externalMu: t.literal(false) };
const outsideMu = { ...common, signatureInterface: oneOf('internal'), externalMu: t.literal(true) };
const NOT_HASHED = { preHash: oneOf('none') };
const MU_UNUSED = { externalMu: t.literal(false) };
const hashed = { ...common, signatureInterface: oneOf('external'), preHash: oneOf('preHash') };

const messages = {
  external: { message: bytes, context: bytes },
  internal: { message: bytes },
  mu: { mu: bytes },
};

const formOf = (entry: { readonly context?: Uint8Array; readonly mu?: Uint8Array }): MessageForm =>
  entry.context !== undefined
    ? { _tag: 'External', context: entry.context }
    : { _tag: entry.mu !== undefined ? 'ExternalMu' : 'Internal' };

const EMPTY = new Uint8Array(0);

type GroupRun = (group: unknown, section: string) => readonly CaseReport[];

/** Reads a group by the first shape that fits, then runs its tests. */
const byShape =
  <A>(codec: t.Type<A, unknown, unknown>, run: (group: A, section: string) => readonly CaseReport[]): GroupRun =>
  (element, section) => {
    const group = read(codec, element);
    return E.isLeft(group) ? [unreadable(section, group.left)] : run(group.right, section);
  };

const keyGeneration = byShape(closed(common), ({ parameterSet: algorithm, tests }, section) =>
  runList(section, tests, closed({ tcId: count, seed: bytes, pk: bytes, sk: bytes }), ({ seed, pk, sk }) => {
    const keys = rawMlDsa.keygen(algorithm, seed);
    return verdictOf(
      publicKeysDiffer(algorithm, seed, pk),
      bytesDiffer('public key', keys.publicKey, pk),
      bytesDiffer('secret key', keys.expandedSecretKey, sk),
    );
  }),
);

const HASHED_CASE = { tcId: count, message: bytes, context: bytes, hashAlg: t.string, signature: bytes };

interface SigningCase {
  readonly sk: Uint8Array;
  readonly signature: Uint8Array;
  /** Hedges the signature; absent where it is deterministic. */
  readonly rnd?: Uint8Array;
  readonly message?: Uint8Array;
  readonly context?: Uint8Array;
  readonly mu?: Uint8Array;
}

const signing: GroupRun = (element, section) => {
  const variant = { deterministic: t.boolean };
  const groups = shaped('a group of signatures to generate', [
    closed({ ...external, ...variant }, MU_UNUSED),
    closed({ ...internal, ...variant }, NOT_HASHED),
    closed({ ...outsideMu, ...variant }, NOT_HASHED),
    closed({ ...hashed, ...variant }, MU_UNUSED),
  ]);
  return byShape(groups, (group, at) => {
    const rest = { tcId: count, sk: bytes, signature: bytes };
    const hedge = { rnd: bytes };
    if (group.preHash === 'preHash')
      return runList(at, group.tests, closed({ ...HASHED_CASE, ...rest }, hedge), () => declared(SIGNING, 'preHash'));
    const sign = (entry: SigningCase): Outcome => {
      if (group.deterministic !== (entry.rnd === undefined))
        return notUnderstood(`deterministic is ${String(group.deterministic)}, which contradicts rnd`);
      const signed = rawMlDsa.sign({
        algorithm: group.parameterSet,
        expandedSecretKey: entry.sk,
        message: entry.message ?? entry.mu ?? EMPTY,
        form: formOf(entry),
        hedge: entry.rnd ?? NO_HEDGE,
      });
      return E.isLeft(signed)
        ? failed(signed.left)
        : verdictOf(bytesDiffer('signature', signed.right, entry.signature));
    };
    if (group.signatureInterface === 'external')
      return runList(at, group.tests, closed({ ...rest, ...messages.external }, hedge), sign);
    return group.externalMu
      ? runList(at, group.tests, closed({ ...rest, ...messages.mu }, hedge), sign)
      : runList(at, group.tests, closed({ ...rest, ...messages.internal }, hedge), sign);
  })(element, section);
};

const verificationGroup = shaped('a group of signatures to verify', [
  closed(external, MU_UNUSED),
  closed(internal, NOT_HASHED),
  closed(outsideMu, NOT_HASHED),
  closed(hashed, MU_UNUSED),
]);

const verification = byShape(verificationGroup, (group, section) => {
  const { parameterSet: algorithm, tests } = group;
  const rest = { tcId: count, pk: bytes, signature: bytes, testPassed: t.boolean };
  const reason = { reason: prose };
  if (group.preHash === 'preHash')
    return runList(section, tests, closed({ ...HASHED_CASE, ...rest }, reason), () =>
      declared(VERIFICATION, 'preHash'),
    );
  const raw = (
    form: MessageForm,
    message: Uint8Array,
    {
      pk: publicKey,
      signature,
      testPassed,
    }: { readonly pk: Uint8Array; readonly signature: Uint8Array; readonly testPassed: boolean },
  ): string | undefined =>
    verdictDiffers('raw verification', rawMlDsa.verify({ algorithm, publicKey, message, form, signature }), testPassed);
  if (group.signatureInterface === 'external')
    return runList(section, tests, closed({ ...rest, ...messages.external }, reason), (entry) => {
      const { message, context, pk: publicKey, signature, testPassed } = entry;
      return verdictOf(
        raw({ _tag: 'External', context }, message, entry),
        verdictsDiffer({ algorithm, publicKey, message, context, signature }, testPassed),
      );
    });
  return group.externalMu
    ? runList(section, tests, closed({ ...rest, ...messages.mu }, reason), (entry) =>
        verdictOf(raw({ _tag: 'ExternalMu' }, entry.mu, entry)),
      )
    : runList(section, tests, closed({ ...rest, ...messages.internal }, reason), (entry) =>
        verdictOf(raw({ _tag: 'Internal' }, entry.message, entry)),
      );
});

const KNOWN_KEYS = ['vsId', 'algorithm', 'mode', 'revision', 'isSample', 'testGroups'];

const acvpFormat = (name: string, mode: string, runGroup: GroupRun): VectorFormat => ({
  name,
  recognises: (document) =>
    hasKeys(document, 'algorithm', 'mode', 'testGroups') &&
    document['algorithm'] === 'ML-DSA' &&
    document['mode'] === mode,
  run: (document) => {
    if (!isObject(document)) return [unreadable('-', 'the document is not an object')];
    if (document['revision'] !== 'FIPS204')
      return [unreadable('revision', 'revision must be FIPS204, the standard that is implemented')];
    const groups = document['testGroups'];
    if (!isList(groups) || groups.length === 0) return [unreadable('testGroups', 'testGroups is an empty list')];
    return [
      ...groups.flatMap((group, index) => runGroup(group, `testGroups.${String(index)}`)),
      ...unknownKeys(document, KNOWN_KEYS),
    ];
  },
});

const SIGNING = 'ML-DSA, ACVP signing';
const VERIFICATION = 'ML-DSA, ACVP verification';

/** ML-DSA in the format of NIST's ACVP: keys from seeds, signatures from expanded keys, verdicts. */
export const acvp: readonly VectorFormat[] = [
  acvpFormat('ML-DSA, ACVP key generation', 'keyGen', keyGeneration),
  acvpFormat(SIGNING, 'sigGen', signing),
  acvpFormat(VERIFICATION, 'sigVer', verification),
];
