export { createScheduler, type Scheduler } from './scheduler.ts';
export { createSeededRandom, type SeededRandom } from './seeded-random.ts';
export { mlDsaScheme, nullScheme, type MlDsaSchemeOptions, type SimulationScheme } from './signature-scheme.ts';
export {
  createVirtualNetwork,
  type LinkConditions,
  type NetworkCounters,
  type VirtualNetwork,
  type VirtualNetworkOptions,
} from './virtual-network.ts';
export {
  createSimulatedNode,
  type NodePace,
  type SimulatedKey,
  type SimulatedNode,
  type SimulatedNodeOptions,
} from './simulated-node.ts';
export type { Interrupt, PortCall } from './mortal-ports.ts';
export { createRunRecord, type DecidedHeight, type Disagreement, type RunRecord } from './run-record.ts';
export { createSafetyChecker, type SafetyChecker } from './safety-checker.ts';
export type { SafetyCheckerOptions, VotersAt } from './safety-voters.ts';
export type { ShownRound } from './safety-conduct.ts';
export type { ViolatedProperty, Violation } from './safety-violation.ts';
export { worldGenesis, worldValidators, WORLD_EPOCH_MS, type WorldValidator } from './genesis-of-world.ts';
export { createWorld, DEFAULT_LINKS, DEFAULT_PACE, type World, type WorldOptions } from './world.ts';
export { createTransferLoad, fundedState, loadAccounts, type TransferLoad } from './transfer-load.ts';
export { faultPlan, type Fault, type FaultPlanOptions } from './fault-plan.ts';
export { injectFaults } from './inject-faults.ts';
export { isClean, minimised, runPlan, runPlanned, runSeed, type RunOutcome, type RunPlan } from './seeded-run.ts';
export { addSums, emptySums, sumsLine, sumsOf, totalFaults, type SoakSums } from './soak-sums.ts';
export { type Breach, PROPERTIES, type PropertyId } from './explore/breach.ts';
export { type BoundedWorld, FOUR_VALIDATORS, PAPER, WITH_ADDITIONS } from './explore/bounded-world.ts';
export { describeTrace, type Trace, type TraceStep } from './explore/counterexample.ts';
export { explore, type Exploration, type ExploreOptions } from './explore/explore.ts';
export { replay, type Replay } from './explore/replay.ts';
export type { SentLog } from './explore/sent-log.ts';
export { walk, type Walk, walkWorld } from './explore/random-walks.ts';
export { runLedgerSoak, type LedgerSoakOptions, type LedgerSoakOutcome } from './ledger-soak/ledger-soak.ts';
export { addCounts, NO_COUNTS, unseen, type MessageCount, type SoakCounts } from './ledger-soak/soak-counts.ts';
