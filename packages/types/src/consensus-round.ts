import { VALIDATORS_MAX } from './block.ts';
import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';
import { consensusStepCodec } from './validator-message.ts';

/** Most proposals of one round a view lists: more than two from one proposer are evidence already. */
export const ROUND_PROPOSALS_MAX = 16;
/** Most distinct values a view lists votes for. */
export const ROUND_VALUES_MAX = 256;
/** Prevote, precommit, attestation and one contradiction of each, per validator. */
const ROUND_VOTES_MAX = 6 * VALIDATORS_MAX;

/** Where consensus stands: a read-only view of the round machine for operators and tests. */
export const consensusRoundCodec = C.struct('ConsensusRound', {
  height: C.u64,
  round: C.u32,
  step: consensusStepCodec,
  /** Unix milliseconds at which this node entered the round. */
  startTime: C.u64,
  proposer: C.option(identityCodec),
  /** Block ids proposed in this round, in order of arrival. */
  proposals: C.array(hashCodec, ROUND_PROPOSALS_MAX),
  /** Ids of the votes of this round by the block id they name; nil votes under `ZERO_HASH`. */
  votes: C.map(hashCodec, C.array(hashCodec, ROUND_VOTES_MAX), ROUND_VALUES_MAX),
  lockedRound: C.option(C.u32),
  lockedValue: C.option(hashCodec),
  validRound: C.option(C.u32),
  validValue: C.option(hashCodec),
  /** A timeout of this round has fired. */
  timedOut: C.boolean,
});
export type ConsensusRound = C.TypeOf<typeof consensusRoundCodec>;
