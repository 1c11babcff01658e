import {
  daoError,
  daoVoteChoiceCodec,
  encodeUtf8,
  found,
  hashCodec,
  identityCodec,
  JUSTIFICATION_BYTES_MAX,
  postQuantumSignatureCodec,
  type ConsensusError,
  type ConsensusResult,
  type DaoProposal,
  type DaoVote,
  type DaoVoteChoice,
  type Hash,
  type IdentityId,
  type PostQuantumSignature,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { castBallot } from './ballots.ts';
import { invalidPosition, type BlockPosition } from './block-position.ts';
import { powerAt } from './electorate.ts';
import type { GovernancePorts } from './governance-ports.ts';
import {
  findProposal,
  withOpen,
  type GovernanceResult,
  type GovernanceState,
  type ProposalRecord,
} from './governance-state.ts';
import { signBytesOf, voteIdOf, type VoteContent } from './proposal-id.ts';
import { mistyped } from './refusals.ts';

/** A vote as it is cast: the documented arguments, an optional signature (decisions.md §3), and the block it is in. */
export interface VoteRequest {
  readonly voter: IdentityId;
  readonly proposalId: Hash;
  readonly voteChoice: DaoVoteChoice;
  /** Up to 4 096 bytes of UTF-8. */
  readonly justification?: string;
  /** Over `voteSignBytes`; required when the engine has a verifier. */
  readonly signature?: PostQuantumSignature;
  readonly at: BlockPosition;
}

const invalidJustification = (justification: unknown): ConsensusError | undefined => {
  if (justification === undefined) return undefined;
  if (typeof justification !== 'string' || !justification.isWellFormed())
    return daoError(`justification is ${found(justification)}, it must be well-formed text`);
  return justification.length <= JUSTIFICATION_BYTES_MAX && encodeUtf8(justification).length <= JUSTIFICATION_BYTES_MAX
    ? undefined
    : daoError(
        `justification is longer than ${String(JUSTIFICATION_BYTES_MAX)} bytes: shorten it`,
        justification.length,
      );
};

const outOfForm = ({
  voter,
  proposalId,
  voteChoice,
  justification,
  signature,
}: VoteRequest): ConsensusError | undefined => {
  const wrong = mistyped('voter', identityCodec, voter) ?? mistyped('proposalId', hashCodec, proposalId);
  if (wrong !== undefined) return wrong;
  if (!daoVoteChoiceCodec.json.is(voteChoice))
    return daoError(`voteChoice is ${found(voteChoice)}, it must be Yes, No, Abstain or Delegate with an identity`);
  if (signature !== undefined && !postQuantumSignatureCodec.json.is(signature))
    return daoError('signature must be { algorithm, signature, publicKey }');
  return invalidJustification(justification);
};

/** The proposal of a vote while it is open at this time: [start, end). */
const votable = (state: GovernanceState, { proposalId, at }: VoteRequest): ConsensusResult<ProposalRecord> => {
  const record = findProposal(state, proposalId);
  if (record === undefined) return E.left(daoError(`proposal ${proposalId} is not known`));
  const { status, votingStartTime, votingEndTime } = record.proposal;
  if (status !== 'Active' && status !== 'Draft')
    return E.left(daoError(`proposal ${proposalId} is ${status}, only an Active one takes votes`));
  if (at.timeSeconds < votingStartTime)
    return E.left(daoError(`voting on ${proposalId} starts at ${String(votingStartTime)}`, at.timeSeconds));
  return at.timeSeconds < votingEndTime
    ? E.right(record)
    : E.left(daoError(`voting on ${proposalId} ended at ${String(votingEndTime)}`, at.timeSeconds));
};

const snapshotPower = (state: GovernanceState, proposal: DaoProposal, identity: IdentityId): bigint =>
  powerAt(state.electorate, identity, proposal.createdAtHeight - 1n);

/** Judged on the snapshot alone, so that no order of votes makes one count that another order refuses. */
const powerless = (state: GovernanceState, proposal: DaoProposal, request: VoteRequest): ConsensusError | undefined => {
  const { voter, voteChoice } = request;
  if (snapshotPower(state, proposal, voter) === 0n)
    return daoError(
      `${voter} has no voting power in the snapshot of block ${String(proposal.createdAtHeight - 1n)}: it held less than one voting unit, and the base vote counts for attested persons alone`,
    );
  if (voteChoice._tag !== 'Delegate') return undefined;
  if (voteChoice.identity === voter) return daoError('nobody delegates to themselves: vote Yes, No or Abstain');
  return snapshotPower(state, proposal, voteChoice.identity) === 0n
    ? daoError(`${voteChoice.identity} has no voting power in the snapshot, it cannot vote for anyone`)
    : undefined;
};

const unsigned = (
  content: VoteContent,
  request: VoteRequest,
  { verifyVote }: GovernancePorts,
): ConsensusError | undefined => {
  if (verifyVote === undefined) return undefined;
  if (request.signature === undefined) return daoError(`the vote of ${request.voter} is not signed`);
  return verifyVote(request.voter, signBytesOf(content), request.signature.signature) === 'valid'
    ? undefined
    : daoError(
        `the signature of the vote of ${request.voter} is not the voter's, or not over vote ${String(content.revision)}`,
      );
};

/** Where who is eligible is not known beforehand, it is who takes part. */
const withVoter = (record: ProposalRecord, state: GovernanceState, weight: bigint): ProposalRecord => {
  if (state.electorate._tag === 'Registered') return record;
  const { ballots } = record;
  const totalEligiblePower = ballots.tally.totalEligiblePower + weight;
  return { ...record, ballots: { ...ballots, tally: { ...ballots.tally, totalEligiblePower } } };
};

/** State shares nothing with what a caller gave, and holds nothing beside the declared fields. */
const ownCopy = (choice: DaoVoteChoice): DaoVoteChoice =>
  choice._tag === 'Delegate' ? { _tag: 'Delegate', identity: choice.identity } : { _tag: choice._tag };

/** What a vote did: its id, and the vote it replaced. */
export interface CastVote {
  readonly id: Hash;
  readonly replaces: Hash | undefined;
}

const counted = (
  state: GovernanceState,
  record: ProposalRecord,
  request: VoteRequest,
  ports: GovernancePorts,
): GovernanceResult<CastVote> => {
  const { voter, proposalId, at } = request;
  const voteChoice = ownCopy(request.voteChoice);
  const justification = O.fromNullable(request.justification);
  const before = record.ballots.live.get(voter);
  const revision = before === undefined ? 0n : before.revision + 1n;
  const content: VoteContent = {
    chainId: state.chainId,
    proposalId,
    voter,
    revision,
    choice: voteChoice,
    justification,
  };
  const refused = powerless(state, record.proposal, request) ?? unsigned(content, request, ports);
  if (refused !== undefined) return E.left(refused);
  const weight = snapshotPower(state, record.proposal, voter);
  const vote: DaoVote = {
    id: voteIdOf(content),
    voter,
    proposalId,
    voteChoice,
    votingPower: weight,
    timestamp: at.timeSeconds,
    justification,
    signature: O.none,
  };
  const known = before === undefined ? withVoter(record, state, weight) : record;
  const ballots = castBallot(known.ballots, voter, { choice: voteChoice, weight, revision, vote });
  const { proposal } = record;
  const after = { ...known, ballots, proposal: { ...proposal, status: 'Active', voteTally: ballots.tally } as const };
  const replaces = before?.vote.id;
  return E.right({
    state: withOpen({ ...state, at }, after),
    events: [
      ...(proposal.status === 'Draft' ? [{ _tag: 'VotingStarted', proposalId } as const] : []),
      { _tag: 'VoteCast', vote: { ...vote, signature: O.fromNullable(request.signature) }, replaces },
    ],
    result: { id: vote.id, replaces },
  });
};

/**
 * Counts a vote, in place of the voter's earlier one if there is one (economics.md, Governance: Votes). DaoError for an
 * unknown or closed proposal, outside the window, without power in the snapshot, a delegation that cannot carry anything, a
 * missing or wrong signature.
 */
export const castVote = (
  state: GovernanceState,
  request: VoteRequest,
  ports: GovernancePorts = {},
): GovernanceResult<CastVote> => {
  const given: unknown = request;
  if (typeof given !== 'object' || given === null)
    return E.left(daoError(`a vote is an object of named fields, got ${found(given)}`));
  const wrong = invalidPosition(request.at, state.at) ?? outOfForm(request);
  if (wrong !== undefined) return E.left(wrong);
  return pipe(
    votable(state, request),
    E.chain((record) => counted(state, record, request, ports)),
  );
};
