import * as C from './codec.ts';
import { identityCodec } from './codec.ts';
import type { IdentityId } from './brand.ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { consensusProposalCodec } from './proposal.ts';
import { postQuantumSignatureCodec } from './signature.ts';
import { consensusVoteCodec } from './vote.ts';

/** Where a node stands within a round. */
export const consensusStepCodec = C.literals('ConsensusStep', {
  Propose: 0,
  PreVote: 1,
  PreCommit: 2,
  Commit: 3,
  NewRound: 4,
});
export type ConsensusStep = C.TypeOf<typeof consensusStepCodec>;

/** Signed, advisory sign of life, every 3 s; the sequence strictly rises (protocol.md, Messages). */
export const heartbeatMessageCodec = C.struct('HeartbeatMessage', {
  validator: identityCodec,
  height: C.u64,
  round: C.u32,
  step: consensusStepCodec,
  sequence: C.u64,
  activeValidators: C.u32,
  /** Basis points. */
  healthBp: C.u16,
  milliBlocksPerSecond: C.u32,
  /** Seconds. */
  timestamp: C.u64,
  signature: postQuantumSignatureCodec,
});
export type HeartbeatMessage = C.TypeOf<typeof heartbeatMessageCodec>;

const validatorMessages = {
  Propose: [1, { proposal: consensusProposalCodec }],
  Vote: [2, { vote: consensusVoteCodec }],
  Heartbeat: [3, { message: heartbeatMessageCodec }],
} as const;

/** What validators send each other at the documented boundary; everything else is a {@link PeerMessage}. */
export const validatorMessageCodec = C.union('ValidatorMessage', validatorMessages);
export type ValidatorMessage = C.TypeOf<typeof validatorMessageCodec>;

/** The documented broadcast port of `ConsensusEngine`; leaving it out means not broadcasting (decisions.md §3). */
export interface MessageBroadcaster {
  broadcastToValidators(message: ValidatorMessage, validatorIds: readonly IdentityId[]): TaskEither<Error, void>;
}
