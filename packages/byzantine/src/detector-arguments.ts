import {
  array,
  byzantineFaultCodec,
  byzantineFaultError,
  bytes,
  bytesToHex,
  consensusVoteCodec,
  found,
  hashCodec,
  identityCodec,
  livenessMonitorCodec,
  option,
  text,
  u32,
  u64,
  VALIDATORS_MAX,
  type ConsensusError,
  type IdentityId,
} from '@zhtp/types';
import { VIOLATION_BYTES_MAX } from './describe-fault.ts';
import { FILES_MAX } from './fault-register.ts';
import { mistyped, withoutMethods } from './refusals.ts';

/*
 * What the documented methods refuse before anything else: the types of their arguments at run time, and values that say
 * nothing. Each answers with the error, or undefined.
 */

/** Faults of one call: every type of every validator on file. */
const FAULTS_MAX = 4 * FILES_MAX;
const SIGNATURE_BYTES_MAX = 16_384;

type Refusal = ConsensusError | undefined;

const signature = bytes(SIGNATURE_BYTES_MAX);
const violation = { validator: identityCodec, height: u64, violationType: text(VIOLATION_BYTES_MAX) };
const doubleSign = {
  validator: identityCodec,
  height: u64,
  round: u32,
  firstSignature: signature,
  secondSignature: signature,
};
const liveness = { validator: identityCodec, height: u64, missedRounds: u32 };
const processing = { faults: array(byzantineFaultCodec, FAULTS_MAX) };
const equivocation = {
  vote: consensusVoteCodec,
  proposalId: hashCodec,
  currentTime: u64,
  reportedByPeer: option(identityCodec),
};
const replay = { validator: identityCodec, payloadHash: hashCodec, currentTime: u64 };
const partition = {
  livenessMonitor: livenessMonitorCodec,
  height: u64,
  round: u32,
  currentTime: u64,
  setMembers: array(identityCodec, VALIDATORS_MAX),
};

export const doubleSignRefusal = (args: {
  readonly validator: IdentityId;
  readonly height: bigint;
  readonly round: number;
  readonly firstSignature: Uint8Array;
  readonly secondSignature: Uint8Array;
}): Refusal => {
  const wrong = mistyped(doubleSign, args);
  if (wrong !== undefined) return wrong;
  const { firstSignature, secondSignature } = args;
  if (firstSignature.length === 0 || secondSignature.length === 0)
    return byzantineFaultError('firstSignature and secondSignature must not be empty');
  return bytesToHex(firstSignature) === bytesToHex(secondSignature)
    ? byzantineFaultError('firstSignature and secondSignature are the same: signing once is no double sign')
    : undefined;
};

export const livenessRefusal = (args: {
  readonly validator: IdentityId;
  readonly height: bigint;
  readonly missedRounds: number;
}): Refusal =>
  mistyped(liveness, args) ??
  (args.missedRounds === 0 ? byzantineFaultError('missedRounds is 0, it must be at least 1') : undefined);

export const invalidProposalRefusal = (args: unknown): Refusal =>
  mistyped({ ...violation, proposalHash: hashCodec }, args);

export const invalidVoteRefusal = (args: unknown): Refusal => mistyped(violation, args);

export const detectionRefusal = (args: {
  readonly validatorManager: unknown;
  readonly currentTime: unknown;
}): Refusal =>
  withoutMethods('validatorManager', args.validatorManager, ['getValidator']) ?? mistyped({ currentTime: u64 }, args);

export const processingRefusal = (args: { readonly faults: unknown; readonly validatorManager: unknown }): Refusal =>
  mistyped(processing, args) ??
  withoutMethods('validatorManager', args.validatorManager, ['getValidator', 'slashValidator', 'jailForLiveness']);

export const equivocationRefusal = (args: unknown): Refusal => mistyped(equivocation, args);

export const replayRefusal = (args: unknown): Refusal => mistyped(replay, args);

export const partitionRefusal = (args: unknown): Refusal => mistyped(partition, args);

export const heightRefusal = (height: unknown): Refusal => mistyped({ height: u64 }, { height });

export const optionsRefusal = (options: unknown): Refusal => {
  const wrong = mistyped({}, options);
  if (wrong !== undefined) return wrong;
  const verifyVote: unknown = Reflect.get(Object(options), 'verifyVote');
  return verifyVote === undefined || typeof verifyVote === 'function'
    ? undefined
    : byzantineFaultError(`verifyVote is ${found(verifyVote)}, it must be a function`);
};

export const queryRefusal = (query: unknown): Refusal => mistyped({}, query);
