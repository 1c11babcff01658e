import { either as E } from 'fp-ts';
import type * as t from 'io-ts';
import {
  BITCOIN,
  compact,
  HEADER_BYTES,
  headerProblem,
  MEDIAN_BLOCKS,
  medianTime,
  readHeader,
  type BitcoinHeader,
} from './bitcoin-chain.ts';
import { runAtHeight } from './bitcoin-retargets.ts';
import { failed, notUnderstood, verdictOf, type CaseReport, type Outcome } from './case-outcome.ts';
import { closed, count, hasKeys, read } from './shape.ts';
import { runCase, runList, runSections, unreadable, type VectorFormat } from './vector-format.ts';

const headersIn = (raw: Uint8Array): readonly BitcoinHeader[] =>
  Array.from({ length: Math.floor(raw.length / HEADER_BYTES) }, (_, i) =>
    readHeader(raw.subarray(i * HEADER_BYTES, (i + 1) * HEADER_BYTES)),
  );

/** Why a header is not one that may follow these. */
const problemOf = (header: BitcoinHeader, before: readonly BitcoinHeader[]): string | undefined => {
  const parent = before.at(-1);
  const median = medianTime(before.map(({ time }) => time));
  return (
    headerProblem(header) ??
    (parent !== undefined && parent.hash !== header.previous ? 'it does not follow the one before' : undefined) ??
    (median !== undefined && header.time <= median ? 'its time is not past the median of the last eleven' : undefined)
  );
};

/** Consecutive raw headers: proof of work, parent and median time of each. Where bits change is in their index. */
export const runRawHeaders = (raw: Uint8Array): readonly CaseReport[] => {
  const headers = headersIn(raw);
  return headers.map((header, i) =>
    runCase('headers', `#${String(i + 1)}`, () =>
      verdictOf(problemOf(header, headers.slice(Math.max(0, i - MEDIAN_BLOCKS), i))),
    ),
  );
};

const intervalFirst = closed({ height: count, time: count, bits: compact });
const index = closed({ startHeight: count, count, intervalFirst });
type Index = t.TypeOf<typeof index>;

const INTERVAL = Number(BITCOIN.adjustmentInterval);

/** The retarget of one height, and that bits stay as they are up to it. */
const runRetargetAt = (at: Index, headers: readonly BitcoinHeader[], height: number): Outcome => {
  const before = headers[height - 1 - at.startHeight];
  const header = headers[height - at.startHeight];
  const firstHeight = height - INTERVAL;
  const first = firstHeight === at.intervalFirst.height ? at.intervalFirst : headers[firstHeight - at.startHeight];
  if (before === undefined || header === undefined || first === undefined)
    return notUnderstood(`the headers do not reach from ${String(firstHeight)} to ${String(height)}`);
  const interval = headers.slice(Math.max(0, firstHeight - at.startHeight), height - at.startHeight);
  if (interval.some(({ bits }) => bits !== first.bits)) return failed('bits change within the interval before');
  return runAtHeight(BITCOIN, {
    height,
    firstTime: first.time,
    lastTime: before.time,
    oldBits: before.bits,
    newBits: header.bits,
  });
};

const changesOf = (at: Index, headers: readonly BitcoinHeader[]): readonly number[] =>
  headers.flatMap(({ bits }, i) => (i > 0 && bits !== headers[i - 1]?.bits ? [at.startHeight + i] : []));

/** Heights of raw headers that lie beside it in the same folder. */
export const headerIndex: VectorFormat = {
  name: 'index of raw headers',
  remark: 'run against the raw headers in the same folder',
  recognises: (document) => hasKeys(document, 'startHeight', 'retargetHeights'),
  run: (document, _path, headersBeside) => {
    if (!hasKeys(document, 'retargetHeights')) return [unreadable('-', 'the document has no retargetHeights')];
    const { retargetHeights, ...rest } = document;
    const at = read(index, rest);
    if (E.isLeft(at)) return [unreadable('-', at.left)];
    const raw = headersBeside().find((bytes) => bytes.length === at.right.count * HEADER_BYTES);
    if (raw === undefined)
      return [unreadable('-', `no file of ${String(at.right.count)} raw headers (*.bin, *.bin.gz) lies beside it`)];
    const headers = headersIn(raw);
    const listed = (content: unknown) =>
      runList('retargetHeights', content, count, (height) => runRetargetAt(at.right, headers, height));
    const unlisted = changesOf(at.right, headers).filter(
      (height) => !(Array.isArray(retargetHeights) && retargetHeights.includes(height)),
    );
    return [
      ...runSections({ retargetHeights }, { retargetHeights: listed }),
      ...unlisted.map((height) =>
        unreadable('retargetHeights', `bits change at ${String(height)}, which is not listed`),
      ),
    ];
  },
};
