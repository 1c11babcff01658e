import { rawMlDsa, schemeOf, type MessageForm } from '@zhtp/crypto';
import { bytesToHex, type SignatureAlgorithm } from '@zhtp/types';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { failed, notUnderstood, passed, verdictOf, type CaseReport, type Outcome } from './case-outcome.ts';
import {
  bytesDiffer,
  NO_HEDGE,
  parameterSet,
  publicKeysDiffer,
  verdictDiffers,
  verdictsDiffer,
} from './mldsa-back-ends.ts';
import { bytes, closed, count, hasKeys, isList, isObject, oneOf, prose, read, shaped, someIn } from './shape.ts';
import { runList, unknownKeys, unreadable, type VectorFormat } from './vector-format.ts';

const result = oneOf('valid', 'invalid');
const flags = t.array(t.string);

const verifyCase = closed({ tcId: count, msg: bytes, sig: bytes, result, flags }, { comment: prose, ctx: bytes });

const signCase = closed(
  { tcId: count, sig: bytes, result, flags },
  { comment: prose, msg: bytes, mu: bytes, ctx: bytes, rnd: bytes },
);
type SignCase = t.TypeOf<typeof signCase>;

const verifyGroup = closed(
  { type: oneOf('MlDsaVerify'), publicKey: bytes, tests: prose },
  { source: prose, publicKeyDer: t.string },
);
const seedGroup = closed(
  { type: oneOf('MlDsaSign'), privateSeed: bytes, publicKey: t.union([bytes, t.null]), tests: prose },
  { source: prose, privateKeyPkcs8: t.string },
);
const keyGroup = closed(
  { type: oneOf('MlDsaSign'), privateKey: bytes, publicKey: t.union([bytes, t.null]), tests: prose },
  { source: prose, privateKeyPkcs8: t.string },
);
const anyGroup = shaped('a group of ML-DSA tests', [verifyGroup, seedGroup, keyGroup]);
type Group = t.TypeOf<typeof anyGroup>;

const EMPTY = new Uint8Array(0);

interface SigningInput {
  readonly message: Uint8Array;
  readonly form: MessageForm;
}

/** The interfaces through which a case can be signed: with its message, with its µ, or both alike. */
const inputsOf = ({ msg, mu, ctx = EMPTY }: SignCase): readonly SigningInput[] => [
  ...(msg === undefined ? [] : [{ message: msg, form: { _tag: 'External', context: ctx } } as const]),
  ...(mu === undefined ? [] : [{ message: mu, form: { _tag: 'ExternalMu' } } as const]),
];

/** The secret key of a group in its expanded form; `undefined` for a seed of a wrong length. */
const secretKeyOf = (
  algorithm: SignatureAlgorithm,
  group: t.TypeOf<typeof seedGroup> | t.TypeOf<typeof keyGroup>,
): Uint8Array | undefined => {
  if ('privateKey' in group) return group.privateKey;
  const { privateSeed } = group;
  return privateSeed.length === schemeOf(algorithm).seedBytes
    ? rawMlDsa.keygen(algorithm, privateSeed).expandedSecretKey
    : undefined;
};

/** Whether what was signed also verifies under the group's public key, by every back end that can say. */
const signatureStands = (
  algorithm: SignatureAlgorithm,
  publicKey: Uint8Array,
  { message, form }: SigningInput,
  signature: Uint8Array,
): string | undefined =>
  form._tag === 'External'
    ? verdictsDiffer({ algorithm, publicKey, message, context: form.context, signature }, true)
    : verdictDiffers(
        'verification of µ by noble',
        rawMlDsa.verify({ algorithm, publicKey, message, form, signature }),
        true,
      );

