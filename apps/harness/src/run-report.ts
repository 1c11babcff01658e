import type { DecidedHeight } from '@zhtp/simulator';
import type { RunOptions } from './run-options.ts';
import type { RunResult } from './run-simulation.ts';

/** Characters of a 64-character id that a table shows. */
const SHORT = 12;

const seconds = (ms: number): string => `${(ms * 0.001).toFixed(3)} s`;

const heightLine = ({ height, round, proposer, transactions, atMs, blockId }: DecidedHeight): string =>
  [
    String(height).padStart(7),
    String(round).padStart(6),
    proposer.slice(0, SHORT),
    String(transactions).padStart(5),
    seconds(atMs).padStart(14),
    blockId.slice(0, SHORT),
  ].join('  ');

const HEADING = [
  'height'.padStart(7),
  'round'.padStart(6),
  'proposer'.padEnd(SHORT),
  'txs'.padStart(5),
  'time'.padStart(14),
  'block',
].join('  ');

const roundCounts = (heights: readonly DecidedHeight[]): string => {
  const counts = new Map<number, number>();
  for (const { round } of heights) counts.set(round, (counts.get(round) ?? 0) + 1);
  const parts = [...counts].toSorted(([a], [b]) => a - b).map(([round, n]) => `round ${String(round)}: ${String(n)}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
};

/** `4 from height 1, 3 from height 104`: who is down for a window of blocks is jailed, who is convicted never returns. */
const setSizes = (heights: readonly DecidedHeight[]): string => {
  const changes = heights.filter(({ setSize }, at) => setSize !== heights[at - 1]?.setSize);
  const parts = changes.map(({ setSize, height }) => `${String(setSize)} from height ${String(height)}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
};

const pairs = (entries: Iterable<readonly [string, number]>): string => {
  const parts = [...entries].map(([name, count]) => `${name} ${String(count)}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
};

/** The whole output of a run as lines: the same run, the same bytes. */
export const reportLines = (options: RunOptions, result: RunResult): readonly string[] => {
  const { heights, network, violations, virtualMs } = result;
  const mean = heights.length === 0 ? 0 : virtualMs * (1 / heights.length);
  return [
    `${String(options.validators)} validators, ${String(options.crash)} crashed; seed ${String(options.seed)}; ` +
      `delays ${String(options.delay.minMs)}..${String(options.delay.maxMs)} ms; loss ${String(options.loss)}‰; ` +
      `${options.realKeys ? 'ML-DSA-65' : 'null signatures'}`,
    HEADING,
    ...heights.map(heightLine),
    `decided        ${String(heights.length)} of ${String(options.heights)} heights in ${seconds(virtualMs)} of virtual time, ${seconds(mean)} each`,
    `rounds         ${roundCounts(heights)}`,
    `validators     ${setSizes(heights)}`,
    ...(result.transfers === undefined ? [] : [`transfers      ${String(result.transfers)}`]),
    `network        sent ${String(network.sent)}, delivered ${String(network.delivered)}, lost ${String(network.lost)}, bytes ${String(network.bytes)}`,
    `offences       ${pairs(network.offences)}`,
    `counters       ${pairs(result.counters)}`,
    ...violations.map((v) => `VIOLATION      ${v.property} at height ${String(v.height)}: ${v.detail}`),
    ...result.faults.map((fault) => `STOPPED        ${fault}`),
    ...(result.isComplete ? [] : ['INCOMPLETE     a running validator did not commit the last height in time']),
    `violations     ${String(violations.length)}`,
    `state digest   ${result.digest}`,
  ];
};
