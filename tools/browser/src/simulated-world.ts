import {
  createTransferLoad,
  createWorld,
  fundedState,
  loadAccounts,
  mlDsaScheme,
  nullScheme,
  runSeed,
  type TransferLoad,
} from '@zhtp/simulator';

const VALIDATORS = 4;
const HEIGHTS = 5n;
const PATIENCE_MS = 600_000;
const ACCOUNTS = 6;
const TRANSFER_EVERY_MS = 200;

/** Four validators with transfers until each of them has committed five heights: the whole outcome as plain values. */
export const simulatedWorld = async (seed: number, signatures: 'ML-DSA-65' | 'none') => {
  const scheme = signatures === 'none' ? nullScheme() : mlDsaScheme(signatures);
  const accounts = loadAccounts(scheme, ACCOUNTS);
  let load: TransferLoad | undefined;
  const world = createWorld({
    seed,
    validators: VALIDATORS,
    scheme,
    appState: fundedState(accounts),
    observe: (_node, event) => {
      if (event._tag === 'BlockCommitted') load?.committed(event.block);
    },
  });
  load = createTransferLoad(world, scheme, accounts, TRANSFER_EVERY_MS);
  load.start();
  for (let index = 0; index < VALIDATORS; index++) world.start(index);
  const isComplete = await world.runUntil(
    () => world.nodes.every((_node, index) => world.record.committedBy(index) >= HEIGHTS),
    PATIENCE_MS,
  );
  const outcome = {
    isComplete,
    digest: world.record.digest(),
    blocks: world.record.heights().map(({ height, round, blockId, appHash, transactions }) => ({
      height: String(height),
      round,
      blockId,
      appHash,
      transactions,
    })),
    violations: world.checker.violations().length,
    transfers: load.included(),
    events: world.scheduler.steps(),
  };
  world.stop();
  return outcome;
};

/** A run with crashes, partitions and loss, all by its seed. */
export const faultyRun = async (seed: number) => {
  const { plan, heights, violations, complaints, virtualMs, events } = await runSeed(seed);
  return { faults: plan.faults.length, heights, violations: violations.length, complaints, virtualMs, events };
};
