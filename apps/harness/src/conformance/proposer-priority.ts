import { increment, applyChanges, nextRotation, startRotation, type Prioritized } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import {
  difference,
  failed,
  notUnderstood,
  passed,
  shown,
  verdictOf,
  type CaseReport,
  type Outcome,
} from './case-outcome.ts';
import { declared } from './declarations.ts';
import { identityNamed, keyedSet } from './keyed-set.ts';
import { closed, count, integer, isObject, read, shaped } from './shape.ts';
import { runList, runSections, unreadable, type VectorFormat } from './vector-format.ts';

const NAME = 'proposer priorities';

/** The limit for which the tables were made; ours, 2⁶³/8, is one above it (decisions.md §6). */
const LIMIT = (1n << 60n) - 1n;

const member = t.tuple([t.string, integer]);
type Member = t.TypeOf<typeof member>;
const members = t.array(member);

const selection = shaped('a selection of proposers', [
  closed({ name: t.string, validators: members, proposers: t.array(t.string) }),
  closed({ name: t.string, validators: members, rounds: count, counts: t.array(count) }),
]);

/** A set must be one before anybody rotates in it. */
const turnsOf = (validators: readonly Member[], turns: number): E.Either<string, readonly string[]> => {
  const set = keyedSet(validators);
  if (E.isLeft(set)) return set;
  const names = new Map(validators.map(([name]) => [String(identityNamed(name)), name]));
  const weighted = set.right.validators.map(({ identity, votingPower }) => ({ identity, votingPower }));
  let rotation = startRotation(weighted);
  const proposers: string[] = [];
  for (let i = 0; i < turns && rotation !== undefined; i++) {
    proposers.push(names.get(rotation.proposer) ?? rotation.proposer);
    rotation = nextRotation(rotation, weighted);
  }
  return E.right(proposers);
};

const runSelection = (entry: t.TypeOf<typeof selection>): Outcome => {
  const turns = 'proposers' in entry ? entry.proposers.length : entry.rounds;
  if (turns === 0) return notUnderstood('no proposer is expected');
  const proposers = turnsOf(entry.validators, turns);
  if (E.isLeft(proposers)) return notUnderstood(proposers.left);
  if ('proposers' in entry) {
    const at = entry.proposers.findIndex((name, index) => name !== proposers.right[index]);
    return verdictOf(
      at < 0 ? undefined : difference(`proposer ${String(at + 1)}`, proposers.right[at], entry.proposers[at]),
    );
  }
  const counts = entry.validators.map(([name]) => proposers.right.filter((turn) => turn === name).length);
  return verdictOf(difference('turns', counts, entry.counts));
};

const stepsFile = closed({ validators: members, startPriorities: t.array(integer), rows: t.unknown });
const stepsRow = closed({ times: count, priorities: t.array(integer), proposer: count });

const prioritized = (named: readonly Member[], priorities: readonly bigint[]): readonly Prioritized[] =>
  named.map(([name, votingPower], i) => ({
    identity: identityNamed(name),
    votingPower,
    priority: priorities[i] ?? 0n,
  }));

const runSteps = (content: unknown): readonly CaseReport[] => {
  const file = read(stepsFile, content);
  if (E.isLeft(file)) return [unreadable('priorityAfterSteps', file.left)];
  const { validators, startPriorities, rows } = file.right;
  if (startPriorities.length !== validators.length)
    return [unreadable('priorityAfterSteps', 'startPriorities has another length than validators')];
  return runList('priorityAfterSteps', rows, stepsRow, ({ times, priorities, proposer }) => {
    const start = prioritized(validators, startPriorities);
    const after = increment(start, times);
    return verdictOf(
      difference(
        'priorities',
        after?.validators.map(({ priority }) => priority),
        priorities,
      ),
      difference('proposer', after?.proposer, start[proposer]?.identity),
    );
  });
};

const centring = closed({ start: t.array(integer), times: count, subtract: integer });

