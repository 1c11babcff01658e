import { expect, test } from 'vitest';
import type { Hash } from '@zhtp/types';
import { bodyOfBlock } from '../../src/catch-up/body-reader.ts';
import { BODIES_KEPT_MAX, BODIES_PER_PROPOSER, createBodies, type Body } from '../../src/catch-up/bodies.ts';
import { blockAt } from '../support/genesis.ts';
import { identityNamed } from '../support/votes.ts';

const body = (height: bigint, name = 0): Body => {
  const read = bodyOfBlock(blockAt(height, [Uint8Array.of(name)]));
  if (read._tag === 'Left') throw new Error(read.left.message);
  return read.right;
};
const V0 = identityNamed('v0');
const V1 = identityNamed('v1');

test('a sender keeps its newest bodies and never pushes out those of another', () => {
  const bodies = createBodies(() => false);
  const other = body(1n, 200);
  bodies.put(other, V1);
  const own = Array.from({ length: BODIES_PER_PROPOSER + 1 }, (_, i) => body(1n, i));
  for (const each of own) bodies.put(each, V0);
  expect(own.map(({ id }) => bodies.get(id) !== undefined)).toEqual([false, true, true, true, true]);
  expect(bodies.get(other.id)).toBe(other);
});

test('a body the core asked about stays when its sender sends more', () => {
  const bodies = createBodies(() => false);
  const asked = body(1n, 100);
  bodies.put(asked, V0);
  bodies.keep(asked.id);
  for (let i = 0; i < 3 * BODIES_PER_PROPOSER; i++) bodies.put(body(1n, i), V0);
  expect(bodies.get(asked.id)).toBe(asked);
});

test('beyond the limit the oldest kept body goes, but never the one the core holds', () => {
  const held: Hash[] = [];
  const bodies = createBodies((id) => held.includes(id));
  const all = Array.from({ length: BODIES_KEPT_MAX + 2 }, (_, i) => body(1n, i));
  const [first, second] = all;
  if (first === undefined || second === undefined) throw new Error('the limit is at least two');
  held.push(first.id);
  for (const each of all) {
    bodies.put(each, undefined);
    bodies.keep(each.id);
  }
  expect(bodies.get(first.id)).toBe(first);
  expect(bodies.get(second.id)).toBeUndefined();
});

test('bodies go with their height, those of the next stay', () => {
  const bodies = createBodies(() => false);
  const [now, next] = [body(1n), body(2n)];
  bodies.put(now, V0);
  bodies.put(next, V0);
  bodies.keep(now.id);
  bodies.dropUpTo(1n);
  expect([bodies.get(now.id), bodies.get(next.id)]).toEqual([undefined, next]);
});
