import { polkaCertificateOf } from './height-certificates.ts';
import type { RoundOutput } from './round-state-machine.ts';
import type { HeightState } from './state.ts';
import type { SignedVote, ValueId } from './vote.ts';
import { emit, type Turn } from './turn.ts';

/**
 * Asks for the signature under what the round machine said. The machine has moved on by then: a refusing signer leaves the
 * node silent in that slot and nothing else (`protocol.md` § Durability). A full node says nothing.
 */
export const signOwnVote = <S, P>(turn: Turn<S, P>, said: Extract<RoundOutput, { readonly _tag: 'Vote' }>): void => {
  const { params, machine, self } = turn.height;
  if (self < 0 || params.self === null) return;
  const polRound = said.kind === 'prevote' && said.value !== null ? polRoundFor(turn.height, said.value) : null;
  const { kind, value, against } = said;
  emit(turn, {
    _tag: 'SignVote',
    vote: { kind, height: params.height, round: machine.round, voter: params.self, value, against, polRound },
  });
};

export const signOwnProposal = <S, P>(turn: Turn<S, P>, value: ValueId, validRound: number | null): void => {
  const { params, machine } = turn.height;
  if (params.self === null) return;
  turn.height = { ...turn.height, progress: { ...turn.height.progress, proposed: true } };
  emit(turn, {
    _tag: 'SignProposal',
    proposal: { height: params.height, round: machine.round, value, validRound, proposer: params.self },
  });
};

/** The highest earlier round with a known polka for this value. A lock is such a polka, since no lock is made without one. */
const polRoundFor = ({ machine, votes }: HeightState<unknown, unknown>, value: ValueId): number | null => {
  const rounds = votes.quorumRounds('prevote');
  for (let i = rounds.length - 1; i >= 0; i--) {
    const round = rounds[i] ?? -1;
    if (round < machine.round && votes.hasQuorum('prevote', round, value)) return round;
  }
  return null;
};

/** What a node sends again while a step lasts: it stands for the paper's gossip property. */
export const repeatOwn = <S, P>(turn: Turn<S, P>): void => {
  const { height } = turn;
  const { params, machine, proposals } = height;
  const certificate =
    machine.valid === null ? null : polkaCertificateOf(height, machine.valid.round, machine.valid.value);
  emit(turn, {
    _tag: 'Repeat',
    height: params.height,
    votes: ownVotes(height),
    proposal: proposals.round(height.decision?.round ?? machine.round)?.first ?? null,
    certificates: certificate === null ? [] : [certificate],
  });
};

/**
 * Repetition covers the current round only, so a node whose round was left while its messages were lost hears no more of it.
 * The votes that moved the others move it too: more than a third of a later round, or the precommits of the round before it.
 */
export const askForRound = <S, P>(turn: Turn<S, P>): void => {
  const { decision, params, machine, self, set, votes } = turn.height;
  if (decision !== null) return;
  const from = votes
    .heardAfter(machine.round)
    .filter((position) => position !== self)
    .flatMap((position) => set.ids[position] ?? []);
  if (from.length > 0)
    emit(turn, { _tag: 'RequestRoundCertificate', height: params.height, round: machine.round, from });
};

/** Own votes of this round and the precommit that is the lock: a quorum of an earlier round may still lack it. */
const ownVotes = <S>({ machine, self, votes }: HeightState<S, unknown>): readonly SignedVote<S>[] => {
  const { round, locked } = machine;
  const lock = locked !== null && locked.round !== round ? votes.voteOf('precommit', locked.round, self) : undefined;
  return [lock, votes.voteOf('prevote', round, self), votes.voteOf('precommit', round, self)].filter(
    (own) => own !== undefined,
  );
};
