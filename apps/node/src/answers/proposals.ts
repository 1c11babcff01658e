import { decodeExecutionParams } from '@zhtp/dao';
import type { LedgerState } from '@zhtp/ledger';
import {
  array,
  daoExecutionParamsCodec,
  daoProposalCodec,
  daoVoteChoiceCodec,
  identityCodec,
  option,
  struct,
  text,
  u64,
  type DaoExecutionParams,
  type Hash,
  type TypeOf,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';

const REASON_BYTES_MAX = 4_096;
const VOTES_MAX = 1_000_000;
const PROPOSALS_MAX = 100_000;

/** A proposal, what it would do, and who voted how. */
export const proposalAnswerCodec = struct('ProposalAnswer', {
  proposal: daoProposalCodec,
  /** Read out of its bincode; none where it does nothing. */
  execution: option(daoExecutionParamsCodec),
  /** Still in escrow, micro-ZHTP. */
  deposit: u64,
  approvalBasisPoints: u64,
  /** First height that may execute it; none until it passes. */
  executableFrom: option(u64),
  /** Why it ended as it did, where the numbers do not say. */
  reason: option(text(REASON_BYTES_MAX)),
  /** Live votes; gone when voting is over. */
  votes: array(struct('VoteAnswer', { voter: identityCodec, choice: daoVoteChoiceCodec, weight: u64 }), VOTES_MAX),
});
export type ProposalAnswer = TypeOf<typeof proposalAnswerCodec>;

/** The answer of GET /proposals: open ones and the last that ended, oldest first. */
export const proposalsAnswerCodec = struct('ProposalsAnswer', { proposals: array(daoProposalCodec, PROPOSALS_MAX) });
export type ProposalsAnswer = TypeOf<typeof proposalsAnswerCodec>;

export const proposalsOf = ({ governance }: LedgerState): ProposalsAnswer => ({
  proposals: [...governance.open.values(), ...governance.ended.values()]
    .map(({ proposal }) => proposal)
    .sort((a, b) => Number(a.createdAtHeight - b.createdAtHeight)),
});

const executionOf = (bytes: O.Option<Uint8Array>): O.Option<DaoExecutionParams> => {
  if (O.isNone(bytes)) return O.none;
  const decoded = decodeExecutionParams(bytes.value);
  return E.isRight(decoded) ? O.some(decoded.right) : O.none;
};

export const proposalOf = ({ governance }: LedgerState, id: Hash): O.Option<ProposalAnswer> => {
  const record = governance.open.get(id) ?? governance.ended.get(id);
  if (record === undefined) return O.none;
  const { proposal, deposit, approvalBasisPoints, executableFrom, reason, ballots } = record;
  return O.some({
    proposal,
    execution: executionOf(proposal.executionParams),
    deposit,
    approvalBasisPoints,
    executableFrom,
    reason,
    // Ballots outlast the vote by some blocks; what it came to is the tally.
    votes: [...(proposal.status === 'Active' ? ballots.live.values() : [])].map(({ vote, choice, weight }) => ({
      voter: vote.voter,
      choice,
      weight,
    })),
  });
};
