import type {
  ConsensusConfig,
  ConsensusError,
  DaoExecutionAction,
  DaoProposal,
  DaoVote,
  Hash,
  IdentityId,
} from '@zhtp/types';
import type { Option } from '@zhtp/types';
import type { DifficultyConfig } from '@zhtp/difficulty';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Ballot, Ballots } from './ballots.ts';
import type { BlockPosition } from './block-position.ts';
import type { ChainParameterValues } from './chain-parameters.ts';
import type { Electorate } from './electorate.ts';
import type { GovernanceEvent } from './governance-event.ts';
import type { HexMap } from './hex-map.ts';
import type { Reservation, Treasury } from './treasury.ts';

/** A live vote; its signature is only in its event. */
export interface LiveVote extends Ballot {
  readonly vote: DaoVote;
  /** How many votes of this voter came before it. */
  readonly revision: bigint;
}

/** A proposal with what no documented field holds. */
export interface ProposalRecord {
  /** Its tally is kept with every vote. */
  readonly proposal: DaoProposal;
  readonly action: Option<DaoExecutionAction>;
  /** Frozen at creation, as `proposal.quorumRequired` is. */
  readonly approvalBasisPoints: bigint;
  /** Still in escrow, micro-ZHTP. */
  readonly deposit: bigint;
  /** Without tally once voting is over, and gone when `clearBallots` has come to them. */
  readonly ballots: Ballots<LiveVote>;
  /** First height that may execute it; none until it passes. */
  readonly executableFrom: Option<bigint>;
  readonly reservation: Option<Reservation>;
  /** Why it was cancelled, or why it failed where the numbers do not say. */
  readonly reason: Option<string>;
}

/** Everything governance knows; a pure value that every transition makes anew. */
export interface GovernanceState {
  readonly chainId: string;
  /** The latest block seen. */
  readonly at: BlockPosition;
  /** Decided, acting from the next epoch boundary: what later proposals are validated against. */
  readonly decidedConfig: ConsensusConfig;
  readonly configInForce: ConsensusConfig;
  /** Chain parameters that differ from the table's first values. */
  readonly chainParameters: ChainParameterValues;
  /** Of the DifficultyManager, as decided; its values act at once. */
  readonly difficulty: DifficultyConfig;
  readonly electorate: Electorate;
  /** Draft, Active and Passed. */
  readonly open: HexMap<Hash, ProposalRecord>;
  readonly ended: HexMap<Hash, ProposalRecord>;
  /** Ended proposals, oldest first, the last {@link ENDED_PROPOSALS_MAX}. */
  readonly endedOrder: readonly Hash[];
  /** Proposals whose voting is over and whose ballots are not all gone yet, oldest first. */
  readonly clearing: readonly Hash[];
  /** How many proposals each proposer ever made. */
  readonly proposalCounts: HexMap<IdentityId, bigint>;
  readonly treasury: Treasury;
  /** Sum of the deposits of open proposals, micro-ZHTP. */
  readonly escrow: bigint;
  /** Block income since the epoch began: one record of the history at its end. */
  readonly incomeOfEpoch: bigint;
}

/** Ended proposals kept with their content; older ones are in events. */
const ENDED_PROPOSALS_MAX = 1_000;

/** Proposals that are open, and votes whose ballots are being taken away: each block looks at all of them. */
export const OPEN_PROPOSALS_MAX = 5_000;

/** A state after a transition, what happened, and what the caller asked for. */
export interface Transition<A> {
  readonly state: GovernanceState;
  readonly events: readonly GovernanceEvent[];
  readonly result: A;
}

/** What a transition of governance answers: the next state with its events, or a `DaoError`. */
export type GovernanceResult<A> = Either<ConsensusError, Transition<A>>;

/** The record of a proposal, open or ended; undefined when unknown or no longer kept. */
export const findProposal = (state: GovernanceState, id: Hash): ProposalRecord | undefined =>
  state.open.get(id) ?? state.ended.get(id);

/** Of maps that were asked for: a block changes many weights and few proposals. */
const knownSnapshots = new WeakMap<GovernanceState['open'], readonly bigint[]>();

/** Rising heights whose weights open votes look at. */
export const openSnapshots = ({ open }: Pick<GovernanceState, 'open'>): readonly bigint[] => {
  const known = knownSnapshots.get(open);
  if (known !== undefined) return known;
  const heights = [...open.values()]
    .filter(({ proposal }) => proposal.status !== 'Passed')
    .map(({ proposal }) => proposal.createdAtHeight - 1n);
  const snapshots = [...new Set(heights)].sort((a, b) => (a < b ? -1 : 1));
  knownSnapshots.set(open, snapshots);
  return snapshots;
};

/** Puts a record in place of the open one of its id. */
export const withOpen = (state: GovernanceState, record: ProposalRecord): GovernanceState => ({
  ...state,
  open: state.open.with(record.proposal.id, record),
});

/** The oldest ended proposals without ballots, so many of them. */
const firstCleared = ({ endedOrder, clearing }: GovernanceState, atMost: number): ReadonlySet<Hash> => {
  const busy = new Set(clearing);
  const found = new Set<Hash>();
  for (const id of endedOrder) {
    if (found.size === atMost) break;
    if (!busy.has(id)) found.add(id);
  }
  return found;
};

/** Moves a proposal to the ended ones, of which the oldest go when there are too many: those without ballots. */
export const withEnded = (state: GovernanceState, record: ProposalRecord): GovernanceState => {
  const { id } = record.proposal;
  const order = [...state.endedOrder, id];
  const surplus = order.length - ENDED_PROPOSALS_MAX;
  const gone = surplus > 0 ? firstCleared(state, surplus) : new Set<Hash>();
  return {
    ...state,
    open: state.open.without(id),
    ended: [...gone].reduce((ended, each) => ended.without(each), state.ended.with(id, record)),
    endedOrder: gone.size > 0 ? order.filter((each) => !gone.has(each)) : order,
  };
};
