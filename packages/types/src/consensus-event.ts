import { VALIDATORS_MAX } from './block.ts';
import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';
import { consensusProposalCodec } from './proposal.ts';
import { consensusVoteCodec } from './vote.ts';

/** Longest reason or error text of an event. */
export const EVENT_TEXT_BYTES_MAX = 4_096;

const eventText = C.text(EVENT_TEXT_BYTES_MAX);

/**
 * What goes in and out of `handleConsensusEvent` and appears on `events$`: the reference's 15 variants, coded in its
 * order. Which are inputs: decisions.md §3.
 */
export const consensusEventCodec = C.union('ConsensusEvent', {
  StartRound: [0, { height: C.u64, trigger: eventText }],
  NewBlock: [1, { height: C.u64, previousHash: hashCodec }],
  ValidatorJoin: [2, { identity: identityCodec, stake: C.u64 }],
  ValidatorLeave: [3, { identity: identityCodec }],
  RoundPrepared: [4, { height: C.u64 }],
  RoundCompleted: [5, { height: C.u64 }],
  RoundFailed: [6, { height: C.u64, error: eventText }],
  ValidatorRegistered: [7, { identity: identityCodec }],
  DaoError: [8, { error: eventText }],
  ByzantineFault: [9, { error: eventText }],
  RewardError: [10, { error: eventText }],
  ProposalReceived: [11, { proposal: consensusProposalCodec }],
  VoteReceived: [12, { vote: consensusVoteCodec }],
  /** Only on the transition into a stall. */
  ConsensusStalled: [
    13,
    {
      height: C.u64,
      round: C.u32,
      /** Identity order. */
      timedOutValidators: C.array(identityCodec, VALIDATORS_MAX),
      totalValidators: C.u32,
      /** Seconds. */
      timestamp: C.u64,
    },
  ],
  /** Only on the transition out of a stall; `timestamp` in seconds. */
  ConsensusRecovered: [14, { height: C.u64, round: C.u32, timestamp: C.u64 }],
});
export type ConsensusEvent = C.TypeOf<typeof consensusEventCodec>;
