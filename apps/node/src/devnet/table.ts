import { option as O } from 'fp-ts';
import type { IdentityId } from '@zhtp/types';
import type { Block, Member } from './fleet.ts';

export interface TableView {
  readonly members: readonly Member[];
  readonly nameOf: (identity: IdentityId) => string;
  readonly lastBlock: Block | undefined;
  /** Milliseconds between the last two blocks. */
  readonly intervalMs: number | undefined;
  /** Transactions in blocks since the devnet was started. */
  readonly transactions: number;
  /** By the clock of `restartAtMs`. */
  readonly nowMs: number;
}

const HEADINGS = [
  'node',
  'state',
  'height',
  'round',
  'proposer',
  'peers',
  'mempool',
  'memory',
  'pid',
  'API port',
] as const;
const MEBIBYTE = 1024 * 1024;

const stateText = ({ state }: Member, nowMs: number): string => {
  switch (state._tag) {
    case 'Starting':
      return 'starting';
    case 'Running':
      return 'running';
    case 'Stopping':
      return 'stopping';
    case 'Down':
      return state.restartAtMs === undefined
        ? 'down'
        : `down, back in ${String(Math.max(0, Math.ceil((state.restartAtMs - nowMs) / 1_000)))} s`;
  }
};

const cells = (member: Member, { nameOf, nowMs }: TableView): readonly string[] => {
  const { status, state } = member;
  const alive = state._tag !== 'Down';
  const known = status === undefined || !alive ? undefined : status;
  return [
    member.name,
    stateText(member, nowMs),
    status === undefined ? '-' : status.height.toString(),
    known === undefined ? '-' : String(known.deciding.round),
    known === undefined || O.isNone(known.deciding.proposer) ? '-' : nameOf(known.deciding.proposer.value),
    known === undefined ? '-' : String(known.peers),
    known === undefined ? '-' : String(known.mempool.transactions),
    known === undefined ? '-' : `${String(Math.round(Number(known.memoryBytes) / MEBIBYTE))} MiB`,
    member.pid === undefined ? '-' : String(member.pid),
    member.apiPort === undefined ? '-' : String(member.apiPort),
  ];
};

const padded = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

const summary = ({ lastBlock, intervalMs, transactions, nameOf }: TableView): string =>
  lastBlock === undefined
    ? 'waiting for the first block'
    : `height ${lastBlock.height.toString()}, round ${String(lastBlock.round)}, built by ${nameOf(lastBlock.proposer)}, ${intervalMs === undefined ? '' : `${seconds(intervalMs)} after the one before, `}${String(transactions)} transactions since the start`;

/** The live table, line by line. Why a validator is down follows it. */
export const tableLines = (view: TableView): readonly string[] => [
  summary(view),
  '',
  ...padded([HEADINGS, ...view.members.map((member) => cells(member, view))]),
  ...view.members.flatMap(({ name, state }) =>
    state._tag === 'Down' && state.why !== '' ? [`${name}: ${state.why}`] : [],
  ),
];

/** One plain line per block, where there is no terminal to draw in. */
export const blockLine = (
  block: Block,
  intervalMs: number | undefined,
  nameOf: TableView['nameOf'],
  members: readonly Member[],
): string => {
  const running = members.filter(({ state }) => state._tag === 'Running').length;
  const mempool = members.reduce((most, { status }) => Math.max(most, status?.mempool.transactions ?? 0), 0);
  return `block ${block.height.toString()}  round ${String(block.round)}  proposer ${nameOf(block.proposer)}  transactions ${String(block.transactions)}  mempool ${String(mempool)}  ${intervalMs === undefined ? '' : `${seconds(intervalMs)}  `}running ${String(running)}/${String(members.length)}`;
};
