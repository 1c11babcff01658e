import { U64_MAX, type SnapshotDescription } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { candidatesOf, nameOf } from '../../src/state-sync/snapshot-choice.ts';
import { peerNamed } from '../support/context.ts';
import { hashNamed } from '../support/votes.ts';

const snapshot = (height: bigint, name = 'true'): SnapshotDescription => ({
  height,
  format: 1,
  chunks: 3,
  hash: hashNamed(`${name} ${String(height)}`),
});
const offer = (peer: string, ...value: readonly SnapshotDescription[]) => ({ peer: peerNamed(peer), value });
const never = (): number => 0;
const FIRST = 5n;

describe('the snapshot to join by', () => {
  test('is the newest, and of one height the one that most peers offer', () => {
    const chosen = candidatesOf(
      [
        offer('a', snapshot(10n), snapshot(20n)),
        offer('liar', snapshot(20n, 'false')),
        offer('b', snapshot(20n), snapshot(10n)),
      ],
      FIRST,
      never,
    );
    expect(chosen.map((each) => each.snapshot)).toEqual([snapshot(20n), snapshot(20n, 'false'), snapshot(10n)]);
    expect(chosen[0]?.peers).toEqual(new Set([peerNamed('a'), peerNamed('b')]));
  });

  test('that failed comes after those that did not, and one that was refused is none', () => {
    const [refused, failed] = [nameOf(snapshot(30n)), nameOf(snapshot(20n))];
    const failuresOf = (name: string): number | undefined => (name === refused ? undefined : name === failed ? 1 : 0);
    const chosen = candidatesOf(
      [offer('a', snapshot(30n), snapshot(20n)), offer('b', snapshot(10n))],
      FIRST,
      failuresOf,
    );
    expect(chosen.map((each) => each.snapshot.height)).toEqual([10n, 20n]);
  });

  test('is one of the two newest of a peer: who invents many takes no more of our time', () => {
    const invented = Array.from({ length: 16 }, (_, i) => snapshot(1_000n + BigInt(i), 'invented'));
    const chosen = candidatesOf([offer('liar', ...invented), offer('a', snapshot(20n))], FIRST, never);
    expect(chosen.map((each) => each.snapshot.height)).toEqual([1_015n, 1_014n, 20n]);
  });

  test('is of a block from the first on, with a height after it, and has chunks', () => {
    const heights = [FIRST - 1n, FIRST, FIRST + 1n, U64_MAX - 1n, U64_MAX];
    const offers = [...heights.map((height) => snapshot(height)), { ...snapshot(9n), chunks: 0 }].map((each, i) =>
      offer(String(i), each),
    );
    const chosen = candidatesOf(offers, FIRST, never);
    expect(chosen.map((each) => each.snapshot.height)).toEqual([U64_MAX - 1n, FIRST + 1n, FIRST]);
  });

  test('is found beside what cannot be, which takes no place of a peer', () => {
    const above = snapshot(U64_MAX);
    const offers = [offer('a', above, { ...above, chunks: 4 }, { ...above, chunks: 0 }, snapshot(20n))];
    expect(candidatesOf(offers, FIRST, never).map((each) => each.snapshot)).toEqual([snapshot(20n)]);
  });
});
