import {
  createEventOutbox,
  found,
  isHex32,
  type ConsensusConfig,
  type ConsensusResult,
  type DaoExecutionParams,
  type DaoProposal,
  type DaoTreasury,
  type DaoVote,
  type Hash,
  type IdentityId,
  type Option,
  daoError,
} from '@zhtp/types';
import type { DifficultyManager, DifficultyUpdate } from '@zhtp/difficulty';
import { either as E, option as O } from 'fp-ts';
import type { Observable } from 'rxjs';
import { advance } from './advance.ts';
import { beginEpoch } from './begin-epoch.ts';
import type { BlockPosition } from './block-position.ts';
import { cancelByProposer, type CancelRequest } from './cancel-proposal.ts';
import { castVote, type VoteRequest } from './cast-vote.ts';
import { chainParameter, isChainParameterName } from './chain-parameters.ts';
import { changeWeight } from './change-weight.ts';
import { clearBallots } from './clear-ballots.ts';
import { createProposal, type ProposalRequest } from './create-proposal.ts';
import { currentPower, type WeightChange } from './electorate.ts';
import { executeByHand } from './execute-by-hand.ts';
import { applyExecutionParams } from './execution-params.ts';
import { decodeExecutionParams, encodeExecutionParams } from './execution-params-codec.ts';
import type { GovernanceEvent } from './governance-event.ts';
import { DETACHED_GOVERNANCE, governanceGenesis, type GovernanceGenesis } from './governance-genesis.ts';
import type { GovernancePorts } from './governance-ports.ts';
import {
  findProposal,
  type GovernanceResult,
  type GovernanceState,
  type LiveVote,
  type ProposalRecord,
} from './governance-state.ts';
import type { ParameterChange } from './parameter-update.ts';
import { donate, receiveBlockIncome } from './treasury-income.ts';
import { documentedTreasury } from './treasury.ts';
import { calculateVotingPower, type VotingPowerComponents } from './voting-power.ts';

/** A genesis and the surroundings an engine asks. */
export interface DaoEngineOptions extends GovernanceGenesis {
  readonly ports?: GovernancePorts;
  /** Told of every decided difficulty update; its configuration is what updates are judged against. */
  readonly difficultyManager?: DifficultyManager;
}

/** What an open or ended proposal has beside its documented fields. */
export interface ProposalDetails {
  /** Still in escrow, micro-ZHTP. */
  readonly deposit: bigint;
  /** Basis points of Yes among Yes and No; 5000 means more than half. */
  readonly approvalBasisPoints: bigint;
  /** First height that may execute it. */
  readonly executableFrom: Option<bigint>;
  /** Why it was cancelled, or failed where the tally does not say. */
  readonly reason: Option<string>;
}

/** Ballots outlast the vote in a state that clears them block by block. */
const liveVote = ({ proposal, ballots }: ProposalRecord, voter: IdentityId): LiveVote | undefined =>
  proposal.status === 'Active' ? ballots.live.get(voter) : undefined;

const isId = (value: unknown): boolean => isHex32(value);

/**
 * The documented governance engine: holds the state, publishes what happens, and has no rule of its own. Time is block
 * time, given with every call; refusals are DaoErrors, and SerializationErrors where bytes are read.
 */
export class DaoEngine {
  #state: GovernanceState = DETACHED_GOVERNANCE;
  #ports: GovernancePorts = {};
  #difficultyManager: DifficultyManager | undefined;
  readonly #outbox = createEventOutbox<GovernanceEvent>();

  /** What happened, in order, after the state has changed; nothing is replayed. */
  readonly events$: Observable<GovernanceEvent> = this.#outbox.events$;

  /** Governance for a chain: weights by account, deposits, a treasury. `new DaoEngine()` is detached: everyone has power 1. */
  static create(options: DaoEngineOptions): ConsensusResult<DaoEngine> {
    return E.map((state: GovernanceState) => {
      const engine = new DaoEngine();
      engine.#state = state;
      engine.#ports = options.ports ?? {};
      engine.#difficultyManager = options.difficultyManager;
      return engine;
    })(governanceGenesis(options));
  }

  /** An engine over a state that the transitions made, such as the committed one of a chain. */
  static of(state: GovernanceState): DaoEngine {
    const engine = new DaoEngine();
    engine.#state = state;
    return engine;
  }

  /** Puts a proposal to the vote; answers its id. See {@link createProposal}. */
  createDaoProposal(request: ProposalRequest): ConsensusResult<Hash> {
    return this.#apply(createProposal(this.state(), request, this.#ports));
  }