const runSigning = (
  algorithm: SignatureAlgorithm,
  group: t.TypeOf<typeof seedGroup> | t.TypeOf<typeof keyGroup>,
  entry: SignCase,
): Outcome => {
  const inputs = inputsOf(entry);
  if (inputs.length === 0) return notUnderstood('neither msg nor mu is given');
  if (entry.flags.includes('Internal') && entry.msg !== undefined)
    return notUnderstood('flagged Internal, which gives mu alone, but msg is there');
  const expandedSecretKey = secretKeyOf(algorithm, group);
  const keyDiffers =
    'privateSeed' in group && expandedSecretKey !== undefined && group.publicKey !== null
      ? publicKeysDiffer(algorithm, group.privateSeed, group.publicKey)
      : undefined;
  if (keyDiffers !== undefined) return failed(keyDiffers);
  for (const input of inputs) {
    const signed =
      expandedSecretKey === undefined
        ? E.left('seed of a wrong length')
        : rawMlDsa.sign({ algorithm, expandedSecretKey, ...input, hedge: entry.rnd ?? NO_HEDGE });
    const through = input.form._tag === 'External' ? 'the message' : 'µ';
    if (E.isLeft(signed)) {
      if (entry.result === 'valid') return failed(`signing ${through} was refused: ${signed.left}`);
      continue;
    }
    if (entry.result === 'invalid') return failed(`signing ${through} must be refused, and was not`);
    const wrong =
      bytesDiffer(`signature of ${through}`, signed.right, entry.sig) ??
      (group.publicKey === null ? undefined : signatureStands(algorithm, group.publicKey, input, signed.right));
    if (wrong !== undefined) return failed(wrong);
  }
  return passed;
};

/** The same key in DER or PKCS #8, which nothing here reads, must at least contain it. Left empty for broken keys. */
const holdsAnotherKey = (group: Group): string | undefined => {
  const [field, encoded, key] =
    group.type === 'MlDsaVerify'
      ? ['publicKeyDer', group.publicKeyDer, group.publicKey]
      : ['privateKeyPkcs8', group.privateKeyPkcs8, 'privateSeed' in group ? group.privateSeed : group.privateKey];
  if (encoded === undefined || encoded === '') return undefined;
  return encoded.toLowerCase().includes(bytesToHex(key)) ? undefined : `${field} does not contain the key of its group`;
};

const runGroup = (algorithm: SignatureAlgorithm, group: Group, section: string): readonly CaseReport[] =>
  group.type === 'MlDsaVerify'
    ? runList(
        section,
        group.tests,
        verifyCase,
        ({ msg: message, ctx: context = EMPTY, sig: signature, result: verdict }) =>
          verdictOf(
            verdictsDiffer({ algorithm, publicKey: group.publicKey, message, context, signature }, verdict === 'valid'),
          ),
      )
    : runList(section, group.tests, signCase, (entry) => runSigning(algorithm, group, entry));

const KNOWN_KEYS = ['algorithm', 'testGroups', 'header', 'notes', 'numberOfTests', 'schema', 'generatorVersion'];

/** ML-DSA in the format of Wycheproof: verification, signing from a seed and from an expanded key. */
export const wycheproof: VectorFormat = {
  name: 'ML-DSA, Wycheproof',
  recognises: (document) =>
    hasKeys(document, 'algorithm', 'testGroups') &&
    someIn(
      document,
      'testGroups',
      (group) => hasKeys(group, 'type', 'tests') && String(group['type']).startsWith('MlDsa'),
    ),
  run: (document) => {
    if (!isObject(document)) return [unreadable('-', 'the document is not an object')];
    const algorithm = read(parameterSet, document['algorithm']);
    if (E.isLeft(algorithm)) return [unreadable('algorithm', `algorithm ${algorithm.left}`)];
    const groups = document['testGroups'];
    if (!isList(groups) || groups.length === 0) return [unreadable('testGroups', 'testGroups is an empty list')];
    return [
      ...groups.flatMap((element, index) => {
        const section = `testGroups.${String(index)}`;
        const group = read(anyGroup, element);
        if (E.isLeft(group)) return [unreadable(section, group.left)];
        const problem = holdsAnotherKey(group.right);
        return problem === undefined ? runGroup(algorithm.right, group.right, section) : [unreadable(section, problem)];
      }),
      ...unknownKeys(document, KNOWN_KEYS),
    ];
  },
};
