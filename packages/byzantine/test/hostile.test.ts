import * as face from '@zhtp/byzantine';
import { duplicateVote } from '@zhtp/chain';
import { HOSTILE_VALUES, publicFunctions } from '@zhtp/testing';
import type { HeartbeatMessage } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { ByzantineFaultDetector } from '../src/byzantine-fault-detector.ts';
import { verifyEquivocation } from '../src/equivocation.ts';
import type { DetectorEvent } from '../src/detector-event.ts';
import { stakeBook } from './stake-book.ts';
import { CONTEXT, hashNamed, identityNamed, setOf, vote } from './support.ts';

/** What callers without types, or with hostile input, may pass anywhere. */
const HOSTILE: readonly unknown[] = [...HOSTILE_VALUES, '', '\ud800', [], {}, new Uint8Array(20_000)];

const V0 = identityNamed('v0');
const HASH = hashNamed('x');
const MONITOR = { totalValidators: 4, stallThreshold: 2, timedOutValidators: [V0], isStalled: true };
const FAULT = { validator: V0, faultType: 'Liveness', evidence: '', severity: 'Minor', detectedAt: 1n };

/** Right arguments of every documented method; each is replaced in turn. */
const METHODS = {
  detectFaults: [stakeBook('v0').manager, 1n],
  recordDoubleSign: [V0, 1n, 0, Uint8Array.of(1), Uint8Array.of(2)],
  recordLivenessViolation: [V0, 1n, 1],
  recordInvalidProposal: [V0, 1n, HASH, 'wrong parent'],
  recordInvalidVote: [V0, 1n, 'zero id'],
  processFaults: [[FAULT], stakeBook('v0').manager],
  detectEquivocation: [vote(), hashNamed('block'), 1n, O.none],
  detectReplayAttack: [V0, HASH, 1n],
  detectNetworkPartition: [MONITOR, 1n, 0, 1n, [V0]],
  advanceTo: [1n],
} as const;

/** Right values among the hostile ones: an empty list of faults or members, and any text that is well-formed. */
const isRight = (method: string, position: number, value: unknown): boolean =>
  (method === 'processFaults' && position === 0 && Array.isArray(value)) ||
  (method === 'detectNetworkPartition' && position === 4 && (value === null || Array.isArray(value))) ||
  (method.startsWith('recordInvalid') && value === '');

/** Calls as a program without types would. */
const hostileCall = (target: object, method: string, ...args: readonly unknown[]): unknown => {
  const called: unknown = Reflect.get(target, method);
  if (typeof called !== 'function') throw new Error(`${method} is no method`);
  return Reflect.apply(called, target, args);
};

const call = (method: keyof typeof METHODS, args: readonly unknown[]) => {
  const detector = new ByzantineFaultDetector();
  const events: DetectorEvent[] = [];
  detector.events$.subscribe((event) => events.push(event));
  const found = hostileCall(detector, method, ...args);
  return { found, events };
};

