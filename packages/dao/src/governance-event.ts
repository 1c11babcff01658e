import type {
  ConsensusConfig,
  ConsensusEvent,
  DaoProposal,
  DaoVote,
  Hash,
  IdentityId,
  TreasuryTransaction,
} from '@zhtp/types';
import type { DifficultyUpdate } from '@zhtp/difficulty';
import type { ChainParameterValues } from './chain-parameters.ts';

/** Where money is as governance sees it. */
export type FundsHolder =
  | { readonly _tag: 'Account'; readonly identity: IdentityId }
  | { readonly _tag: 'Escrow' }
  | { readonly _tag: 'Treasury' };

/** What governance did, in order. `DaoError` is the documented event; the others are additional. */
export type GovernanceEvent =
  | Extract<ConsensusEvent, { readonly _tag: 'DaoError' }>
  | { readonly _tag: 'ProposalCreated'; readonly proposal: DaoProposal }
  | { readonly _tag: 'VotingStarted'; readonly proposalId: Hash }
  /** With its signature, which state does not keep. */
  | { readonly _tag: 'VoteCast'; readonly vote: DaoVote; readonly replaces: Hash | undefined }
  /** Passed, Failed or Expired; `reason` where the numbers alone do not say why. */
  | { readonly _tag: 'VotingClosed'; readonly proposal: DaoProposal; readonly reason: string | undefined }
  | { readonly _tag: 'ProposalCancelled'; readonly proposalId: Hash; readonly reason: string }
  | { readonly _tag: 'ProposalExecuted'; readonly proposalId: Hash }
  /** `config` acts from the next epoch boundary. */
  | {
      readonly _tag: 'ParametersDecided';
      readonly proposalId: Hash;
      readonly config: ConsensusConfig;
      readonly chainParameters: ChainParameterValues;
      readonly difficultyUpdate: DifficultyUpdate;
    }
  /** `config` acts from now on. */
  | { readonly _tag: 'ParametersInForce'; readonly config: ConsensusConfig }
  /** Money changed hands; whoever keeps the accounts moves it. micro-ZHTP. */
  | { readonly _tag: 'FundsMoved'; readonly from: FundsHolder; readonly to: FundsHolder; readonly amount: bigint }
  /** A record of the treasury's history; the only place that keeps it after the last thousand. */
  | { readonly _tag: 'TreasuryRecorded'; readonly transaction: TreasuryTransaction };

export const account = (identity: IdentityId): FundsHolder => ({ _tag: 'Account', identity });
export const ESCROW: FundsHolder = { _tag: 'Escrow' };
export const TREASURY: FundsHolder = { _tag: 'Treasury' };

/** Nothing for an amount of 0: no money moves. */
export const fundsMoved = (from: FundsHolder, to: FundsHolder, amount: bigint): readonly GovernanceEvent[] =>
  amount === 0n ? [] : [{ _tag: 'FundsMoved', from, to, amount }];
