import {
  createEventOutbox,
  maxBigint,
  ZERO_HASH,
  type ByzantineFault,
  type ConsensusError,
  type ConsensusResult,
  type ConsensusVote,
  type EquivocationEvidence,
  type Hash,
  type IdentityId,
  type LivenessMonitor,
  type Option,
  type PartitionSuspectedEvidence,
  type ReplayEvidence,
  type Validity,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Observable } from 'rxjs';
import type { AppliedPenalty, PenaltyTarget } from './apply-penalty.ts';
import * as refusals from './detector-arguments.ts';
import type { DetectorEvent } from './detector-event.ts';
import { evidenceOfConflict } from './equivocation.ts';
import type { FaultRecord } from './fault-file.ts';
import { createFaultRegister } from './fault-register.ts';
import { createFirstVotes, type ReceivedVote } from './first-votes.ts';
import { createForensicLog, type ForensicQuery, type ForensicRecord } from './forensic-log.ts';
import { suspectPartition } from './network-partition.ts';
import { DEFAULT_SLASH_SHARES, refusedShares, type SlashShares } from './penalties.ts';
import { createReplayWindow } from './replay-window.ts';

/** What a detector may be told beyond the documented arguments. */
export interface DetectorOptions extends Partial<SlashShares> {
  /**
   * Verifies a vote's signature by the key of its voter in the set of its height. With it, an equivocation is recorded as a
   * double sign by itself and unsigned votes are dropped; without it the caller vouches for every vote and records himself.
   */
  readonly verifyVote?: (vote: ConsensusVote) => Validity;
}

const FORENSIC_KINDS = {
  DoubleSign: 'DoubleSignRecorded',
  Liveness: 'LivenessRecorded',
  InvalidProposal: 'InvalidProposalRecorded',
  InvalidVote: 'InvalidVoteRecorded',
} as const;

/**
 * The documented detector: what one node sees for itself. It punishes nobody on a chain: there only verified evidence in a
 * block does (economics.md, Faults and penalties). Times are unix seconds and come as arguments; a time left out is the
 * latest one this detector was told.
 */
export class ByzantineFaultDetector {
  readonly #register = createFaultRegister();
  readonly #firstVotes = createFirstVotes();
  readonly #replays = createReplayWindow();
  readonly #log = createForensicLog();
  readonly #outbox = createEventOutbox<DetectorEvent>();
  /** Of faults that were told already: validator, type and severity. */
  #announced: ReadonlySet<string> = new Set();
  #shares: SlashShares = DEFAULT_SLASH_SHARES;
  #verifyVote: ((vote: ConsensusVote) => Validity) | undefined;
  #lastPartitionAt: Option<bigint> = O.none;
  #latest = 0n;
  #falseReports = 0;
  #unwatchedVotes = 0;

  /** What is found, in order; nothing is replayed. */
  readonly events$: Observable<DetectorEvent> = this.#outbox.events$;

  /** A detector with other penalties than the documented ones, or with a verifier. Shares outside their range are refused. */
  static create(options: DetectorOptions = {}): ConsensusResult<ByzantineFaultDetector> {
    const shares = { ...DEFAULT_SLASH_SHARES, ...options };
    const refused = refusals.optionsRefusal(options) ?? refusedShares(shares);
    if (refused !== undefined) return E.left(refused);
    const detector = new ByzantineFaultDetector();
    detector.#shares = shares;
    detector.#verifyVote = options.verifyVote;
    return E.right(detector);
  }

