import type { IdentityId } from '@zhtp/types';
import type { ChildReport } from '../child-report.ts';
import type { Status } from '../status.ts';
import { startChild, type Child } from './children.ts';

export type MemberState =
  | { readonly _tag: 'Starting' }
  | { readonly _tag: 'Running' }
  | { readonly _tag: 'Down'; readonly why: string; readonly restartAtMs: number | undefined }
  | { readonly _tag: 'Stopping' };

/** One validator of the devnet, as the table shows it. */
export interface Member {
  readonly index: number;
  readonly name: string;
  readonly home: string;
  readonly pid: number | undefined;
  readonly state: MemberState;
  readonly status: Status | undefined;
  readonly apiPort: number | undefined;
  readonly restarts: number;
}

export type Block = Extract<ChildReport, { readonly _tag: 'Block' }>['block'];

export type FleetEvent =
  | { readonly _tag: 'Ready'; readonly member: Member }
  /** The first report of each new height. */
  | { readonly _tag: 'Block'; readonly block: Block }
  | { readonly _tag: 'Down'; readonly member: Member; readonly why: string; readonly delayMs: number | undefined }
  | { readonly _tag: 'Changed' };

export interface FleetOptions {
  /** Path of this program. */
  readonly program: string;
  readonly homes: readonly {
    readonly name: string;
    readonly home: string;
    readonly identity: IdentityId | undefined;
  }[];
  /** Module of the application that the chain hosts. */
  readonly application: string | undefined;
  readonly restart: boolean;
  readonly onEvent: (event: FleetEvent) => void;
}

export interface Fleet {
  readonly members: () => readonly Member[];
  readonly start: () => void;
  /** Resolves when no process is left. A second call kills what is still there. */
  readonly stop: () => Promise<void>;
}

const RESTART_MS = 3_000;
const RESTART_MS_MAX = 60_000;
/** A process that ran this long came up well: the next restart does not wait longer than the first. */
const WELL_AFTER_MS = 30_000;
const STOP_MS_MAX = 15_000;

/** How long to wait before the next start, doubled with each failure in a row. */
export const restartDelayMs = (failuresInRow: number): number =>
  Math.min(RESTART_MS_MAX, RESTART_MS * 2 ** Math.min(10, failuresInRow));

const reasonOf = (code: number | null, signal: NodeJS.Signals | null, lastLine: string): string => {
  if (signal !== null) return `killed by ${signal}`;
  return lastLine === '' ? `ended with code ${String(code)}` : lastLine.replace(/^error: /, '');
};

interface Slot {
  member: Member;
  child: Child | undefined;
  /** By the monotonic clock, as every moment here: a corrected wall clock restarts nobody sooner or later. */
  startedAtMs: number;
  failuresInRow: number;
  timer: NodeJS.Timeout | undefined;
}

/** Starts one process per home, restarts what ends by itself, and stops all. */
export const createFleet = (options: FleetOptions): Fleet => {
  const { program, onEvent } = options;
  let stopping = false;
  let allEnded: (() => void) | undefined;
  let head = 0n;

  const slots: Slot[] = options.homes.map(({ name, home }, index) => ({
    member: {
      index,
      name,
      home,
      pid: undefined,
      state: { _tag: 'Starting' },
      status: undefined,
      apiPort: undefined,
      restarts: 0,
    },
    child: undefined,
    startedAtMs: 0,
    failuresInRow: 0,
    timer: undefined,
  }));

  const change = (slot: Slot, fields: Partial<Member>): void => {
    slot.member = { ...slot.member, ...fields };
    onEvent({ _tag: 'Changed' });
  };

  const onReport = (slot: Slot, report: ChildReport): void => {
    switch (report._tag) {
      case 'Ready':
        change(slot, { state: { _tag: 'Running' }, apiPort: report.apiPort });
        onEvent({ _tag: 'Ready', member: slot.member });
        return;
      case 'Status':
        change(slot, { status: report.status });
        return;
      case 'Block':
        if (report.block.height <= head) return;
        head = report.block.height;
        onEvent({ _tag: 'Block', block: report.block });
        return;
    }
  };

  const onExit = (slot: Slot, why: string, killed: boolean): void => {
    slot.child = undefined;
    if (stopping) {
      change(slot, { pid: undefined, state: { _tag: 'Down', why: '', restartAtMs: undefined } });
      if (slots.every(({ child }) => child === undefined)) allEnded?.();
      return;
    }
    // One that somebody killed has not failed.
    if (killed || performance.now() - slot.startedAtMs > WELL_AFTER_MS) slot.failuresInRow = 0;
    const delayMs = restartDelayMs(slot.failuresInRow);
    if (!killed) slot.failuresInRow += 1;
    const restartAtMs = options.restart ? performance.now() + delayMs : undefined;
    change(slot, { pid: undefined, state: { _tag: 'Down', why, restartAtMs } });
    onEvent({ _tag: 'Down', member: slot.member, why, delayMs: options.restart ? delayMs : undefined });
    if (options.restart) {
      slot.timer = setTimeout(() => {
        launch(slot);
        change(slot, { restarts: slot.member.restarts + 1 });
      }, delayMs);
    }
  };

  const launch = (slot: Slot): void => {
    slot.startedAtMs = performance.now();
    slot.child = startChild(
      { program, home: slot.member.home, application: options.application },
      {
        onReport: (report) => {
          onReport(slot, report);
        },
        onExit: (code, signal, lastLine) => {
          onExit(slot, reasonOf(code, signal, lastLine), signal !== null);
        },
      },
    );
    change(slot, { pid: slot.child.pid, state: { _tag: 'Starting' }, status: undefined });
  };

  const killAll = (): void => {
    for (const { child } of slots) child?.end('SIGKILL');
  };

  return {
    members: () => slots.map(({ member }) => member),
    start: () => {
      slots.forEach(launch);
    },
    stop: async () => {
      if (stopping) {
        killAll();
        return;
      }
      stopping = true;
      const ended = new Promise<void>((resolve) => {
        allEnded = resolve;
      });
      for (const slot of slots) {
        clearTimeout(slot.timer);
        if (slot.child !== undefined) change(slot, { state: { _tag: 'Stopping' } });
        slot.child?.end('SIGTERM');
      }
      if (slots.every(({ child }) => child === undefined)) return;
      const patience = setTimeout(killAll, STOP_MS_MAX);
      await ended;
      clearTimeout(patience);
    },
  };
};
