import * as face from '@zhtp/byzantine';
import { HOSTILE_VALUES, publicFunctions } from '@zhtp/testing';
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

/** Functions over what was judged before, and only so: what is false of it is a broken invariant. */
const TRUSTED: Readonly<Record<string, string>> = {
  recordFault: 'takes a file, which only these functions make, and a record of evidence that verifyEvidence judged',
  dueFaults: 'takes a file, which only these functions make',
  markPunished: 'takes a file, which only these functions make',
  withoutExpired: 'takes a file, which only these functions make',
  offenceOf: 'takes evidence that verifyEvidence judged',
  offenceKey: 'takes an offence of offenceOf',
  createEvidencePool: 'holds evidence that verifyEvidence judged; the limits are the program’s own',
  createHeartbeatWatch: 'takes heartbeats that their codec decoded; clocks are the program’s own',
};

test('every public function is held to hostile values, or a reason says why not', () => {
  const held = [
    ...Object.keys(METHODS).map((name) => `ByzantineFaultDetector.${name}`),
    'ByzantineFaultDetector.create',
    'ByzantineFaultDetector.forensicRecords',
    'verifyEquivocation',
    'evidenceOfEquivocation',
    'verifyHeartbeat',
    'penaltyFor',
  ];
  const functions = publicFunctions(face);
  expect(functions.filter((name) => !held.includes(name)).toSorted()).toEqual(Object.keys(TRUSTED).toSorted());
  expect(held.filter((name) => !functions.includes(name))).toEqual([]);
});
