import { targetFromCompact } from '@zhtp/difficulty';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { BITCOIN, compact, hex256, workOf } from './bitcoin-chain.ts';
import { difference, notUnderstood, verdictOf, type Outcome } from './case-outcome.ts';
import { closed, count, hasKeys, isObject, read, someIn } from './shape.ts';
import { runList, runSections, unreadable, type VectorFormat } from './vector-format.ts';

const row = closed({ height: count, chainwork: hex256 });
const INTERVAL = Number(BITCOIN.adjustmentInterval);

/** Work of every block up to a height, all blocks of an interval having its bits; undefined beyond the intervals known. */
const chainWork = (works: readonly bigint[], height: number): bigint | undefined => {
  let sum = 0n;
  for (let first = 0, interval = 0; first <= height; first += INTERVAL, interval++) {
    const work = works[interval];
    if (work === undefined) return undefined;
    sum += work * BigInt(Math.min(INTERVAL, height - first + 1));
  }
  return sum;
};

const runRow = (works: readonly bigint[], { height, chainwork }: t.TypeOf<typeof row>): Outcome => {
  const sum = chainWork(works, height);
  return sum === undefined
    ? notUnderstood(`intervalBits ends before height ${String(height)}`)
    : verdictOf(difference('chain work', sum, chainwork));
};

/** Cumulative work of mainnet. */
export const bitcoinWork: VectorFormat = {
  name: 'chain work',
  recognises: (document) => someIn(document, 'rows', (entry) => hasKeys(entry, 'height', 'chainwork')),
  run: (document) => {
    const bits = read(t.array(compact), isObject(document) ? document['intervalBits'] : undefined);
    if (E.isLeft(bits)) return [unreadable('intervalBits', bits.left)];
    const targets = bits.right.map((each) => targetFromCompact(each));
    const wrong = targets.find((target) => E.isLeft(target));
    if (wrong !== undefined && E.isLeft(wrong)) return [unreadable('intervalBits', wrong.left.message)];
    const works = targets.flatMap((target) => (E.isRight(target) ? [workOf(target.right)] : []));
    const rows = (content: unknown) => runList('rows', content, row, (entry) => runRow(works, entry));
    return runSections(document, { rows }, ['intervalBits']);
  },
};
