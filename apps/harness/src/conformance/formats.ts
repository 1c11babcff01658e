import { acvp } from './acvp.ts';
import { compactBits } from './bitcoin-compact.ts';
import { headerIndex } from './bitcoin-headers.ts';
import { bitcoinRetargets } from './bitcoin-retargets.ts';
import { headerStates } from './bitcoin-states.ts';
import { bitcoinWork } from './bitcoin-work.ts';
import { cctv } from './cctv.ts';
import { systemTraces } from './consensus-system.ts';
import { governanceQuorum } from './governance-quorum.ts';
import { governanceTally } from './governance-tally.ts';
import { inflation } from './inflation.ts';
import { lightClientBisections } from './light-bisection.ts';
import { lightClientSteps } from './light-client.ts';
import { proposerPriority } from './proposer-priority.ts';
import { quorumVotes } from './quorum-votes.ts';
import { rewardDistribution } from './reward-distribution.ts';
import { slashing } from './slashing.ts';
import { stateMachineTraces } from './state-machine.ts';
import type { VectorFormat } from './vector-format.ts';
import { voteKeeperTraces } from './vote-keeper.ts';
import { wycheproof } from './wycheproof.ts';

/** Every format that is known here. A new reader is added to this list, and nowhere else. */
export const FORMATS: readonly VectorFormat[] = [
  stateMachineTraces,
  voteKeeperTraces,
  systemTraces,
  quorumVotes,
  proposerPriority,
  lightClientSteps,
  lightClientBisections,
  wycheproof,
  ...acvp,
  ...cctv,
  compactBits,
  ...bitcoinRetargets,
  headerStates,
  bitcoinWork,
  headerIndex,
  slashing,
  rewardDistribution,
  governanceTally,
  governanceQuorum,
  inflation,
];
