import { type ConsensusResult, type Hash, type WorkProof as WorkProofRecord } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { asBoolean } from './proof-verdict.ts';
import { notObject } from './well-formed.ts';
import { totalUnits, type WorkUnits } from './work-quality.ts';
import {
  judgeWorkProof,
  malformedWorkProof,
  proveWork,
  type UptimeSource,
  type WorkContext,
  type WorkOrigin,
} from './work-rules.ts';

/** What `create` takes: the five documented arguments, and who measures uptime. */
export interface WorkProofArguments extends WorkUnits, WorkOrigin {
  /** 24 hours when left out. */
  readonly uptime?: UptimeSource;
}

/**
 * Proof of useful work (API reference, Proof Systems). It shows that its figures belong together and to one node and time;
 * that the work was done is shown by receipts and attestations.
 */
export class WorkProof implements WorkProofRecord {
  readonly routingWork: bigint;
  readonly storageWork: bigint;
  readonly computeWork: bigint;
  readonly routesHandled: bigint;
  readonly dataStored: bigint;
  readonly computationsPerformed: bigint;
  /** 0 to 1: parts per million as the nearest double. */
  readonly qualityScore: number;
  readonly uptimeHours: bigint;
  /** Bytes. */
  readonly bandwidthProvided: bigint;
  readonly hash: Hash;
  readonly nonce: bigint;

  private constructor(record: WorkProofRecord) {
    this.routingWork = record.routingWork;
    this.storageWork = record.storageWork;
    this.computeWork = record.computeWork;
    this.routesHandled = record.routesHandled;
    this.dataStored = record.dataStored;
    this.computationsPerformed = record.computationsPerformed;
    this.qualityScore = record.qualityScore;
    this.uptimeHours = record.uptimeHours;
    this.bandwidthProvided = record.bandwidthProvided;
    this.hash = record.hash;
    this.nonce = record.nonce;
  }

  /** Refused with ProofVerificationFailed: anything outside 64 bits, sums and bandwidth included; a malformed node id. */
  static create(work: WorkProofArguments): ConsensusResult<WorkProof> {
    const wrong = notObject('work proof arguments', work);
    if (wrong !== undefined) return E.left(wrong);
    return E.map((record: WorkProofRecord) => new WorkProof(record))(proveWork(work, work.uptime));
  }

  /** A proof as it came out of a proposal; refused when a field is none of its type. */
  static fromRecord(record: WorkProofRecord): ConsensusResult<WorkProof> {
    const wrong = malformedWorkProof(record);
    return wrong === undefined ? E.right(new WorkProof(record)) : E.left(wrong);
  }

  /** Whether every field is what units, node, time and uptime give, and the time is after the node's last proof. */
  verify(context: WorkContext): ConsensusResult<boolean> {
    return asBoolean(judgeWorkProof(this, context));
  }

  /** The fields as a plain record. */
  toRecord(): WorkProofRecord {
    const { routingWork, storageWork, computeWork, routesHandled, dataStored, computationsPerformed } = this;
    const { qualityScore, uptimeHours, bandwidthProvided, hash, nonce } = this;
    const work = { routingWork, storageWork, computeWork, routesHandled, dataStored, computationsPerformed };
    return { ...work, qualityScore, uptimeHours, bandwidthProvided, hash, nonce };
  }

  /** Routing, storage and computation together. */
  totalWork(): bigint {
    return totalUnits(this);
  }
}