const runCentring = ({ start, times, subtract }: t.TypeOf<typeof centring>): Outcome => {
  const powerless = start.map((_, i): Member => [String(i), 0n]);
  const after = increment(prioritized(powerless, start), times);
  return verdictOf(
    difference(
      'priorities',
      after?.validators.map(({ priority }) => priority),
      start.map((priority) => priority - subtract),
    ),
  );
};

const update = { start: members, changes: members };

/** The set after these changes, in the order of the specification: heaviest first, names among equals. */
const changed = ({ start, changes }: { readonly start: readonly Member[]; readonly changes: readonly Member[] }) => {
  const set = keyedSet(start);
  if (E.isLeft(set)) return { refusedStart: set.left };
  const names = new Map([...start, ...changes].map(([name]) => [String(identityNamed(name)), name]));
  // Changes go through the same constructor one by one, so that only the set rules judge their powers.
  const frozen = changes.map(([name, votingPower]) => {
    const one = keyedSet([[name, 1n]]);
    const validator = E.isRight(one) ? one.right.validators[0] : undefined;
    if (validator === undefined) throw new Error(`${name} cannot be a validator`);
    return { ...validator, votingPower };
  });
  return {
    result: E.map((next: typeof set.right) =>
      next.validators
        .map(({ identity, votingPower }): Member => [names.get(identity) ?? identity, votingPower])
        .toSorted(([a, p], [b, q]) => (p > q ? -1 : p < q ? 1 : a < b ? -1 : 1)),
    )(applyChanges(set.right, frozen)),
  };
};

const runValid = (entry: t.TypeOf<typeof validUpdate>): Outcome => {
  const { refusedStart, result } = changed(entry);
  if (result === undefined) return notUnderstood(refusedStart);
  return E.isLeft(result)
    ? failed(`the changes were refused: ${result.left}`)
    : verdictOf(difference('the set', result.right, entry.result));
};

/** A set that must be refused was formed. */
const notRefused = (formed: readonly Member[], difference: string): Outcome =>
  formed.reduce((total, [, votingPower]) => total + votingPower, 0n) === LIMIT + 1n
    ? declared(NAME, 'a total of 2⁶⁰')
    : failed(difference);

const runInvalid = (entry: t.TypeOf<typeof invalidUpdate>): Outcome => {
  const { refusedStart, result } = changed(entry);
  if (result === undefined) return notUnderstood(refusedStart);
  return E.isLeft(result)
    ? passed
    : notRefused(result.right, `the changes must be refused (${entry.why}), and were not`);
};

const validUpdate = closed({ ...update, result: members });
const invalidUpdate = closed({ ...update, why: t.string });

const SECTIONS = {
  selection: (content: unknown) => runList('selection', content, selection, runSelection),
  priorityAfterSteps: runSteps,
  centering_zeroPower: (content: unknown) => runList('centering_zeroPower', content, centring, runCentring),
  updates_valid: (content: unknown) => runList('updates_valid', content, validUpdate, runValid),
  updates_invalid: (content: unknown) => runList('updates_invalid', content, invalidUpdate, runInvalid),
  construction_invalid: (content: unknown) =>
    runList('construction_invalid', content, members, (set) =>
      E.isLeft(keyedSet(set)) ? passed : notRefused(set, 'the set must be refused, and was not'),
    ),
};

/** Number tables of CometBFT's priority rotation, against `weighted` rotation and validator set changes. */
export const proposerPriority: VectorFormat = {
  name: NAME,
  recognises: (document) => isObject(document) && Object.keys(SECTIONS).some((key) => Object.hasOwn(document, key)),
  run: (document) => {
    const stated = isObject(document) ? document['maxTotalVotingPower'] : undefined;
    const limit = stated === undefined ? E.right(LIMIT) : read(integer, stated);
    const isKnown = E.isRight(limit) && limit.right === LIMIT;
    return [
      ...runSections(document, SECTIONS, ['maxTotalVotingPower']),
      ...(isKnown ? [] : [unreadable('maxTotalVotingPower', `must be ${String(LIMIT)}, got ${shown(stated)}`)]),
    ];
  },
};