  /**
   * Every fault that is due against a validator the manager knows, in identity order; the same until {@link processFaults}.
   * One double sign is a fault, three missed rounds are (Critical from ten records on), and three invalid proposals.
   */
  detectFaults(
    validatorManager: PenaltyTarget,
    currentTime: bigint = this.#latest,
  ): ConsensusResult<readonly ByzantineFault[]> {
    const refused = refusals.detectionRefusal({ validatorManager, currentTime });
    if (refused !== undefined) return E.left(refused);
    this.#tell(currentTime);
    const faults = this.#register.due(validatorManager, currentTime);
    const keyOf = ({ validator, faultType, severity }: ByzantineFault): string =>
      `${validator}/${faultType}/${severity}`;
    const fresh = faults.filter((fault) => !this.#announced.has(keyOf(fault)));
    this.#announced = new Set(faults.map(keyOf));
    this.#outbox.publish(fresh.map((fault) => ({ _tag: 'FaultDetected', fault })));
    return E.right(faults);
  }

  /** Two signatures by one validator in one slot. Refused when they are the same or one is empty. Once for ever an offence. */
  recordDoubleSign(
    validator: IdentityId,
    height: bigint,
    round: number,
    firstSignature: Uint8Array,
    secondSignature: Uint8Array,
  ): ConsensusResult<void> {
    const refused = refusals.doubleSignRefusal({ validator, height, round, firstSignature, secondSignature });
    if (refused !== undefined) return E.left(refused);
    const detail = `two messages signed in round ${String(round)}`;
    return this.#record(validator, { faultType: 'DoubleSign', height, subject: String(round), weight: 1, detail });
  }

  /** Rounds of one height that a validator missed; a second report of the height counts only where it says more. */
  recordLivenessViolation(validator: IdentityId, height: bigint, missedRounds: number): ConsensusResult<void> {
    const refused = refusals.livenessRefusal({ validator, height, missedRounds });
    if (refused !== undefined) return E.left(refused);
    const detail = `missed ${String(missedRounds)} rounds`;
    return this.#record(validator, { faultType: 'Liveness', height, subject: '', weight: missedRounds, detail });
  }

  /** A proposal that breaks a deterministic rule; never one that was late. @param violationType the rule, for people */
  recordInvalidProposal(
    validator: IdentityId,
    height: bigint,
    proposalHash: Hash,
    violationType: string,
  ): ConsensusResult<void> {
    const refused = refusals.invalidProposalRefusal({ validator, height, proposalHash, violationType });
    if (refused !== undefined) return E.left(refused);
    const detail = `proposal ${proposalHash} is invalid: ${violationType}`;
    return this.#record(validator, { faultType: 'InvalidProposal', height, subject: proposalHash, weight: 1, detail });
  }

  /** A vote that no honest node casts, such as a Commit for the zero id. Beyond the reference, for its fourth fault type. */
  recordInvalidVote(validator: IdentityId, height: bigint, violationType: string): ConsensusResult<void> {
    const refused = refusals.invalidVoteRefusal({ validator, height, violationType });
    if (refused !== undefined) return E.left(refused);
    const detail = `cast a vote no honest node casts: ${violationType}`;
    return this.#record(validator, { faultType: 'InvalidVote', height, subject: '', weight: 1, detail });
  }

  /**
   * Applies what is due among these faults and answers with what was applied, in identity order. A fault that was punished
   * before is passed over, so twice equals once; one that this detector has no record of is refused before anything is
   * done. Where the manager refuses, what came before stays applied and a second call goes on behind it.
   */
  processFaults(
    faults: readonly ByzantineFault[],
    validatorManager: PenaltyTarget,
  ): ConsensusResult<readonly AppliedPenalty[]> {
    const refused = refusals.processingRefusal({ faults, validatorManager });
    if (refused !== undefined) return E.left(refused);
    // The manager has subscribers of its own, and they may call here before it answers.
    return this.#outbox.afterwards(() => {
      const applied: AppliedPenalty[] = [];
      const result = this.#register.punish(faults, validatorManager, this.#shares, (penalty) => {
        const { validator, slashType, slashed } = penalty;
        applied.push(penalty);
        this.#note({ kind: 'PenaltyApplied', validator, detail: `${slashType}: ${String(slashed)} micro-ZHTP taken` });
        this.#outbox.publish([{ _tag: 'PenaltyApplied', penalty }]);
      });
      return E.isLeft(result) ? result : E.right(applied);
    });
  }

  /**
   * Evidence when the voter's first vote in this slot says something else. None for the first vote, the same content signed
   * again, a third content of the slot, a vote outside the last 100 heights, or when `proposalId` is not the vote's.
   * @param proposalId what the vote is for; `ZERO_HASH` for nil
   */
  detectEquivocation(
    vote: ConsensusVote,
    proposalId: Hash,
    currentTime: bigint,
    reportedByPeer: Option<IdentityId> = O.none,
  ): Option<EquivocationEvidence> {
    const refused = refusals.equivocationRefusal({ vote, proposalId, currentTime, reportedByPeer });
    if (refused !== undefined) return this.#refuse(refused);
    this.#tell(currentTime);
    if (proposalId !== O.getOrElse(() => ZERO_HASH)(vote.proposalId)) return O.none;
    const seen = this.#firstVotes.look(vote);
    if (seen._tag === 'OutOfWindow') this.#unwatchedVotes += 1;
    if (seen._tag !== 'New' && seen._tag !== 'Conflict') return O.none;
    if (this.#verifyVote !== undefined && this.#verifyVote(vote) !== 'valid') {
      this.#dropFalseReport(vote.voter);
      return O.none;
    }
    const received = { vote, receivedAt: currentTime, reportedByPeer };
    this.#firstVotes.add(received);
    return seen._tag === 'Conflict' ? O.some(this.#convict(seen.first, received)) : O.none;
  }

  /** Evidence when a payload comes again within 300 s of its first sight. Call it after the signature was verified. */
  detectReplayAttack(validator: IdentityId, payloadHash: Hash, currentTime: bigint): Option<ReplayEvidence> {
    const refused = refusals.replayRefusal({ validator, payloadHash, currentTime });
    if (refused !== undefined) return this.#refuse(refused);
    this.#tell(currentTime);
    const found = this.#replays.see(validator, payloadHash, currentTime);
    if (O.isSome(found)) {
      const evidence = found.value;
      this.#note({ kind: 'Replay', validator, detail: `${payloadHash} again, ${String(evidence.replayCount)} times` });
      this.#outbox.publish([{ _tag: 'ReplayDetected', evidence }]);
    }
    return found;
  }

  /**
   * A suspicion while the monitor is stalled, at most one in 10 s, never for a set of one. It accuses nobody.
   * @param members the validator set: ids outside it are ignored
   */
  detectNetworkPartition(
    livenessMonitor: LivenessMonitor,
    height: bigint,
    round: number,
    currentTime: bigint,
    setMembers?: readonly IdentityId[],
  ): Option<PartitionSuspectedEvidence> {
    const refused = refusals.partitionRefusal({
      livenessMonitor,
      height,
      round,
      currentTime,
      setMembers: setMembers ?? [],
    });
    if (refused !== undefined) return this.#refuse(refused);
    this.#tell(currentTime);
    const found = suspectPartition({
      monitor: livenessMonitor,
      height,
      round,
      nowSeconds: currentTime,
      lastAt: this.#lastPartitionAt,
      members: setMembers,
    });
    if (O.isNone(found)) return found;
    this.#lastPartitionAt = O.some(currentTime);
    const { timedOutValidators, totalValidators } = found.value;
    const detail = `${String(timedOutValidators.length)} of ${String(totalValidators)} validators are silent`;
    this.#note({ kind: 'PartitionSuspected', detail: `height ${String(height)}, round ${String(round)}: ${detail}` });
    this.#outbox.publish([{ _tag: 'PartitionSuspected', evidence: found.value }]);
    return found;
  }

  /** The height in progress: first votes are watched from 99 heights below it to the next one. */
  advanceTo(height: bigint): ConsensusResult<void> {
    const refused = refusals.heightRefusal(height);
    if (refused !== undefined) return E.left(refused);
    this.#firstVotes.advanceTo(height);
    return E.right(undefined);
  }

  /** The log of the last day, in order of arrival; nothing for a query that is none. */
  forensicRecords(query: ForensicQuery = {}): readonly ForensicRecord[] {
    return refusals.queryRefusal(query) === undefined ? this.#log.find(query) : [];
  }

  /** Votes dropped because their signature does not hold. */
  get falseReports(): number {
    return this.#falseReports;
  }

  /** First votes of a slot that nothing was remembered of: outside the last 100 heights, or beyond the voters and slots watched. */
  get unwatchedVotes(): number {
    return this.#unwatchedVotes;
  }

  #tell(time: bigint): void {
    this.#latest = maxBigint(this.#latest, time);
  }

  #note(record: Omit<ForensicRecord, 'at'>): void {
    this.#log.append({ at: this.#latest, ...record });
  }

  #refuse(error: ConsensusError): Option<never> {
    this.#outbox.publish([{ _tag: 'ArgumentRefused', error }]);
    return O.none;
  }

  #dropFalseReport(validator: IdentityId): void {
    this.#falseReports += 1;
    this.#note({ kind: 'FalseReport', validator, detail: 'the signature of a vote in its name does not hold' });
    this.#outbox.publish([{ _tag: 'FalseReport', validator }]);
  }

  #convict(first: ReceivedVote, second: ReceivedVote): EquivocationEvidence {
    const evidence = evidenceOfConflict(first, second);
    const { voter, height, round, voteType } = second.vote;
    const detail = `${first.vote.voteType} and ${voteType} conflict in round ${String(round)}`;
    this.#note({ kind: 'Equivocation', validator: voter, detail: `height ${String(height)}: ${detail}` });
    this.#outbox.publish([{ _tag: 'EquivocationDetected', evidence }]);
    if (this.#verifyVote !== undefined)
      this.#record(voter, { faultType: 'DoubleSign', height, subject: String(round), weight: 1, detail });
    return evidence;
  }

  #record(validator: IdentityId, record: FaultRecord): ConsensusResult<void> {
    const { faultType, height, detail } = record;
    this.#register.record(validator, record);
    this.#note({ kind: FORENSIC_KINDS[faultType], validator, detail: `height ${String(height)}: ${detail}` });
    this.#outbox.publish([{ _tag: 'FaultRecorded', validator, faultType, height }]);
    return E.right(undefined);
  }
}
