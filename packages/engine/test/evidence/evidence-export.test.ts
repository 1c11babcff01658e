import { either as E, option as O } from 'fp-ts';
import { emptyCertificate, type EvidenceFile } from '@zhtp/chain';
import type { BlockStore, CommittedBlock, Hash, PeerMessage } from '@zhtp/types';
import { makeValidatorSet, type ValidatorSet } from '@zhtp/validators';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportEvidence } from '../../src/evidence/evidence-export.ts';
import { findSetChanges } from '../../src/evidence/set-changes.ts';
import { chainStatesIn } from '../support/chain-states.ts';
import { blockAt, GENESIS, VALIDATORS } from '../support/genesis.ts';
import { vote } from '../support/votes.ts';

/** Sets of the same validators that differ in power. */
const setOf = (power: number): ValidatorSet => {
  const set = makeValidatorSet(VALIDATORS.map((validator) => ({ ...validator, votingPower: BigInt(power) })));
  if (E.isLeft(set)) throw new Error(set.left);
  return set.right;
};
const SETS = [1, 2, 3].map(setOf);
const [FIRST, SECOND, THIRD] = SETS as [ValidatorSet, ValidatorSet, ValidatorSet];

/** A store of blocks from height 1 on, each decided by the set at its place; the last entry is the next one. */
const chainOf = (sets: readonly ValidatorSet[], base = 1n) => {
  const blocks = new Map<bigint, CommittedBlock>();
  let loads = 0;
  for (const [i, set] of sets.slice(0, -1).entries()) {
    const block = blockAt(BigInt(i) + 1n);
    const nextValidatorsHash = sets[i + 1]?.hash ?? set.hash;
    if (block.header.height >= base)
      blocks.set(block.header.height, {
        block: { ...block, header: { ...block.header, validatorsHash: set.hash, nextValidatorsHash } },
        certificate: { ...emptyCertificate(), height: block.header.height },
      });
  }
  const blockStore: Pick<BlockStore, 'load' | 'bounds'> = {
    load: (height, done) => {
      loads += 1;
      done(E.right(O.fromNullable(blocks.get(height))));
    },
    bounds: () => O.some({ baseHeight: base, headHeight: BigInt(sets.length - 1) }),
  };
  const at = (height: bigint): CommittedBlock => {
    const block = blocks.get(height);
    if (block === undefined) throw new Error('no such block');
    return block;
  };
  return { blockStore, at, loads: () => loads };
};

const KNOWN = new Map(SETS.map((set): [Hash, ValidatorSet] => [set.hash, set]));

const changesTo = (
  sets: readonly ValidatorSet[],
  target: bigint,
  known: ReadonlyMap<Hash, ValidatorSet> = KNOWN,
): readonly CommittedBlock[] | undefined => {
  const { blockStore, at } = chainOf(sets);
  let found: E.Either<string, readonly CommittedBlock[] | undefined> = E.left('no answer');
  findSetChanges(
    blockStore,
    FIRST,
    1n,
    known,
    at(target),
  )((answer) => {
    found = answer;
  });
  if (E.isLeft(found)) throw new Error(found.left);
  return found.right;
};

describe('the headers that lead from the genesis set to that of a height', () => {
  test('are none while it has not changed', () => {
    expect(changesTo([FIRST, FIRST, FIRST, FIRST], 3n)).toEqual([]);
  });

  test('are those whose next set is another', () => {
    const found = changesTo([FIRST, FIRST, SECOND, SECOND, SECOND, THIRD, THIRD], 6n);
    expect(found?.map(({ block }) => block.header.height)).toEqual([2n, 5n]);
  });

  test('are none as well when the first set came back: its signatures show that it is in force', () => {
    expect(changesTo([FIRST, SECOND, SECOND, FIRST, FIRST], 4n)).toEqual([]);
  });

  test('are not found when a set on the way is gone', () => {
    const known = new Map([FIRST, THIRD].map((set): [Hash, ValidatorSet] => [set.hash, set]));
    expect(changesTo([FIRST, SECOND, THIRD, THIRD], 3n, known)).toBeUndefined();
  });

  test('follow one another whatever the changes: each is decided by the set the one before shows', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SETS), { minLength: 2, maxLength: 40 }), (later) => {
        const sets = [FIRST, FIRST, ...later];
        const target = BigInt(sets.length - 1);
        const found = changesTo(sets, target) ?? [];
        let set: string = FIRST.hash;
        let height = 0n;
        for (const { block } of found) {
          expect(block.header.height).toBeGreaterThan(height);
          expect(block.header.validatorsHash).toBe(set);
          expect(block.header.nextValidatorsHash).not.toBe(set);
          set = block.header.nextValidatorsHash;
          height = block.header.height;
        }
        expect(set).toBe(sets[Number(target) - 1]?.hash);
      }),
    );
  });

  test('cost a few blocks each, however long the chain is', () => {
    const sets = Array.from({ length: 4_097 }, (_, i) => (i < 1_234 ? FIRST : SECOND));
    const { blockStore, at, loads } = chainOf(sets);
    findSetChanges(blockStore, FIRST, 1n, KNOWN, at(4_000n))(() => undefined);
    expect(loads()).toBeLessThan(20);
  });
});

describe('an export', () => {
  const exported = (
    fromHeight: bigint,
    toHeight: bigint,
    inProgress: readonly PeerMessage[] = [],
    base = 1n,
  ): E.Either<string, EvidenceFile> => {
    const { blockStore } = chainOf(
      Array.from({ length: 201 }, () => FIRST),
      base,
    );
    let found: E.Either<string, EvidenceFile> = E.left('no answer');
    const chainStates = chainStatesIn(new Map(), new Map());
    exportEvidence(
      { genesis: GENESIS, blockStore, chainStates, inProgress },
      { fromHeight, toHeight },
    )((answer) => {
      found = answer;
    });
    return found;
  };
  const heightsOf = (file: E.Either<string, EvidenceFile>): readonly bigint[] =>
    E.isRight(file) ? file.right.headers.map(({ header }) => header.height) : [];

  test('holds the header of each height asked for', () => {
    expect(heightsOf(exported(7n, 9n))).toEqual([7n, 8n, 9n]);
  });

  test('of the height in progress begins with the header that shows its set', () => {
    expect(heightsOf(exported(201n, 201n))).toEqual([200n]);
    expect(heightsOf(exported(200n, 201n))).toEqual([200n]);
  });

  test('holds the messages of its heights, and no others', () => {
    const messages = [7n, 8n, 9n].map((height): PeerMessage => ({ _tag: 'Vote', vote: vote({ height }) }));
    const file = exported(8n, 8n, [...messages, { _tag: 'Status', height: 8n }]);
    expect(E.isRight(file) ? file.right.messages : []).toEqual(messages.slice(1, 2));
  });

  test('goes back as far as there are blocks', () => {
    expect(heightsOf(exported(150n, 151n, [], 150n))).toEqual([150n, 151n]);
  });

  test.each([
    [1n, 100n, undefined],
    [1n, 101n, 'are more than the 100 of one file'],
    [0n, 1n, 'this node has 1 to 201'],
    [201n, 202n, 'this node has 1 to 201'],
    [5n, 4n, 'give the lower one first'],
  ])('of heights %s to %s is refused by name when it cannot be: %s', (from, to, why) => {
    const file = exported(from, to);
    expect(E.isRight(file)).toBe(why === undefined);
    if (why !== undefined) expect(E.isLeft(file) ? file.left : '').toContain(why);
  });
});