describe.each(Object.entries(METHODS))('%s', (name, args) => {
  const method = name as keyof typeof METHODS;

  test('answers a hostile argument with an error that names what is wrong, and throws nothing', () => {
    for (const [position] of args.entries())
      for (const value of HOSTILE) {
        if (isRight(method, position, value)) continue;
        const { found, events } = call(method, args.with(position, value as never));
        const error: unknown =
          method === 'detectEquivocation' || method === 'detectReplayAttack' || method === 'detectNetworkPartition'
            ? events.map((event) => (event._tag === 'ArgumentRefused' ? event.error : event))[0]
            : found;
        const tagged = JSON.stringify(error, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
        expect(`${String(position)} ${String(value).slice(0, 40)}: ${tagged}`).toContain('"_tag":"ByzantineFault"');
        expect(tagged.length).toBeLessThan(400);
      }
  });

  test('answers missing arguments without throwing', () => {
    expect(() => call(method, [])).not.toThrow();
  });
});

const REFUSED = { _tag: 'Left', left: { _tag: 'ByzantineFault' } };

test('ByzantineFaultDetector.create and forensicRecords take nothing but objects for options', () => {
  for (const value of HOSTILE.filter((each) => each === null || typeof each !== 'object')) {
    expect(hostileCall(ByzantineFaultDetector, 'create', value)).toMatchObject(REFUSED);
    expect(hostileCall(new ByzantineFaultDetector(), 'forensicRecords', value)).toEqual([]);
  }
});

test('a share that is no percentage is refused', () => {
  for (const value of HOSTILE)
    for (const field of ['slashDoubleSign', 'slashLiveness'])
      expect(hostileCall(ByzantineFaultDetector, 'create', { [field]: value })).toMatchObject(REFUSED);
});

test('what is no evidence of equivocation convicts nobody and throws nothing', () => {
  const set = setOf('v0');
  for (const value of HOSTILE) {
    const answer: unknown = Reflect.apply(verifyEquivocation, undefined, [CONTEXT, set, value]);
    expect(answer).toMatchObject(REFUSED);
  }
});

test('heights and times at the ends of 64 bits are right', () => {
  const detector = new ByzantineFaultDetector();
  const MAX = 2n ** 64n - 1n;
  expect(E.isRight(detector.recordLivenessViolation(V0, MAX, 0xffff_ffff))).toBe(true);
  expect(E.isRight(detector.detectFaults(stakeBook('v0').manager, MAX))).toBe(true);
  expect(E.isRight(detector.advanceTo(MAX))).toBe(true);
  expect(detector.detectReplayAttack(V0, HASH, 0n)).toEqual(O.none);
});

test('what is no such evidence or heartbeat is refused, and no price is known for what is no fault', () => {
  for (const value of HOSTILE) {
    expect(Reflect.apply(face.evidenceOfEquivocation, undefined, [value])).toMatchObject(REFUSED);
    expect(Reflect.apply(face.verifyHeartbeat, undefined, [CONTEXT, setOf('v0'), value])).toMatchObject(REFUSED);
    expect(Reflect.apply(face.penaltyFor, undefined, [value, 'Minor'])).toBeUndefined();
    expect(Reflect.apply(face.penaltyFor, undefined, ['Liveness', value])).toBeUndefined();
    expect(Reflect.apply(face.penaltyFor, undefined, ['Liveness', 'Minor', value])).toBeUndefined();
  }
});

/** Calls a public function as a program without types would. */
const faceCall = (name: string, ...args: readonly unknown[]): unknown => hostileCall(face, name, ...args);

const RECORD = { faultType: 'DoubleSign', height: 5n, subject: '1', weight: 1, detail: 'two votes' };
const EMPTY = { records: [] };
const FILE = faceCall('recordFault', EMPTY, RECORD);
/** Short texts are right. */
const isFineText = (field: string, value: unknown): boolean =>
  (field === 'subject' || field === 'detail') && typeof value === 'string' && value.length < 1_024;

test('what is no record is not filed, and what is no file holds nothing', () => {
  for (const value of HOSTILE) {
    expect(faceCall('recordFault', FILE, value)).toEqual(FILE);
    for (const field of Object.keys(RECORD).filter((name) => !isFineText(name, value))) {
      expect(faceCall('recordFault', FILE, { ...RECORD, height: 4n, [field]: value }), field).toEqual(FILE);
      expect(faceCall('recordFault', { records: [{ ...RECORD, [field]: value }] }, value), field).toEqual(EMPTY);
    }
    for (const file of [value, { records: value }, { records: [value] }]) {
      expect(faceCall('recordFault', file, RECORD)).toEqual(FILE);
      expect(faceCall('dueFaults', file, face.CHAIN_THRESHOLDS)).toEqual([]);
      expect(faceCall('markPunished', file, 'DoubleSign')).toEqual(EMPTY);
      expect(faceCall('withoutExpired', file, () => true)).toEqual(EMPTY);
    }
    expect(faceCall('dueFaults', FILE, value)).toEqual([]);
    expect(faceCall('dueFaults', FILE, { ...face.CHAIN_THRESHOLDS, DoubleSign: value })).toEqual([]);
    expect(faceCall('markPunished', FILE, value)).toEqual(FILE);
    const liveness = faceCall('recordFault', EMPTY, { ...RECORD, faultType: 'Liveness' });
    expect(faceCall('withoutExpired', liveness, value)).toEqual(liveness);
  }
  expect(faceCall('dueFaults', EMPTY, { DoubleSign: 0, Liveness: 0, InvalidProposal: 0, InvalidVote: 0 })).toEqual([]);
});

test('what is no evidence is no offence, and what is no offence has no key', () => {
  const evidence = duplicateVote(vote(), vote({ proposalId: O.some(hashNamed('other')) }));
  const offence = face.offenceOf(evidence);
  expect(face.offenceKey(offence)).toMatch(/\/DoubleSign$/);
  for (const value of HOSTILE) {
    expect(faceCall('offenceOf', value)).toBeUndefined();
    expect(faceCall('offenceKey', value)).toBeUndefined();
    for (const field of Object.keys(evidence))
      expect(faceCall('offenceOf', { ...evidence, [field]: value })).toBeUndefined();
    for (const field of Object.keys(offence))
      expect(faceCall('offenceKey', { ...offence, [field]: value })).toBeUndefined();
  }
});

const LIMITS = { piecesMax: 4, bytesMax: 1_000, perAccusedMax: 3 };
const PIECE = { id: hashNamed('piece'), evidence: {}, accused: V0, height: 5n, bytes: 100 };

test('an evidence pool keeps nothing that is no piece, and nothing without bounds', () => {
  for (const value of HOSTILE) {
    const bounds =
      value === undefined ? [] : [value, ...Object.keys(LIMITS).map((name) => ({ ...LIMITS, [name]: value }))];
    for (const limits of bounds) {
      const closed = faceCall('createEvidencePool', limits) as object;
      expect(hostileCall(closed, 'admits', PIECE)).toBe(false);
      expect(hostileCall(closed, 'add', PIECE)).toBeUndefined();
    }
    const pool = face.createEvidencePool(LIMITS);
    const wrong = Object.keys(PIECE).flatMap((field) =>
      field === 'evidence' && typeof value === 'object' && value !== null ? [] : [{ ...PIECE, [field]: value }],
    );
    for (const piece of [value, ...wrong]) {
      expect(hostileCall(pool, 'admits', piece)).toBe(false);
      expect(hostileCall(pool, 'add', piece)).toBeUndefined();
    }
    expect([hostileCall(pool, 'has', value), hostileCall(pool, 'remove', value)]).toEqual([false, false]);
    expect(hostileCall(pool, 'add', PIECE)).toEqual([]);
    expect(hostileCall(pool, 'reap', value, 1_000, 9)).toEqual([]);
    expect(hostileCall(pool, 'reap', 9n, value, 9)).toEqual([]);
    expect(hostileCall(pool, 'reap', 9n, 1_000, value)).toEqual([]);
    expect(pool.size()).toEqual({ pieces: 1, bytes: 100 });
  }
});

const BEAT: HeartbeatMessage = {
  validator: V0,
  height: 1n,
  round: 0,
  step: 'Propose',
  sequence: 1n,
  activeValidators: 1,
  healthBp: 10_000,
  milliBlocksPerSecond: 0,
  timestamp: 1_000n,
  signature: { algorithm: 'ML-DSA-65', signature: Uint8Array.of(1), publicKey: O.none },
};
const AT = { nowMs: 20_000, wallSeconds: BEAT.timestamp };

test('a heartbeat watch learns nothing from what is no heartbeat, member or moment', () => {
  for (const value of HOSTILE) {
    const watch = face.createHeartbeatWatch();
    watch.follow([BEAT.validator], 0);
    const before = watch.monitor(AT.nowMs);
    expect(before.timedOutValidators).toEqual([BEAT.validator]);
    if (!Array.isArray(value)) hostileCall(watch, 'follow', value, 0);
    hostileCall(watch, 'accept', value, AT.nowMs);
    hostileCall(watch, 'accept', { ...BEAT, validator: value }, AT.nowMs);
    hostileCall(watch, 'accept', { ...BEAT, sequence: value }, AT.nowMs);
    if (!Number.isFinite(value)) {
      hostileCall(watch, 'follow', [V0, BEAT.validator], value);
      hostileCall(watch, 'accept', BEAT, value);
      hostileCall(watch, 'hear', BEAT.validator, value);
      expect(hostileCall(watch, 'monitor', value)).toEqual(before);
      expect(hostileCall(watch, 'transition', value)).toMatchObject({ change: 'Stalled' });
      expect(hostileCall(watch, 'refusal', BEAT, { ...AT, nowMs: value })).toBe('OtherTime');
    }
    hostileCall(watch, 'hear', value, AT.nowMs);
    expect(hostileCall(watch, 'refusal', value, AT)).toBe('UnknownValidator');
    expect(hostileCall(watch, 'refusal', { ...BEAT, validator: value }, AT)).toBe('UnknownValidator');
    expect(hostileCall(watch, 'refusal', { ...BEAT, sequence: value }, AT)).toBe('OldSequence');
    expect(hostileCall(watch, 'refusal', { ...BEAT, timestamp: value }, AT)).toBe('OtherTime');
    expect(hostileCall(watch, 'refusal', BEAT, value)).toBe('OtherTime');
    expect(hostileCall(watch, 'refusal', BEAT, { ...AT, wallSeconds: value })).toBe('OtherTime');
    expect(watch.monitor(AT.nowMs)).toEqual(before);
    expect(watch.refusal(BEAT, AT)).toBeUndefined();
  }
});

test('every public function is held to hostile values', () => {
  const held = [
    ...Object.keys(METHODS).map((name) => `ByzantineFaultDetector.${name}`),
    'ByzantineFaultDetector.create',
    'ByzantineFaultDetector.forensicRecords',
    'verifyEquivocation',
    'evidenceOfEquivocation',
    'verifyHeartbeat',
    'penaltyFor',
    'recordFault',
    'dueFaults',
    'markPunished',
    'withoutExpired',
    'offenceOf',
    'offenceKey',
    'createEvidencePool',
    'createHeartbeatWatch',
  ];
  const functions = publicFunctions(face);
  expect(functions.toSorted()).toEqual(held.toSorted());
});
