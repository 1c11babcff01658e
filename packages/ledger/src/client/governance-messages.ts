import { encodeExecutionParams, type ProposalRequest } from '@zhtp/dao';
import type { DaoExecutionParams, DaoVoteChoice, Hash } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { LedgerMessageOf } from '../messages/message.ts';
import { invalidRequest, type InvalidRequest } from './invalid-request.ts';

/** What is put to the vote, as `createProposal` of `@zhtp/dao` takes it; proposer and time are the transaction's. */
export interface ProposalDraft extends Omit<ProposalRequest, 'proposer' | 'at' | 'executionParams'> {
  /** What happens when it passes. */
  readonly executionParams?: DaoExecutionParams;
}

/** A proposal as a message; what the chain's parameters and state forbid is the chain's to refuse. */
export const propose = (draft: ProposalDraft): Either<InvalidRequest, LedgerMessageOf<'Propose'>> => {
  const params = draft.executionParams === undefined ? undefined : encodeExecutionParams(draft.executionParams);
  if (params !== undefined && E.isLeft(params)) return invalidRequest('executionParams', params.left.message);
  const { title, description, proposalType, votingDelaySeconds = 0n, privacyLevel = 'Public' } = draft;
  return E.right({
    _tag: 'Propose',
    title,
    description,
    proposalType,
    votingPeriodDays: O.fromNullable(draft.votingPeriodDays),
    votingPeriodSeconds: O.fromNullable(draft.votingPeriodSeconds),
    votingDelaySeconds,
    executionParams: O.fromNullable(params?.right),
    ubiImpact: O.fromNullable(draft.ubiImpact),
    economicImpact: O.fromNullable(draft.economicImpact),
    privacyLevel,
  });
};

/** A vote as a message. `justification` has at most 4,096 bytes of UTF-8. */
export const vote = (proposalId: Hash, voteChoice: DaoVoteChoice, justification?: string): LedgerMessageOf<'Vote'> => ({
  _tag: 'Vote',
  proposalId,
  voteChoice,
  justification: O.fromNullable(justification),
});
