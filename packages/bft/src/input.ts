import type { Certificate } from './certificate.ts';
import type { SignedProposal } from './proposal.ts';
import type { TimeoutKind, TimeoutParams } from './timeouts.ts';
import type { SignedVote, ValueId } from './vote.ts';
import type { ValidatorId, VotingSet } from './voting-set.ts';

/** The two additions to the paper (`protocol.md`, top); both off when traces are replayed. */
export interface CoreOptions {
  /** (a) A polka of an earlier round above the valid round, for a valid value in hand, raises valid value and round; a polka also stands in for the proposal of its round. */
  readonly raiseValidOnOldPolka: boolean;
  /** (b) A step ends early once a quorum has voted in it and it can no longer succeed. Only together with (a). */
  readonly endStepEarly: boolean;
}

/** Everything fixed for one height; the frozen set and chain parameters come from committed state. */
export interface HeightParams {
  readonly height: bigint;
  readonly validators: VotingSet;
  /** proposer(h, round) of the paper; total and constant over the height. */
  proposer(round: number): ValidatorId;
  /** `null`, or an identity outside the set: a full node that follows and decides without signing. */
  readonly self: ValidatorId | null;
  readonly timeouts: TimeoutParams;
  readonly options: CoreOptions;
}

/** The outcome of checking a body in hand by deterministic rules. */
export type Verdict = 'valid' | 'invalid';

/** What the signer gave back, after its file and the journal hold it. */
export type OwnMessage<S, P> =
  | { readonly _tag: 'Vote'; readonly vote: SignedVote<S> }
  | { readonly _tag: 'Proposal'; readonly proposal: SignedProposal<P> };

/** What the core is told. Messages are decoded and their signatures verified before they come here. */
export type Input<S, P> =
  | { readonly _tag: 'StartHeight'; readonly params: HeightParams }
  /** `timely` is judged on receipt, by the clock (`protocol.md` § Blocks, Time); it matters for fresh proposals only. */
  | { readonly _tag: 'ProposalReceived'; readonly proposal: SignedProposal<P>; readonly timely: boolean }
  /** The value's body is in hand and was checked. */
  | { readonly _tag: 'ValueJudged'; readonly height: bigint; readonly value: ValueId; readonly verdict: Verdict }
  /** The application's answer to `BuildValue`: body in hand, valid. */
  | { readonly _tag: 'ValueBuilt'; readonly height: bigint; readonly round: number; readonly value: ValueId }
  | { readonly _tag: 'VoteReceived'; readonly vote: SignedVote<S> }
  | { readonly _tag: 'CertificateReceived'; readonly certificate: Certificate<S> }
  | { readonly _tag: 'TimeoutElapsed'; readonly kind: TimeoutKind; readonly height: bigint; readonly round: number }
  | { readonly _tag: 'OwnSigned'; readonly message: OwnMessage<S, P> };
