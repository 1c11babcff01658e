import { encodeExecutionParams, type DaoEngine, type ProposalRequest, type VoteRequest } from '@zhtp/dao';
import type { ChainEvent, ExecutedTransaction, LedgerMessage } from '@zhtp/ledger';
import {
  daoError,
  identityError,
  networkStateError,
  type ConsensusError,
  type ConsensusResult,
  type Hash,
  type IdentityId,
} from '@zhtp/types';
import { either as E, option as O, taskEither as TE } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { OwnTransactions } from './own-transactions.ts';

/** Governance as it is committed, to read. */
export type DaoView = Pick<
  DaoEngine,
  | 'getDaoVotingPower'
  | 'calculateVotingPower'
  | 'encodeExecutionParams'
  | 'decodeExecutionParams'
  | 'applyExecutionParams'
  | 'getDaoTreasury'
  | 'config'
  | 'decidedConfig'
  | 'chainParameter'
  | 'getProposal'
  | 'getProposalDetails'
  | 'getOpenProposals'
  | 'getVote'
>;

/** A proposal; its block says when it was made. */
export type ProposalToSubmit = Omit<ProposalRequest, 'at'>;
/** A vote; its block says when it was cast, and the transaction's signature is the vote's. */
export type VoteToSubmit = Omit<VoteRequest, 'at' | 'signature'>;

/**
 * The changing side of governance on a running chain: each method signs a transaction with the engine's account key and
 * resolves when its block is committed. What a rule of governance refuses is a DaoError and costs the fee.
 */
export interface DaoTransactions {
  /** Answers the proposal's id. The deposit is the proposer's. */
  createDaoProposal(request: ProposalToSubmit): TaskEither<ConsensusError, Hash>;
  /** Answers the vote's id. */
  castDaoVote(request: VoteToSubmit): TaskEither<ConsensusError, Hash>;
  /** Takes back the account's own proposal, at half the deposit. */
  cancelProposal(request: {
    readonly proposalId: Hash;
    readonly proposer: IdentityId;
  }): TaskEither<ConsensusError, void>;
  /** @param amount micro-ZHTP, at least 1, from the account `source` */
  depositToTreasury(amount: bigint, source: IdentityId): TaskEither<ConsensusError, void>;
}

const proposeMessage = (request: ProposalToSubmit): ConsensusResult<LedgerMessage> => {
  const { title, description, proposalType, votingPeriodDays, votingPeriodSeconds, executionParams } = request;
  const encoded: ConsensusResult<Uint8Array | undefined> =
    executionParams === undefined || executionParams instanceof Uint8Array
      ? E.right(executionParams)
      : encodeExecutionParams(executionParams);
  return pipe(
    encoded,
    E.map((params): LedgerMessage => ({
      _tag: 'Propose',
      title,
      description,
      proposalType,
      votingPeriodDays: O.fromNullable(votingPeriodDays),
      votingPeriodSeconds: O.fromNullable(votingPeriodSeconds),
      votingDelaySeconds: request.votingDelaySeconds ?? 0n,
      executionParams: O.fromNullable(params),
      ubiImpact: O.fromNullable(request.ubiImpact),
      economicImpact: O.fromNullable(request.economicImpact),
      privacyLevel: request.privacyLevel ?? 'Public',
    })),
  );
};

/** What the transaction made, by the event that says so. */
const resultIn = (
  { events }: ExecutedTransaction,
  idIn: (event: ChainEvent) => Hash | undefined,
): ConsensusResult<Hash> => {
  const id = events.map(idIn).find((each) => each !== undefined);
  return id === undefined
    ? E.left(networkStateError('the ledger committed the transaction and told nothing of what it made'))
    : E.right(id);
};

const proposalIn = (event: ChainEvent): Hash | undefined =>
  event._tag === 'ProposalCreated' ? event.proposal.id : undefined;
const voteIn = (event: ChainEvent): Hash | undefined => (event._tag === 'VoteCast' ? event.vote.id : undefined);

/** @param own the account that signs, or why nothing can be signed now */
export const daoTransactions = (own: ConsensusResult<OwnTransactions>): DaoTransactions => {
  const submit = (
    field: string,
    identity: IdentityId,
    message: ConsensusResult<LedgerMessage>,
  ): TaskEither<ConsensusError, ExecutedTransaction> => {
    if (E.isLeft(own)) return TE.left(own.left);
    if (identity !== own.right.identity)
      return TE.left(
        identityError(
          `${field} is ${identity}, this engine signs for ${own.right.identity}: only an account itself can act`,
        ),
      );
    return E.isLeft(message) ? TE.left(message.left) : own.right.submit([message.right], daoError);
  };
  const done = TE.map((): void => undefined);
  return {
    createDaoProposal: (request) =>
      pipe(
        submit('proposer', request.proposer, proposeMessage(request)),
        TE.chainEitherK((executed) => resultIn(executed, proposalIn)),
      ),
    castDaoVote: ({ voter, proposalId, voteChoice, justification }) =>
      pipe(
        submit(
          'voter',
          voter,
          E.right({ _tag: 'Vote', proposalId, voteChoice, justification: O.fromNullable(justification) }),
        ),
        TE.chainEitherK((executed) => resultIn(executed, voteIn)),
      ),
    cancelProposal: ({ proposalId, proposer }) =>
      done(submit('proposer', proposer, E.right({ _tag: 'CancelProposal', proposalId }))),
    depositToTreasury: (amount, source) =>
      done(submit('source', source, E.right({ _tag: 'DepositToTreasury', amount }))),
  };
};
