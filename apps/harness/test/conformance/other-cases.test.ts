import { keyPairFromSeed, rawMlDsa } from '@zhtp/crypto';
import { bytesToHex } from '@zhtp/types';
import { readVector, vectorsFolder } from '@zhtp/testing';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { reportOn, troublesIn } from './support.ts';

// Cases that published files of these formats have, and those at hand have not.

const ALGORITHM = 'ML-DSA-44';
const SEED = new Uint8Array(32).fill(9);
const HEX = bytesToHex(SEED);
const { expandedSecretKey } = rawMlDsa.keygen(ALGORITHM, SEED);
const publicKey = bytesToHex(keyPairFromSeed(ALGORITHM, SEED).publicKey);
const message = Uint8Array.of(1, 2, 3);

const signature = (hedge: Uint8Array): string => {
  const form = { _tag: 'External', context: new Uint8Array(0) } as const;
  const signed = rawMlDsa.sign({ algorithm: ALGORITHM, expandedSecretKey, message, form, hedge });
  return E.isRight(signed) ? bytesToHex(signed.right) : signed.left;
};

describe('ACVP', () => {
  const groupOf = (group: object, entry: object) => ({
    algorithm: 'ML-DSA',
    mode: 'sigGen',
    revision: 'FIPS204',
    testGroups: [
      {
        tgId: 1,
        testType: 'AFT',
        parameterSet: ALGORITHM,
        signatureInterface: 'external',
        deterministic: true,
        preHash: 'pure',
        ...group,
        tests: [{ tcId: 1, message: '010203', context: '', sk: bytesToHex(expandedSecretKey), ...entry }],
      },
    ],
  });
  const made = signature(new Uint8Array(32));

  test('signs whole messages', () => {
    expect(reportOn({ 'a.json': groupOf({}, { signature: made.toUpperCase() }) }).totals.Passed).toBe(1);
  });
  test('declares those hashed before', () => {
    const report = reportOn({ 'a.json': groupOf({ preHash: 'preHash' }, { signature: made, hashAlg: 'SHA2-256' }) });
    expect(report.totals).toEqual({ Passed: 0, Failed: 0, Declared: 1, NotUnderstood: 0 });
  });
  test('hedges only where hedging is said', () => {
    const rnd = bytesToHex(new Uint8Array(32).fill(1));
    const hedged = signature(new Uint8Array(32).fill(1));
    const contradicting = groupOf({}, { signature: hedged, rnd });
    expect(troublesIn(reportOn({ 'a.json': contradicting })).join()).toContain('which contradicts rnd');
    expect(reportOn({ 'a.json': groupOf({ deterministic: false }, { signature: hedged, rnd }) }).totals.Passed).toBe(1);
    expect(reportOn({ 'a.json': groupOf({ deterministic: false }, { signature: hedged }) }).isAccountedFor).toBe(false);
  });
  test.each<readonly [string, object, string]>([
    ['another standard', { ...groupOf({}, { signature: made }), revision: 'Draft' }, 'revision must be FIPS204'],
    ['another parameter set', groupOf({ parameterSet: 'ML-DSA-128' }, { signature: made }), 'parameterSet must be'],
    ['another kind of test', groupOf({ testType: 'MCT' }, { signature: made }), 'testType must be'],
    ['a µ beside a message', groupOf({}, { signature: made, mu: HEX }), 'mu is a key that is not known'],
    ['no group', { ...groupOf({}, {}), testGroups: [] }, 'empty'],
  ])('does not understand %s', (_what, document, problem) => {
    expect(troublesIn(reportOn({ 'a.json': document })).join()).toContain(problem);
  });
});

