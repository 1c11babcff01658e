import { blockIdOf, makeCertificate, proveSets, type SignerSet, type TrustedBlock } from '@zhtp/chain';
import type { FrozenValidator, Header } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import { CONTEXT, HEADER, hashOf, left, precommits, range, right, setOf, toySet, toyVerify } from './support.ts';
import { option as O } from 'fp-ts';

const GENESIS_SET = toySet([1n, 1n, 1n, 1n]);
const LATER = toySet([1n, 1n, 1n, 1n, 1n]);
const LAST = toySet([4n, 3n, 3n, 1n]);
const INITIAL = 5n;

type Shown = Parameters<typeof proveSets>[0]['headers'][number];

/** A header of `set` that shows `next`, decided by these positions of `by`. */
const shown = (
  height: bigint,
  set: SignerSet,
  next: SignerSet,
  { by = set, positions = range(by.validators.length) }: { by?: SignerSet; positions?: readonly number[] } = {},
): Shown => {
  const header: Header = { ...HEADER, height, validatorsHash: set.hash, nextValidatorsHash: next.hash };
  const votes = precommits(by, positions, { height, round: 0, proposalId: O.some(blockIdOf(header)) });
  return { header, certificate: right(makeCertificate(by, votes)) };
};

const makeSet = (validators: readonly FrozenValidator[]): Either<string, SignerSet> =>
  validators.length === 0 ? E.left('a set of nobody') : E.right(setOf(validators));

const prove = (headers: readonly Shown[], sets: readonly SignerSet[] = [LATER, LAST], trusted?: TrustedBlock) =>
  proveSets(
    {
      signing: CONTEXT,
      initialHeight: INITIAL,
      genesisSet: GENESIS_SET,
      sets: sets.map(({ validators }) => validators),
      headers,
      ...(trusted === undefined ? {} : { trusted }),
    },
    makeSet,
    toyVerify,
  );

const KEPT = 'nodes keep a set as long as evidence of it may be handed in; export from a node that still has it';

const CHANGE = shown(9n, GENESIS_SET, LATER);
const SECOND_CHANGE = shown(20n, LATER, LAST);

describe('the set of a height', () => {
  test('is that of genesis at the first two heights, and not shown anywhere else', () => {
    const sets = right(prove([]));
    expect([4n, 5n, 6n, 7n].map((height) => sets(height)?.hash)).toEqual([
      undefined,
      GENESIS_SET.hash,
      GENESIS_SET.hash,
      undefined,
    ]);
  });

  test('is shown by a header that it decided, and that of the next height with it', () => {
    const sets = right(prove([CHANGE]));
    expect(sets(8n)).toBeUndefined();
    expect(sets(9n)?.hash).toBe(GENESIS_SET.hash);
    expect(sets(10n)?.hash).toBe(LATER.hash);
    expect(sets(11n)).toBeUndefined();
  });

  test('may have been in force since the last header, however long ago', () => {
    const sets = right(prove([CHANGE, SECOND_CHANGE, shown(4_000n, LAST, LAST)]));
    expect(sets(20n)?.hash).toBe(LATER.hash);
    expect(sets(4_000n)?.hash).toBe(LAST.hash);
    expect(sets(4_001n)?.hash).toBe(LAST.hash);
  });

  test('is not shown where the file lacks it, and nothing after it is believed', () => {
    const sets = right(prove([CHANGE], []));
    expect(sets(9n)?.hash).toBe(GENESIS_SET.hash);
    expect(sets(10n)).toBeUndefined();
    expect(left(prove([CHANGE, SECOND_CHANGE], [LAST]))).toContain(
      'follows a change to a set that the file does not hold',
    );
  });
});

