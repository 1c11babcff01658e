import {
  type CoreOptions,
  type Effect,
  type HeightParams,
  type Proposal,
  type SignedProposal,
  type SignedVote,
  type Vote,
  votingSet,
} from '@zhtp/bft';

/** Signatures of the tests: opaque to the core, and distinct for two signings of one content, as hedged ones are. */
export type Signed = string;
export type TestEffect = Effect<Signed, Signed>;

export const paperOptions: CoreOptions = { raiseValidOnOldPolka: false, endStepEarly: false };
export const fullOptions: CoreOptions = { raiseValidOnOldPolka: true, endStepEarly: true };

export const fourValidators = ['v1', 'v2', 'v3', 'v4'] as const;

/** Four validators of power 1 by default; the proposer of round r is validator r + 1 mod n. */
export const params = (self: string | null, overrides: Partial<HeightParams> = {}): HeightParams => {
  const validators = overrides.validators ?? votingSet(fourValidators.map((id) => [id, 1n]));
  return {
    height: 1n,
    validators,
    proposer: (round) => validators.ids[(round + 1) % validators.ids.length] ?? '',
    self,
    timeouts: { proposeMs: 3000, prevoteMs: 1000, precommitMs: 1000, perRoundMs: 500, repeatMs: 800 },
    options: fullOptions,
    ...overrides,
  };
};

export const signVote = (vote: Vote, signed = 'signature'): SignedVote<Signed> => ({ vote, signed });
export const signProposal = (proposal: Proposal, signed = 'signature'): SignedProposal<Signed> => ({
  proposal,
  signed,
});

export const prevote = (voter: string, value: string | null, round = 0, more: Partial<Vote> = {}): SignedVote<Signed> =>
  signVote({ kind: 'prevote', height: 1n, round, voter, value, against: null, polRound: null, ...more });

export const precommit = (
  voter: string,
  value: string | null,
  round = 0,
  more: Partial<Vote> = {},
): SignedVote<Signed> =>
  signVote({ kind: 'precommit', height: 1n, round, voter, value, against: null, polRound: null, ...more });

export const proposal = (
  proposer: string,
  value: string,
  round = 0,
  validRound: number | null = null,
  height = 1n,
): SignedProposal<Signed> => signProposal({ height, round, value, validRound, proposer });