describe('Wycheproof', () => {
  const fileOf = (group: object, entry: object) => ({
    algorithm: ALGORITHM,
    testGroups: [
      {
        type: 'MlDsaSign',
        privateSeed: HEX,
        publicKey,
        ...group,
        tests: [{ tcId: 7, sig: signature(new Uint8Array(32)), result: 'valid', flags: [], msg: '010203', ...entry }],
      },
    ],
  });

  test('passes a case of the smallest form', () => {
    expect(reportOn({ 'a.json': fileOf({ privateKeyPkcs8: `aa${HEX}` }, {}) }).totals.Passed).toBe(1);
  });
  test.each<readonly [string, object, string]>([
    ['another parameter set', { ...fileOf({}, {}), algorithm: 'ML-DSA-46' }, 'algorithm must be one of'],
    [
      'a result between valid and invalid',
      fileOf({}, { result: 'acceptable' }),
      'result must be one of valid, invalid',
    ],
    ['a key that is another in its other encoding', fileOf({ privateKeyPkcs8: 'aa' }, {}), 'does not contain the key'],
    ['a message where only µ may be', fileOf({}, { flags: ['Internal'] }), 'flagged Internal'],
    ['nothing to sign', fileOf({}, { msg: undefined }), 'neither msg nor mu'],
    ['digits that are no hex', fileOf({}, { msg: '0x01' }), 'msg must be bytes in hex'],
    ['another kind of group', fileOf({ type: 'MlDsaSignWithPrehash' }, {}), 'type must be one of'],
  ])('does not understand %s', (_what, document, problem) => {
    expect(troublesIn(reportOn({ 'a.json': document })).join()).toContain(problem);
  });
  test('fails a key that may not sign and does, and one that may and does not', () => {
    expect(troublesIn(reportOn({ 'a.json': fileOf({}, { result: 'invalid' }) })).join()).toContain('must be refused');
    expect(troublesIn(reportOn({ 'a.json': fileOf({ privateSeed: 'aa' }, {}) })).join()).toContain('was refused');
  });
  test('remarks on a number of tests that is not the file’s, as in a part of one', () => {
    const report = reportOn({ 'a.json': { ...fileOf({}, {}), numberOfTests: 2 } });
    expect(report.files[0]?.remarks).toEqual(['numberOfTests says 2, the file holds 1']);
    expect(report.isAccountedFor).toBe(true);
  });
});

describe.skipIf(vectorsFolder() === null)('the traces', () => {
  const traceOf = (change: (trace: Record<string, unknown>) => void, file: string): unknown => {
    const document = readVector<{ traces: Record<string, unknown>[] }>(file);
    const [trace] = document.traces;
    if (trace !== undefined) change(trace);
    return { traces: document.traces.slice(0, 1) };
  };

  test.each<readonly [string, string, (trace: Record<string, unknown>) => void, string]>([
    [
      'an unknown kind of input',
      'state_machine_named.json',
      (trace) => {
        trace['steps'] = [{ input: { kind: 'polkaAll' }, output: null, state: {} }];
      },
      'input.kind must be one of',
    ],
    [
      'no steps',
      'state_machine_named.json',
      (trace) => {
        trace['steps'] = [];
      },
      'has no steps',
    ],
    [
      'no steps of votes',
      'votekeeper_named.json',
      (trace) => {
        trace['steps'] = [];
      },
      'no known format',
    ],
    [
      'a voter who is not in the set',
      'votekeeper_named.json',
      (trace) => {
        trace['validators'] = { bob: 60, john: 20 };
      },
      'is not one of the validators',
    ],
    [
      'votes of another height',
      'votekeeper_named.json',
      (trace) => {
        trace['height'] = 9;
      },
      'another height',
    ],
    [
      'a message nobody delivered',
      'system_named.json.gz',
      (trace) => {
        trace['steps'] = Array.isArray(trace['steps'])
          ? trace['steps'].filter((step: { ev?: string }) => step.ev !== 'deliverVote')
          : [];
      },
      'reads what was not delivered',
    ],
    [
      'a faulty node that takes steps',
      'system_named.json.gz',
      (trace) => {
        trace['correct'] = ['v2', 'v3'];
        trace['faulty'] = ['v1', 'v4'];
      },
      'is not correct',
    ],
    [
      'a correct node without an end',
      'system_named.json.gz',
      (trace) => {
        trace['final'] = {};
      },
      'final: v2 is missing',
    ],
  ])('with %s are not passed', (_what, file, change, problem) => {
    const report = reportOn({ 'a.json': traceOf(change, `consensus/malachite_${file}`) });
    expect(troublesIn(report).join()).toContain(problem);
    expect(report.totals.Passed).toBe(0);
  });
});
