import { expect, test } from 'vitest';
import { ByzantineFaultDetector } from '../src/byzantine-fault-detector.ts';
import { stakeBook } from './stake-book.ts';
import { hashNamed, identityNamed, right } from './support.ts';

const V0 = identityNamed('v0');
const V1 = identityNamed('v1');

test('ByzantineFaultDetector.events$ tells every subscriber of an effect after its cause', () => {
  const detector = new ByzantineFaultDetector();
  const { manager } = stakeBook('v0', 'v1');
  const seen: string[] = [];
  detector.events$.subscribe((event) => {
    if (event._tag === 'FaultRecorded') right(detector.detectFaults(manager, 1n));
    if (event._tag === 'FaultDetected') right(detector.processFaults([event.fault], manager));
  });
  detector.events$.subscribe(({ _tag }) => seen.push(_tag));
  right(detector.recordInvalidVote(V0, 1n, 'zero id'));
  expect(seen).toEqual(['FaultRecorded', 'FaultDetected', 'PenaltyApplied']);
});

test('who is told of a slash by the manager, and processes the same faults again, adds nothing to it', () => {
  const detector = new ByzantineFaultDetector();
  const { manager, slashes } = stakeBook('v0', 'v1');
  for (const validator of [V0, V1]) {
    right(detector.recordInvalidVote(validator, 1n, 'zero id'));
    for (const height of [1n, 2n, 3n])
      right(detector.recordInvalidProposal(validator, height, hashNamed('x'), 'wrong parent'));
  }
  const faults = right(detector.detectFaults(manager, 1n));
  const seen: string[] = [];
  detector.events$.subscribe(({ _tag }) => {
    seen.push(_tag);
    expect(right(detector.detectFaults(manager, 1n))).toEqual([]);
  });
  let inner = 0;
  manager.events$.subscribe((event) => {
    if (event._tag === 'ValidatorSlashed') inner += right(detector.processFaults(faults, manager)).length;
  });
  const outer = right(detector.processFaults(faults, manager)).length;
  expect([faults.length, inner + outer, slashes.length]).toEqual([4, 4, 4]);
  expect(new Set(slashes).size).toBe(slashes.length / 2);
  expect(seen).toEqual(Array.from({ length: 4 }, () => 'PenaltyApplied'));
});
