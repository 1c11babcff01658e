export { createScheduler, type Scheduler } from './scheduler.ts';
export { createSeededRandom, type SeededRandom } from './seeded-random.ts';
export { mlDsaScheme, nullScheme, type SimulationScheme } from './signature-scheme.ts';
export { createVirtualNetwork, type LinkConditions, type NetworkCounters, type VirtualNetwork } from './virtual-network.ts';
export { createSimulatedNode, type NodePace, type SimulatedNode, type SimulatedNodeOptions } from './simulated-node.ts';
export { createRunRecord, type DecidedHeight, type Disagreement, type RunRecord } from './run-record.ts';
export { worldGenesis, worldValidators, WORLD_EPOCH_MS, type WorldValidator } from './genesis-of-world.ts';
export { createWorld, peersOf, type World, type WorldOptions } from './world.ts';
