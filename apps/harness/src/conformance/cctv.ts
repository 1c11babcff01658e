import { shake128 } from '@noble/hashes/sha3.js';
import { SIGNATURE_ALGORITHMS } from '@zhtp/crypto';
import { encodeUtf8, type SignatureAlgorithm } from '@zhtp/types';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { failed, notUnderstood, verdictOf, type CaseReport, type Outcome } from './case-outcome.ts';
import { declared } from './declarations.ts';
import { bytesDiffer, noble, parameterSet, verdictsDiffer } from './mldsa-back-ends.ts';
import { bytes, closed, count, hasKeys, isList, isObject, prose, read } from './shape.ts';
import { runCase, runList, unreadable, type VectorFormat } from './vector-format.ts';

const EMPTY = new Uint8Array(0);
const SEED_BYTES = 32;
const HASH_BYTES = 32;
/** A minute or two for each parameter set. */
const ITERATIONS_MAX = 10_000;

const ACCUMULATED = 'ML-DSA, CCTV accumulated';

/** One hash over as many key generations and deterministic signatures, each verified by every back end. */
const accumulate = (algorithm: SignatureAlgorithm, iterations: number, expected: Uint8Array): Outcome => {
  const seeds = shake128.create({}).update(EMPTY);
  const absorbed = shake128.create({});
  for (let i = 0; i < iterations; i++) {
    const seed = seeds.xof(SEED_BYTES);
    const publicKey = noble.keygenFromSeed(algorithm, seed);
    const signature = noble.sign({ algorithm, seed, message: EMPTY, context: EMPTY, deterministic: true });
    absorbed.update(publicKey).update(signature);
    const wrong = verdictsDiffer({ algorithm, publicKey, message: EMPTY, context: EMPTY, signature }, true);
    if (wrong !== undefined) return failed(`iteration ${String(i + 1)}: ${wrong}`);
  }
  return verdictOf(bytesDiffer('accumulated hash', absorbed.xof(HASH_BYTES), expected));
};

const accumulatedFile = closed(
  { iterations: count, result: t.UnknownRecord },
  { how: prose, fieldOperationsHash: bytes, fieldOperationsNote: prose },
);

const runAccumulated = (document: unknown): readonly CaseReport[] => {
  const file = read(accumulatedFile, document);
  if (E.isLeft(file)) return [unreadable('-', file.left)];
  const { iterations, result, fieldOperationsHash } = file.right;
  const expected = Object.entries(result);
  if (expected.length === 0) return [unreadable('result', 'result is empty')];
  const reports = expected.map(([name, hash]): CaseReport => {
    const [algorithm, wanted] = [read(parameterSet, name), read(bytes, hash)];
    return runCase('result', name, () => {
      if (E.isLeft(algorithm)) return notUnderstood(`${name} ${algorithm.left}`);
      if (E.isLeft(wanted)) return notUnderstood(wanted.left);
      if (iterations < 1 || iterations > ITERATIONS_MAX)
        return notUnderstood(`iterations must be 1 to ${String(ITERATIONS_MAX)}, got ${String(iterations)}`);
      return accumulate(algorithm.right, iterations, wanted.right);
    });
  });
  return fieldOperationsHash === undefined
    ? reports
    : [
        ...reports,
        { section: 'fieldOperationsHash', name: '-', outcome: declared(ACCUMULATED, 'fieldOperationsHash') },
      ];
};

const accumulated: VectorFormat = {
  name: ACCUMULATED,
  recognises: (document) => hasKeys(document, 'iterations', 'result') && isObject(document['result']),
  run: runAccumulated,
};

/** 16 random bytes in base 32, as the generator of these messages writes them. */
const benchmarkMessage = /^[A-Z2-7]{26}$/;
const isBenchmarkMessage = (value: unknown): boolean => typeof value === 'string' && benchmarkMessage.test(value);

/** The parameter set that a path names; all of them where it names none or several. */
const setsNamed = (path: string): readonly SignatureAlgorithm[] => {
  const named = SIGNATURE_ALGORITHMS.filter((algorithm) => path.includes(algorithm));
  return named.length === 1 ? named : SIGNATURE_ALGORITHMS;
};

const ZERO_SEED = new Uint8Array(SEED_BYTES);

/**
 * Messages for a benchmark, whose rejections average out. No library counts rejections, so what is tested is that each
 * is signed (zero seed, deterministic, no context) and verified by every back end.
 */
const benchmarkMessages: VectorFormat = {
  name: 'ML-DSA, CCTV benchmark messages',
  remark: 'passed means signed and verified: the number of rejections, the only expected result, is not observable',
  recognises: (document) => isList(document) && document.some(isBenchmarkMessage),
  run: (document, path) =>
    runList('messages', document, t.string, (text) => {
      if (!isBenchmarkMessage(text)) return notUnderstood(`${text} is not 26 characters of base 32`);
      const message = encodeUtf8(text);
      return verdictOf(
        ...setsNamed(path).map((algorithm) => {
          const publicKey = noble.keygenFromSeed(algorithm, ZERO_SEED);
          const signature = noble.sign({ algorithm, seed: ZERO_SEED, message, context: EMPTY, deterministic: true });
          return verdictsDiffer({ algorithm, publicKey, message, context: EMPTY, signature }, true);
        }),
      );
    }),
};

/** ML-DSA in the formats of C2SP's CCTV. */
export const cctv: readonly VectorFormat[] = [accumulated, benchmarkMessages];
