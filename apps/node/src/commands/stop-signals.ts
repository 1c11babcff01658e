/**
 * Aborted by SIGINT, SIGTERM, and the end of the process that started this one: no node outlives its supervisor.
 * A second signal ends the process at once.
 */
export const stopSignal = (): AbortSignal => {
  const controller = new AbortController();
  const ask = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  process.on('SIGHUP', ask);
  process.on('disconnect', () => {
    controller.abort();
  });
  return controller.signal;
};