describe('a header is refused', () => {
  test('when a header between it and the last proven set is missing', () => {
    const missing = left(prove([SECOND_CHANGE]));
    expect(missing).toContain('headers between them are missing');
    expect(missing).toContain('name a block that you trust');
  });

  test('when the file lacks its set, and no trusted block is asked for that could not help', () => {
    const lacking = left(prove([SECOND_CHANGE], [LAST]));
    expect(lacking).toContain(`does not hold that set: ${KEPT}`);
    expect(lacking).not.toContain('trust');
    const trusted = { height: 20n, blockId: blockIdOf(SECOND_CHANGE.header) };
    expect(left(prove([SECOND_CHANGE], [LAST], trusted))).toContain(`does not hold its set ${LATER.hash}: ${KEPT}`);
  });

  test('when another set decided it than the one it follows', () => {
    expect(left(prove([shown(9n, LATER, LATER)]))).toContain(`names set ${LATER.hash}`);
    const usurped = shown(9n, GENESIS_SET, LATER, { by: toySet([1n, 1n, 1n, 9n]) });
    // The same validators signed, and their power is that of the proven set.
    expect(E.isRight(prove([usurped]))).toBe(true);
    expect(left(prove([shown(9n, GENESIS_SET, LATER, { by: LATER })]))).toContain('is not decided by its set');
  });

  test('when two thirds of the set signed it, not more', () => {
    const three = toySet([1n, 1n, 1n]);
    const heavy = toySet([1n, 1n, 9n]);
    const claim = (positions: readonly number[]) =>
      proveSets(
        {
          signing: CONTEXT,
          initialHeight: INITIAL,
          genesisSet: three,
          sets: [],
          // The certificate is a quorum of other powers of the same validators.
          headers: [shown(9n, three, three, { by: heavy, positions })],
        },
        makeSet,
        toyVerify,
      );
    const inFavour = heavy.validators.flatMap(({ votingPower }, i) => (votingPower === 9n ? [i] : []));
    const other = range(3).find((i) => !inFavour.includes(i)) ?? 0;
    expect(left(claim([...inFavour, other].toSorted((a, b) => a - b)))).toContain('is not decided by its set');
    expect(E.isRight(claim([0, 1, 2]))).toBe(true);
  });

  test('when a signature is not theirs, or the certificate is of another block or chain', () => {
    const [first = new Uint8Array(0), ...others] = CHANGE.certificate.signatures;
    const forged = { ...CHANGE.certificate, signatures: [first.map((byte) => byte ^ 1), ...others] };
    expect(left(prove([{ ...CHANGE, certificate: forged }]))).toContain('signature 1');
    const swapped = { header: { ...CHANGE.header, nextValidatorsHash: LAST.hash }, certificate: CHANGE.certificate };
    expect(left(prove([swapped]))).toContain('is not decided by its set');
    const elsewhere = proveSets(
      {
        signing: { ...CONTEXT, genesisHash: hashOf('another chain') },
        initialHeight: INITIAL,
        genesisSet: GENESIS_SET,
        sets: [],
        headers: [CHANGE],
      },
      makeSet,
      toyVerify,
    );
    expect(left(elsewhere)).toContain('is not decided by its set');
  });

  test('when it does not come after the one before', () => {
    expect(left(prove([CHANGE, CHANGE]))).toContain('does not come after');
    expect(left(prove([shown(4n, GENESIS_SET, GENESIS_SET)]))).toContain('does not come after');
  });

  test('with its file when a set in it is none', () => {
    expect(left(prove([], [setOf([])]))).toBe('set 1: a set of nobody');
  });
});

describe('a trusted block', () => {
  const trusted = { height: 20n, blockId: blockIdOf(SECOND_CHANGE.header) };

  test('stands in for the headers before it', () => {
    const sets = right(prove([SECOND_CHANGE], [LATER, LAST], trusted));
    expect(sets(20n)?.hash).toBe(LATER.hash);
    expect(sets(21n)?.hash).toBe(LAST.hash);
  });

  test('must be the very block, its set must be there, and its set must have decided it', () => {
    expect(E.isLeft(prove([SECOND_CHANGE], [LATER, LAST], { ...trusted, height: 19n }))).toBe(true);
    expect(E.isLeft(prove([SECOND_CHANGE], [LATER, LAST], { ...trusted, blockId: hashOf('other') }))).toBe(true);
    expect(left(prove([SECOND_CHANGE], [LAST], trusted))).toContain('does not hold its set');
    const { header } = SECOND_CHANGE;
    expect(left(prove([{ header, certificate: CHANGE.certificate }], [LATER, LAST], trusted))).toContain(
      'is not decided',
    );
  });
});
