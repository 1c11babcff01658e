/** What was opened, to be closed in the opposite order, whether the start succeeded or stopped half way. */
export interface Closing {
  /** `close` must not reject: a failure to close is reported, not fatal. */
  add(close: () => Promise<unknown>): void;
  /** Closes everything once; later calls wait for the same. */
  closeAll(): Promise<void>;
}

export const createClosing = (report: (cause: unknown) => void): Closing => {
  const steps: (() => Promise<unknown>)[] = [];
  let closed: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    for (let close = steps.pop(); close !== undefined; close = steps.pop()) await close().catch(report);
  };
  return {
    add: (close) => {
      steps.push(close);
    },
    closeAll: () => (closed ??= run()),
  };
};
