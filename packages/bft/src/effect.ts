import type { Certificate } from './certificate.ts';
import type { DropReason } from './counters.ts';
import type { Proposal, SignedProposal } from './proposal.ts';
import type { Step } from './round-state-machine.ts';
import type { TimeoutKind } from './timeouts.ts';
import type { SignedVote, ValueId, Vote } from './vote.ts';
import type { ValidatorId } from './voting-set.ts';

/** Signed contents that no correct validator signs (`protocol.md` § Evidence and accountability). */
export type EvidenceFound<S, P> =
  | { readonly _tag: 'Equivocation'; readonly first: SignedVote<S>; readonly second: SignedVote<S> }
  | { readonly _tag: 'TwoProposals'; readonly first: SignedProposal<P>; readonly second: SignedProposal<P> }
  | { readonly _tag: 'Amnesia'; readonly precommit: SignedVote<S>; readonly prevote: SignedVote<S> }
  /** A proposal that more than two thirds of the power voted against by name; in validator order. */
  | {
      readonly _tag: 'InvalidProposal';
      readonly proposal: SignedProposal<P>;
      readonly against: readonly SignedVote<S>[];
    };

/** What the core asks for, in order. Nothing here is done by the core itself; no answer is ever required of the caller. */
export type Effect<S, P> =
  /** Line 18, getValue(): answered by `ValueBuilt`. */
  | { readonly _tag: 'BuildValue'; readonly height: bigint; readonly round: number }
  /** Check the body as soon as it is in hand, however late that is: answered by `ValueJudged`. `fresh`: proposed without a valid round. */
  | {
      readonly _tag: 'JudgeValue';
      readonly height: bigint;
      readonly round: number;
      readonly value: ValueId;
      readonly fresh: boolean;
    }
  /** A quorum exists for a value without a verdict: get the body from any peer if it is not in hand, judge it. Asked again with each repetition. */
  | { readonly _tag: 'FetchValue'; readonly height: bigint; readonly round: number; readonly value: ValueId }
  | { readonly _tag: 'SignProposal'; readonly proposal: Proposal }
  | { readonly _tag: 'SignVote'; readonly vote: Vote }
  | {
      readonly _tag: 'ScheduleTimeout';
      readonly kind: TimeoutKind;
      readonly height: bigint;
      readonly round: number;
      readonly afterMs: number;
    }
  /** Tidiness only: a timeout that elapses nevertheless changes nothing. */
  | { readonly _tag: 'CancelTimeout'; readonly kind: TimeoutKind; readonly height: bigint; readonly round: number }
  /** Send these again to everybody. */
  | {
      readonly _tag: 'Repeat';
      readonly height: bigint;
      readonly votes: readonly SignedVote<S>[];
      readonly proposal: SignedProposal<P> | null;
      readonly certificates: readonly Certificate<S>[];
    }
  /** On entering a round with a valid value: its polka certificate, which also travels with a proposal that has a valid round. */
  | { readonly _tag: 'SendCertificate'; readonly certificate: Certificate<S> }
  /** With a repetition, when these validators were heard in later rounds: ask them, in turn or all, for the votes that moved them (`roundCertificate`). Some may lie. */
  | {
      readonly _tag: 'RequestRoundCertificate';
      readonly height: bigint;
      readonly round: number;
      readonly from: readonly ValidatorId[];
    }
  /** Line 51, once per height. `certificate` holds the precommits known now; `commitCertificate` those known later. */
  | {
      readonly _tag: 'Decide';
      readonly height: bigint;
      readonly round: number;
      readonly value: ValueId;
      readonly certificate: Certificate<S>;
    }
  | { readonly _tag: 'Evidence'; readonly evidence: EvidenceFound<S, P> }
  /** A precommit quorum for a value that this node judged invalid: it must stop and say so. Nothing follows. */
  | {
      readonly _tag: 'Halt';
      readonly height: bigint;
      readonly round: number;
      readonly value: ValueId;
      readonly reason: 'QuorumForInvalidValue';
    }
  | { readonly _tag: 'StepChanged'; readonly height: bigint; readonly round: number; readonly step: Step }
  /** An input, or a part of one, without effect; `counters` has the sums. */
  | { readonly _tag: 'Dropped'; readonly reason: DropReason; readonly height: bigint; readonly round: number };
