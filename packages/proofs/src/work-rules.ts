import { taggedHash } from '@zhtp/crypto';
import {
  encode,
  f64,
  floorDiv,
  hashCodec,
  hashToBytes,
  proofVerificationFailed,
  struct,
  U64_MAX,
  u64,
  workProofCodec,
  type ConsensusError,
  type ConsensusResult,
  type Hash,
  type TypeOf,
  type WorkProof,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { fails, HOLDS, malformed, type ProofVerdict } from './proof-verdict.ts';
import { malformedAs, notHash, notObject, notU64 } from './well-formed.ts';
import { ppmAsNumber, totalUnits, workQualityPpm, type WorkUnits } from './work-quality.ts';

/** Says how many hours a node has been up; a whole number from 0 to 2⁶⁴ − 1. */
export type UptimeSource = (nodeId: Hash, timestampSeconds: bigint) => bigint;

/** The reference's figure where nobody measures (economics.md, Proofs). */
const ASSUMED_UPTIME_HOURS = 24n;
const assumedUptime: UptimeSource = () => ASSUMED_UPTIME_HOURS;

/** Work units per route handled, and bytes of bandwidth per unit of routing. */
const UNITS_PER_ROUTE = 1_000n;
const BANDWIDTH_PER_UNIT = 1_024n;

/** Whose work, and when in unix seconds. */
export interface WorkOrigin {
  readonly nodeId: Hash;
  readonly timestamp: bigint;
}

const nonceInput = struct('WorkNonceInput', {
  nodeId: hashCodec,
  timestamp: u64,
  routingWork: u64,
  storageWork: u64,
  computeWork: u64,
});

const hashInput = struct('WorkHashInput', {
  nodeId: hashCodec,
  timestamp: u64,
  routingWork: u64,
  storageWork: u64,
  computeWork: u64,
  routesHandled: u64,
  dataStored: u64,
  computationsPerformed: u64,
  qualityScore: f64,
  uptimeHours: u64,
  bandwidthProvided: u64,
  nonce: u64,
});

/** The first eight bytes of a tagged hash of origin and work: nobody searches for one. */
const nonceOf = (input: TypeOf<typeof nonceInput>): bigint => {
  const digest = hashToBytes(taggedHash('zhtp/work-nonce/v1', encode(nonceInput)(input)));
  return new DataView(digest.buffer, digest.byteOffset).getBigUint64(0);
};

const tooLarge = (field: string, value: bigint): ConsensusError | undefined =>
  value > U64_MAX ? proofVerificationFailed(`${field} must fit 64 bits: report less work at a time`, value) : undefined;

const outOfForm = (work: WorkUnits & WorkOrigin): ConsensusError | undefined =>
  notU64('routingWork', work.routingWork) ??
  notU64('storageWork', work.storageWork) ??
  notU64('computeWork', work.computeWork) ??
  notU64('timestamp', work.timestamp) ??
  notHash('nodeId', work.nodeId) ??
  tooLarge('totalWork', totalUnits(work)) ??
  tooLarge('bandwidthProvided', work.routingWork * BANDWIDTH_PER_UNIT);

/** All eleven fields from units, origin and uptime (economics.md, Proofs). */
export const proveWork = (
  work: WorkUnits & WorkOrigin,
  uptime: UptimeSource = assumedUptime,
): ConsensusResult<WorkProof> => {
  const wrong = notObject('work proof arguments', work) ?? outOfForm(work);
  if (wrong !== undefined) return E.left(wrong);
  const { routingWork, storageWork, computeWork, timestamp, nodeId } = work;
  const uptimeHours = uptime(nodeId, timestamp);
  const badUptime = notU64('uptimeHours', uptimeHours);
  if (badUptime !== undefined) return E.left(badUptime);
  const fields = {
    routingWork,
    storageWork,
    computeWork,
    routesHandled: floorDiv(routingWork, UNITS_PER_ROUTE),
    dataStored: storageWork,
    computationsPerformed: computeWork,
    qualityScore: ppmAsNumber(workQualityPpm(work)),
    uptimeHours,
    bandwidthProvided: routingWork * BANDWIDTH_PER_UNIT,
    nonce: nonceOf({ nodeId, timestamp, routingWork, storageWork, computeWork }),
  };
  const hash = taggedHash('zhtp/work/v1', encode(hashInput)({ nodeId, timestamp, ...fields }));
  return E.right({ ...fields, hash });
};

/** What a work proof is held against. */
export interface WorkContext extends WorkOrigin {
  /** Timestamp of the node's last proof that counted: its proofs rise in time. */
  readonly after?: bigint | undefined;
  readonly uptime?: UptimeSource | undefined;
}

/** Why a work proof says nothing that could hold: a field out of its range. */
export const malformedWorkProof = (proof: WorkProof): ConsensusError | undefined => {
  const wrong = malformedAs(workProofCodec, proof);
  if (wrong !== undefined) return wrong;
  return proof.qualityScore >= 0 && proof.qualityScore <= 1
    ? undefined
    : proofVerificationFailed('qualityScore must be from 0 to 1', proof.qualityScore);
};

const FIELDS = [
  'routesHandled',
  'dataStored',
  'computationsPerformed',
  'qualityScore',
  'uptimeHours',
  'bandwidthProvided',
  'nonce',
  'hash',
] as const;

/** Recomputes every derived field from units and origin. */
export const judgeWorkProof = (proof: WorkProof, context: WorkContext): ProofVerdict => {
  const absent = notObject('work context', context);
  if (absent !== undefined) return malformed(absent);
  const { nodeId, timestamp, after, uptime } = context;
  const wrong = malformedWorkProof(proof) ?? (after === undefined ? undefined : notU64('after', after));
  if (wrong !== undefined) return malformed(wrong);
  const { routingWork, storageWork, computeWork } = proof;
  const recomputed = proveWork({ routingWork, storageWork, computeWork, nodeId, timestamp }, uptime);
  if (E.isLeft(recomputed)) return malformed(recomputed.left);
  const differing = FIELDS.find((field) => proof[field] !== recomputed.right[field]);
  if (differing !== undefined)
    return fails(`${differing} is ${String(proof[differing])}, recomputed ${String(recomputed.right[differing])}`);
  return after !== undefined && timestamp <= after
    ? fails(`timestamp ${String(timestamp)} is not after ${String(after)}, that of the node's last proof`)
    : HOLDS;
};