  /** Casts a vote or replaces one's earlier vote; answers the vote's id. See {@link castVote}. */
  castDaoVote(request: VoteRequest): ConsensusResult<Hash> {
    return E.map(({ id }: { readonly id: Hash }) => id)(this.#apply(castVote(this.#state, request, this.#ports)));
  }

  /** Own voting power as it is now, without anything delegated; a proposal counts that of its snapshot. */
  getDaoVotingPower(userId: IdentityId): bigint {
    return isId(userId) ? currentPower(this.#state.electorate, userId) : 0n;
  }

  /** Arguments in whole ZHTP. See {@link calculateVotingPower}. */
  calculateVotingPower(components: VotingPowerComponents): ConsensusResult<bigint> {
    return calculateVotingPower(components);
  }

  /** Bincode 1.x. See {@link encodeExecutionParams}. */
  encodeExecutionParams(params: DaoExecutionParams): ConsensusResult<Uint8Array> {
    return encodeExecutionParams(params);
  }

  /** Strict. See {@link decodeExecutionParams}. */
  decodeExecutionParams(params: Uint8Array): ConsensusResult<DaoExecutionParams> {
    return decodeExecutionParams(params);
  }

  /** What the parameters make of `config`, and what goes to the DifficultyManager; changes nothing. See {@link applyExecutionParams}. */
  applyExecutionParams(config: ConsensusConfig, params: DaoExecutionParams): ConsensusResult<ParameterChange> {
    return applyExecutionParams(config, params, this.state());
  }

  /** Executes a Passed proposal of this engine whose timelock is over, and answers what it makes of `config`. See {@link executeByHand}. */
  applyGovernanceUpdateFromProposal(proposal: DaoProposal, config: ConsensusConfig): ConsensusResult<ParameterChange> {
    return this.#apply(executeByHand(this.state(), proposal, config, this.#ports));
  }

  /** Brings governance to a block: votes start and close, what passed and waited is executed. See {@link advance}. */
  processExpiredProposals(at: BlockPosition): ConsensusResult<void> {
    return this.#apply(advance(this.state(), at, this.#ports));
  }

  /** total = available + allocated + reserved; micro-ZHTP. */
  getDaoTreasury(): DaoTreasury {
    return documentedTreasury(this.#state.treasury);
  }

  /** Takes back one's own Draft or Active proposal, at the price of half the deposit. See {@link cancelByProposer}. */
  cancelProposal(request: CancelRequest): ConsensusResult<void> {
    return this.#apply(cancelByProposer(this.#state, request));
  }

  /** Notes an account's own weight as of a block; see `ownWeight`. */
  setVotingWeight(change: WeightChange): ConsensusResult<void> {
    return this.#apply(changeWeight(this.#state, change));
  }

  /** @param amount micro-ZHTP that `source` gives */
  depositToTreasury(amount: bigint, source: IdentityId): ConsensusResult<void> {
    return this.#apply(donate(this.#state, amount, source));
  }

  /** @param amount micro-ZHTP that a block brings in; one record per epoch */
  receiveBlockIncome(amount: bigint): ConsensusResult<void> {
    return this.#apply(receiveBlockIncome(this.#state, amount));
  }

  /** At an epoch boundary: decided parameters come into force. */
  beginEpoch(): ConsensusResult<void> {
    return this.#apply(beginEpoch(this.#state));
  }

  /** In force. */
  config(): ConsensusConfig {
    return this.#state.configInForce;
  }

  /** In force from the next epoch boundary; what new proposals are validated against. */
  decidedConfig(): ConsensusConfig {
    return this.#state.decidedConfig;
  }

  /** DaoError for a name that the table does not have. */
  chainParameter(name: string): ConsensusResult<bigint> {
    return typeof name === 'string' && isChainParameterName(name)
      ? E.right(chainParameter(this.#state.chainParameters, name))
      : E.left(daoError(`chain parameter ${found(name)} is unknown: see the table of the README`));
  }

  /** None for one that is unknown or among the ended ones no longer kept. */
  getProposal(id: Hash): Option<DaoProposal> {
    return O.map(({ proposal }: ProposalRecord) => proposal)(this.#find(id));
  }

  getProposalDetails(id: Hash): Option<ProposalDetails> {
    return O.map(({ deposit, approvalBasisPoints, executableFrom, reason }: ProposalRecord) => ({
      deposit,
      approvalBasisPoints,
      executableFrom,
      reason,
    }))(this.#find(id));
  }

  /** Draft, Active and Passed proposals, by id. */
  getOpenProposals(): readonly DaoProposal[] {
    return [...this.#state.open.values()].map(({ proposal }) => proposal);
  }

  /** A live vote while voting lasts; its signature is in its event only. */
  getVote(proposalId: Hash, voter: IdentityId): Option<DaoVote> {
    const record = this.#find(proposalId);
    return O.isSome(record) && isId(voter) ? O.fromNullable(liveVote(record.value, voter)?.vote) : O.none;
  }

  /** The `revision` that the voter's next vote on a proposal signs: how many came before. */
  nextVoteRevision(proposalId: Hash, voter: IdentityId): bigint {
    const record = this.#find(proposalId);
    const live = O.isSome(record) && isId(voter) ? liveVote(record.value, voter) : undefined;
    return live === undefined ? 0n : live.revision + 1n;
  }

  /** A pure value: what `createProposal`, `castVote` and `advance` work on. */
  state(): GovernanceState {
    const difficulty = this.#difficultyManager?.config() ?? this.#state.difficulty;
    return difficulty === this.#state.difficulty ? this.#state : { ...this.#state, difficulty };
  }

  #find(id: Hash): Option<ProposalRecord> {
    return isId(id) ? O.fromNullable(findProposal(this.#state, id)) : O.none;
  }

  #apply<A>(outcome: GovernanceResult<A>): ConsensusResult<A> {
    if (E.isLeft(outcome)) return outcome;
    const { state, events, result } = outcome.right;
    this.#state = clearBallots(state, Number.MAX_SAFE_INTEGER);
    this.#outbox.afterwards(() => {
      this.#outbox.publish(events);
      for (const event of events) if (event._tag === 'ParametersDecided') this.#tellDifficulty(event.difficultyUpdate);
    });
    return E.right(result);
  }

  #tellDifficulty(update: DifficultyUpdate): void {
    const applied = this.#difficultyManager?.applyGovernanceUpdate(update) ?? E.right(undefined);
    if (E.isLeft(applied)) throw new Error(`broken invariant: a checked difficulty update: ${applied.left.message}`);
  }
}
