import { numberedSet, VoteKeeper, votingSet, type Threshold } from '@zhtp/bft';
import * as t from 'io-ts';
import { difference, failed, notUnderstood, passed, type Outcome } from './case-outcome.ts';
import { declared } from './declarations.ts';
import { traceVote, type TraceVote } from './malachite.ts';
import { closed, count, hasKeys, power, prose, shaped, someIn } from './shape.ts';
import { runList, runSections, type VectorFormat } from './vector-format.ts';

const NAME = 'vote keeper traces';

const ofValue = closed({ round: count, value: t.string });

const emitted = shaped('a threshold of the specification', [
  closed({ polkaAny: count }),
  closed({ polkaNil: count }),
  closed({ precommitAny: count }),
  closed({ polkaValue: ofValue }),
  closed({ precommitValue: ofValue }),
  closed({ skipTo: count }),
]);

const trace = closed(
  {
    height: count,
    validators: t.record(t.string, power),
    steps: t.array(
      closed(
        { vote: traceVote, weight: power, currentRound: count, emits: t.union([emitted, t.null]) },
        { newEvidence: t.array(t.array(traceVote)) },
      ),
    ),
  },
  { name: prose },
);
type Trace = t.TypeOf<typeof trace>;

const emission = (threshold: Threshold | null): unknown => {
  if (threshold === null) return null;
  switch (threshold._tag) {
    case 'PolkaAny':
      return { polkaAny: threshold.round };
    case 'PolkaNil':
      return { polkaNil: threshold.round };
    case 'PrecommitAny':
      return { precommitAny: threshold.round };
    case 'PolkaValue':
      return { polkaValue: { round: threshold.round, value: threshold.value } };
    case 'PrecommitValue':
      return { precommitValue: { round: threshold.round, value: threshold.value } };
    case 'Skip':
      return { skipTo: threshold.round };
  }
};

const inOrder = (votes: readonly TraceVote[]): readonly TraceVote[] =>
  votes.toSorted((a, b) => (String(a.value) < String(b.value) ? -1 : 1));

/** What a trace says about votes that its validators could not have cast. */
const contradiction = ({ height, validators, steps }: Trace): string | undefined => {
  if (steps.length === 0) return 'the trace has no steps';
  for (const [index, { vote, weight }] of steps.entries()) {
    const where = `step ${String(index + 1)}`;
    if (validators[vote.from] === undefined) return `${where}: ${vote.from} is not one of the validators`;
    if (validators[vote.from] !== weight) return `${where}: ${vote.from} does not weigh ${String(weight)}`;
    if (vote.height !== height) return `${where}: a vote of another height than the trace's`;
  }
  return undefined;
};

const FAR_ROUNDS_MAX = 2;

/** Whether a vote finds room with those of the same voter beyond the next round, which the specification does not bound. */
const isKept = (far: Map<string, readonly number[]>, voter: string, round: number, currentRound: number): boolean => {
  if (round <= currentRound + 1) return true;
  const others = (far.get(voter) ?? []).filter((other) => other > currentRound + 1 && other !== round);
  far.set(voter, [...others, round]);
  return others.length < FAR_ROUNDS_MAX;
};

const replay = (of: Trace): Outcome => {
  const wrong = contradiction(of);
  if (wrong !== undefined) return notUnderstood(wrong);
  const keeper = new VoteKeeper<null>(numberedSet(votingSet(Object.entries(of.validators))));
  const conflicts = new Map<string, Set<string | null>>();
  const far = new Map<string, readonly number[]>();
  for (const [index, { vote, currentRound, emits, newEvidence }] of of.steps.entries()) {
    const where = `step ${String(index + 1)}, ${vote.type} of ${vote.from}`;
    const { type: kind, from: voter, round, value } = vote;
    const content = { kind, height: BigInt(vote.height), round, voter, value, against: null, polRound: null };
    if (!isKept(far, voter, round, currentRound)) return declared(NAME, 'far rounds');
    const outcome = keeper.add({ vote: content, signed: null }, currentRound);
    // A vote that counts for nothing names why; the specification is silent about it.
    const ours = 'threshold' in outcome ? emission(outcome.threshold) : outcome._tag;
    const differs = difference(`${where}, emits`, ours, emits);
    if (differs !== undefined) return failed(differs);
    // The specification reports all contents of a slot each time one joins; the keeper names the counted one with each conflict.
    const slot = `${kind} ${String(round)} ${voter}`;
    const contents = conflicts.get(slot) ?? new Set<string | null>();
    const isNew = outcome._tag === 'Conflict' && !contents.has(value);
    if (outcome._tag === 'Conflict') {
      if (outcome.again !== contents.size > 0)
        return failed(`${where}: a conflict is said to be ${outcome.again ? 'known' : 'new'}, wrongly`);
      conflicts.set(slot, contents.add(outcome.first.vote.value).add(value));
    }
    const evidence = isNew ? [inOrder([...contents].map((each) => ({ ...vote, value: each })))] : [];
    const other = difference(`${where}, newEvidence`, evidence, (newEvidence ?? []).map(inOrder));
    if (other !== undefined) return failed(other);
  }
  return passed;
};

/** Traces of the vote keeper of Malachite's Quint specification: a weighted vote, the threshold it crosses, its evidence. */
export const voteKeeperTraces: VectorFormat = {
  name: NAME,
  recognises: (document) =>
    someIn(
      document,
      'traces',
      (element) =>
        hasKeys(element, 'validators', 'steps') && someIn(element, 'steps', (step) => hasKeys(step, 'vote', 'emits')),
    ),
  run: (document) => runSections(document, { traces: (content) => runList('traces', content, trace, replay) }),
};
