import { describeMessage, type Message } from './message-table.ts';

/** A decision as a node made it. */
export interface Decided {
  readonly value: string;
  readonly round: number;
}

/** What a correct node has let the others see, in order: its messages, and its decision. */
export interface SentLog {
  readonly id: number;
  readonly sent: readonly Message[];
  readonly decided: Decided | null;
}

/** Every log that occurs, each once: nodes with one log are the same to everybody else. */
export interface LogTable {
  readonly empty: SentLog;
  log(id: number): SentLog;
  extend(log: SentLog, sent: readonly Message[], decided: Decided | null): SentLog;
}

/** Searches put the numbers of up to three logs into one: it stays below 2⁵³. */
export const LOGS_MAX = 65_536;

export const createLogTable = (): LogTable => {
  const empty: SentLog = { id: 0, sent: [], decided: null };
  const logs = [empty];
  const ids = new Map<string, SentLog>();
  const grow = (log: SentLog, entry: string, make: () => Omit<SentLog, 'id'>): SentLog => {
    const key = `${String(log.id)}:${entry}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    if (logs.length === LOGS_MAX)
      throw new Error(`more than ${String(LOGS_MAX)} logs: choose a world with fewer rounds or values`);
    const added = { id: logs.length, ...make() };
    logs.push(added);
    ids.set(key, added);
    return added;
  };
  return {
    empty,
    log: (id) => logs[id] ?? empty,
    // One entry at a time: what was said at once and what was said in turn is one log.
    extend(log, sent, decided) {
      const said = sent.reduce(
        (at, message) => grow(at, String(message.id), () => ({ sent: [...at.sent, message], decided: at.decided })),
        log,
      );
      return decided === null ? said : grow(said, describeDecision(decided), () => ({ sent: said.sent, decided }));
    },
  };
};

const describeDecision = (decided: Decided | null): string =>
  decided === null ? '' : `decides ${decided.value} (precommits of round ${String(decided.round)})`;

/** What `after` shows beyond `before`, in words. */
export const describeGrowth = (before: SentLog, after: SentLog): string => {
  const said = after.sent.slice(before.sent.length).map((message) => `sends ${describeMessage(message)}`);
  return [
    ...said,
    ...(before.decided === null && after.decided !== null ? [describeDecision(after.decided)] : []),
  ].join(', ');
};
