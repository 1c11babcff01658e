import {
  daoError,
  daoProposalTypeCodec,
  economicImpactCodec,
  found,
  identityCodec,
  privacyLevelCodec,
  PROPOSAL_DESCRIPTION_CHARACTERS_MAX,
  PROPOSAL_TITLE_CHARACTERS_MAX,
  u32,
  U64_MAX,
  u64,
  ubiImpactCodec,
  type ConsensusError,
  type ConsensusResult,
  type DaoExecutionAction,
  type DaoExecutionParams,
  type DaoProposal,
  type DaoProposalType,
  type EconomicImpact,
  type Hash,
  type IdentityId,
  type Option,
  type PrivacyLevel,
  type UbiImpact,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { refusedAction } from './action-check.ts';
import { noBallots } from './ballots.ts';
import { invalidPosition, type BlockPosition } from './block-position.ts';
import { approvalBasisPointsOf, chainParameter, quorumPercentOf } from './chain-parameters.ts';
import { powerAt, totalPowerAt } from './electorate.ts';
import { decodeExecutionParams, encodeExecutionParams } from './execution-params-codec.ts';
import { account, ESCROW, fundsMoved } from './governance-event.ts';
import type { GovernancePorts } from './governance-ports.ts';
import {
  OPEN_PROPOSALS_MAX,
  withOpen,
  type GovernanceResult,
  type GovernanceState,
  type ProposalRecord,
} from './governance-state.ts';
import { idOfContent } from './proposal-id.ts';
import { mistyped } from './refusals.ts';

/** A proposal as it is asked for: the documented arguments, and what decisions.md §3 adds. */
export interface ProposalRequest {
  readonly proposer: IdentityId;
  /** 1 to 200 characters. */
  readonly title: string;
  /** Up to 20 000 characters. */
  readonly description: string;
  readonly proposalType: DaoProposalType;
  /** 1 to 365. One of this and `votingPeriodSeconds`. */
  readonly votingPeriodDays?: number;
  readonly votingPeriodSeconds?: bigint;
  /** Voting starts so long after this block, up to 365 days; at once when left out. The proposal is a Draft till then. */
  readonly votingDelaySeconds?: bigint;
  /** What happens when it passes, or its bincode. */
  readonly executionParams?: DaoExecutionParams | Uint8Array;
  readonly ubiImpact?: UbiImpact;
  readonly economicImpact?: EconomicImpact;
  /** Only Public, the default, is accepted. */
  readonly privacyLevel?: PrivacyLevel;
  readonly at: BlockPosition;
}

const DAY_SECONDS = 86_400n;
const DELAY_SECONDS_MAX = 365n * DAY_SECONDS;

/** Characters as people count them, without walking through more than can be allowed. */
const isWithin = (value: string, charactersMax: number): boolean =>
  value.length <= 2 * charactersMax && Array.from(value).length <= charactersMax;

const invalidText = (name: string, value: unknown, charactersMax: number): ConsensusError | undefined => {
  if (typeof value !== 'string' || !value.isWellFormed())
    return daoError(`${name} is ${found(value)}, it must be well-formed text`);
  return isWithin(value, charactersMax)
    ? undefined
    : daoError(`${name} is longer than ${String(charactersMax)} characters: shorten it`, value.length);
};

const outOfForm = (request: ProposalRequest): ConsensusError | undefined => {
  const { proposer, title, description, proposalType, votingDelaySeconds, ubiImpact, economicImpact } = request;
  const stranger = mistyped('proposer', identityCodec, proposer);
  if (stranger !== undefined) return stranger;
  if (!daoProposalTypeCodec.json.is(proposalType))
    return daoError(`proposalType is ${found(proposalType)}, which is no type of proposal`);
  if (votingDelaySeconds !== undefined && (!u64.json.is(votingDelaySeconds) || votingDelaySeconds > DELAY_SECONDS_MAX))
    return daoError(
      `votingDelaySeconds is ${found(votingDelaySeconds)}, it must be from 0 to ${String(DELAY_SECONDS_MAX)}`,
    );
  if (ubiImpact !== undefined && !ubiImpactCodec.json.is(ubiImpact))
    return daoError('ubiImpact must be { beneficiaries, monthlyAmountPerBeneficiary }, both u64');
  if (economicImpact !== undefined && !economicImpactCodec.json.is(economicImpact))
    return daoError('economicImpact must have three levels, a transparency from 0 to 100 and two lists of short texts');
  const wrong =
    invalidText('title', title, PROPOSAL_TITLE_CHARACTERS_MAX) ??
    invalidText('description', description, PROPOSAL_DESCRIPTION_CHARACTERS_MAX);
  if (wrong !== undefined) return wrong;
  return title.trim() === '' ? daoError('title is blank: say what is proposed') : undefined;
};

const refusedPrivacy = (level: PrivacyLevel = 'Public'): ConsensusError | undefined => {
  if (!privacyLevelCodec.json.is(level)) return daoError(`privacyLevel is ${found(level)}, which is no privacy level`);
  return level === 'Public'
    ? undefined
    : daoError(`privacyLevel ${level} is not supported: every node must read a proposal to judge it, use Public`);
};

/** Length of the voting window in seconds: 1 to 365 days, an Emergency from an hour; the bounds are parameters. */
const windowSeconds = (state: GovernanceState, request: ProposalRequest): ConsensusResult<bigint> => {
  const { votingPeriodDays: days, votingPeriodSeconds: seconds, proposalType } = request;
  if ((days === undefined) === (seconds === undefined))
    return E.left(daoError('give votingPeriodDays or votingPeriodSeconds, one of the two'));
  if (days !== undefined && !u32.json.is(days))
    return E.left(daoError(`votingPeriodDays is ${found(days)}, it must be a whole number from 1 to 365`));
  const wrong = seconds === undefined ? undefined : mistyped('votingPeriodSeconds', u64, seconds);
  if (wrong !== undefined) return E.left(wrong);
  const length = seconds ?? BigInt(days ?? 0) * DAY_SECONDS;
  const least = proposalType === 'Emergency' ? 'emergencyVotingPeriodMinSeconds' : 'votingPeriodMinSeconds';
  const min = chainParameter(state.chainParameters, least);
  const max = chainParameter(state.chainParameters, 'votingPeriodMaxSeconds');
  return length >= min && length <= max
    ? E.right(length)
    : E.left(
        daoError(
          `the voting period of this ${proposalType} proposal is ${String(length)} s, it must be from ${String(min)} to ${String(max)} s`,
          seconds ?? days,
        ),
      );
};

interface Execution {
  readonly bytes: Option<Uint8Array>;
  readonly action: Option<DaoExecutionAction>;
}

const executionOf = (params: ProposalRequest['executionParams']): ConsensusResult<Execution> => {
  if (params === undefined) return E.right({ bytes: O.none, action: O.none });
  const encoded: ConsensusResult<Uint8Array> =
    params instanceof Uint8Array ? E.right(params.slice()) : encodeExecutionParams(params);
  return pipe(
    encoded,
    E.chain((bytes) =>
      pipe(
        decodeExecutionParams(bytes),
        E.map(({ action }) => ({ bytes: O.some(bytes), action: O.some(action) })),
      ),
    ),
  );
};

/** Spending other people's money asks for a stake in the matter: "minimum 100 voting power". */
const tooWeakToPay = (
  state: GovernanceState,
  { proposer, at }: ProposalRequest,
  action: DaoExecutionAction,
): ConsensusError | undefined => {
  if (action._tag !== 'TreasuryPayment') return undefined;
  const min = chainParameter(state.chainParameters, 'paymentProposerPowerMin');
  const power = powerAt(state.electorate, proposer, at.height - 1n);
  return power >= min
    ? undefined
    : daoError(
        `proposing a payment takes a minimum ${String(min)} voting power, ${proposer} has ${String(power)}`,
        power,
      );
};

const unaffordable = (
  state: GovernanceState,
  deposit: bigint,
  { proposer }: ProposalRequest,
  { balanceOf }: GovernancePorts,
): ConsensusError | undefined => {
  const balance = balanceOf?.(proposer) ?? deposit;
  if (balance < deposit)
    return daoError(`the deposit is ${String(deposit)} micro-ZHTP, ${proposer} has ${String(balance)}`, balance);
  return state.treasury.balance + state.escrow + deposit > U64_MAX
    ? daoError('deposits and treasury would exceed 64 bits', deposit)
    : undefined;
};

const proposalOf = (
  state: GovernanceState,
  request: ProposalRequest,
  window: bigint,
  executionParams: Option<Uint8Array>,
): ConsensusResult<DaoProposal> => {
  const { proposer, title, description, proposalType, votingDelaySeconds = 0n, at } = request;
  const votingStartTime = at.timeSeconds + votingDelaySeconds;
  const votingEndTime = votingStartTime + window;
  if (votingEndTime > U64_MAX) return E.left(daoError('voting would end beyond 64 bits of seconds', at.timeSeconds));
  const content = {
    proposer,
    title,
    description,
    proposalType,
    votingStartTime,
    votingEndTime,
    executionParams,
    ubiImpact: O.fromNullable(request.ubiImpact),
    economicImpact: O.fromNullable(request.economicImpact),
  };
  const count = state.proposalCounts.get(proposer) ?? 0n;
  return E.right({
    ...content,
    id: idOfContent({ ...content, chainId: state.chainId, count }),
    status: votingDelaySeconds === 0n ? 'Active' : 'Draft',
    quorumRequired: quorumPercentOf(state.chainParameters, proposalType),
    voteTally: noBallots(totalPowerAt(state.electorate, at.height - 1n)).tally,
    createdAt: at.timeSeconds,
    createdAtHeight: at.height,
    privacyLevel: 'Public',
  });
};

const recordOf = (
  state: GovernanceState,
  request: ProposalRequest,
  ports: GovernancePorts,
): ConsensusResult<ProposalRecord> =>
  pipe(
    E.Do,
    E.bind('window', () => windowSeconds(state, request)),
    E.bind('execution', () => executionOf(request.executionParams)),
    E.chain(({ window, execution }) => {
      const deposit = chainParameter(state.chainParameters, 'proposalDepositMicro');
      const refused =
        (O.isNone(execution.action)
          ? undefined
          : (refusedAction(state, request.proposalType, execution.action.value, ports) ??
            tooWeakToPay(state, request, execution.action.value))) ?? unaffordable(state, deposit, request, ports);
      if (refused !== undefined) return E.left(refused);
      return pipe(
        proposalOf(state, request, window, execution.bytes),
        E.map((proposal) => ({
          proposal,
          action: execution.action,
          approvalBasisPoints: approvalBasisPointsOf(state.chainParameters, proposal.proposalType),
          deposit,
          ballots: noBallots(proposal.voteTally.totalEligiblePower),
          executableFrom: O.none,
          reservation: O.none,
          reason: O.none,
        })),
      );
    }),
  );

/**
 * Puts a proposal to the vote and its deposit into escrow (economics.md, Governance: Proposals). DaoError names the field;
 * SerializationError for execution parameters that are none.
 */
export const createProposal = (
  state: GovernanceState,
  request: ProposalRequest,
  ports: GovernancePorts = {},
): GovernanceResult<Hash> => {
  const given: unknown = request;
  if (typeof given !== 'object' || given === null)
    return E.left(daoError(`a proposal is an object of named fields, got ${found(given)}`));
  const wrong = invalidPosition(request.at, state.at) ?? outOfForm(request) ?? refusedPrivacy(request.privacyLevel);
  if (wrong !== undefined) return E.left(wrong);
  if (state.open.size + state.clearing.length >= OPEN_PROPOSALS_MAX)
    return E.left(
      daoError(
        `${String(OPEN_PROPOSALS_MAX)} proposals are open or being counted out, the most at a time: propose again when some have ended`,
      ),
    );
  const now = { ...state, at: request.at };
  return pipe(
    recordOf(now, request, ports),
    E.map((record) => {
      const { proposal, deposit } = record;
      const { proposer } = proposal;
      const counted = {
        ...now,
        proposalCounts: now.proposalCounts.with(proposer, (now.proposalCounts.get(proposer) ?? 0n) + 1n),
      };
      return {
        state: withOpen({ ...counted, escrow: counted.escrow + deposit }, record),
        events: [...fundsMoved(account(proposer), ESCROW, deposit), { _tag: 'ProposalCreated', proposal }],
        result: proposal.id,
      };
    }),
  );
};
