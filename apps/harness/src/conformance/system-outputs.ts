import type { Effect } from '@zhtp/bft';
import type { TypeOf } from 'io-ts';
import type { traceOutput, TraceState } from './malachite.ts';
import { isPast } from './trace-progress.ts';

export type TraceOutput = TypeOf<typeof traceOutput>;

const DECISION = 'decide';

/** What others see of an effect of this node: votes, proposals, decisions, timeouts and the wish for a value. */
export const visible = (self: string, effect: Effect<string, string>): readonly string[] => {
  switch (effect._tag) {
    case 'SignVote': {
      const { kind, voter, height, round, value } = effect.vote;
      return [`${kind} ${voter} ${String(height)} ${String(round)} ${value ?? 'nil'}`];
    }
    case 'SignProposal': {
      const { proposer, height, round, value, validRound } = effect.proposal;
      return [`proposal ${proposer} ${String(height)} ${String(round)} ${value} ${String(validRound ?? -1)}`];
    }
    case 'Decide':
      return [`${DECISION} ${String(effect.round)} ${effect.value}`];
    case 'BuildValue':
      return [`build ${String(effect.height)} ${String(effect.round)}`];
    case 'ScheduleTimeout':
      // Repetition is the gossip property of the paper, which the specification's network has by itself.
      return effect.kind === 'repeat' ? [] : [`timeout ${effect.kind} ${String(effect.round)}`];
    case 'Halt':
      return [`${self} halts`];
    case 'JudgeValue':
    case 'FetchValue':
    case 'CancelTimeout':
    case 'Repeat':
    case 'SendCertificate':
    case 'RequestRoundCertificate':
    case 'Evidence':
    case 'StepChanged':
    case 'Dropped':
      return [];
  }
};

/** The same of a specified output. */
export const specified = (output: TraceOutput | null): readonly string[] => {
  if (output === null || 'error' in output || 'skipToRound' in output) return [];
  if ('vote' in output) {
    const { type, from, height, round, value } = output.vote;
    return [`${type} ${from} ${String(height)} ${String(round)} ${value ?? 'nil'}`];
  }
  if ('decided' in output) return [`${DECISION} ${String(output.decided.round)} ${output.decided.value}`];
  if ('getValue' in output) {
    const { height, round } = output.getValue;
    return [`build ${String(height)} ${String(round)}`, `timeout propose ${String(round)}`];
  }
  if ('propose' in output) {
    const { from, height, round, value, validRound } = output.propose;
    return [`proposal ${from} ${String(height)} ${String(round)} ${value} ${String(validRound)}`];
  }
  return [`timeout ${output.scheduleTimeout} ${String(output.round)}`];
};

/** Whether an output is one of the state that its step led to (lines 13–21, 24, 35, 40, 48, 51). */
export const isOutputOf = (output: TraceOutput | null, { height, round, step }: TraceState): boolean => {
  if (output === null || 'error' in output || 'skipToRound' in output) return true;
  if ('vote' in output) {
    const { vote } = output;
    return vote.type === step && vote.round === round && vote.height === height;
  }
  if ('decided' in output) return step === 'commit';
  if ('propose' in output) return step === 'propose' && output.propose.round === round;
  const at = 'getValue' in output ? output.getValue.round : output.round;
  if (at !== round) return false;
  return output.scheduleTimeout === 'precommit'
    ? step !== 'unstarted' && step !== 'no'
    : output.scheduleTimeout === step;
};

/** Decisions alone. */
export const decisionsOf = (outputs: readonly string[]): readonly string[] =>
  outputs.filter((output) => output.startsWith(DECISION));

/**
 * Outputs without timeouts of steps that the node has left since, where the other side did not schedule them. The core
 * goes on at once, while the specification sets a timeout first and takes the step afterwards; a height that starts in a
 * later round is entered there by the specification, and through round 0 by the core.
 */
export const withoutPointless = (
  outputs: readonly string[],
  others: readonly string[],
  state: TraceState,
): readonly string[] =>
  outputs.filter((output) => {
    const [, kind = '', round = ''] = /^timeout (\w+) (\d+)$/.exec(output) ?? [];
    return kind === '' || others.includes(output) || !isPast(state, Number(round), kind);
  });

/** Without the timeout that only our proposer has: its signer may refuse, so that it cannot wait for its own message. */
export const withoutOwnTimeout = (seen: readonly string[]): readonly string[] => {
  const rounds = seen.flatMap((output) => /^proposal \S+ \d+ (\d+) /.exec(output)?.[1] ?? []);
  const own = new Set(rounds.map((round) => `timeout propose ${round}`));
  return seen.filter((output) => !own.has(output));
};
