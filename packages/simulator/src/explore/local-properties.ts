import { decision, roundState, type Effect } from '@zhtp/bft';
import type { Breach } from './breach.ts';
import { isTwoThirds, nameOf, positionOf, type BoundedWorld } from './bounded-world.ts';
import type { LocalState } from './local-runs.ts';
import { describeMessage, type Message, type MessageTable } from './message-table.ts';
import type { Decided } from './sent-log.ts';

/*
 * The properties that one node's own history can break. They read the core's published round state and the messages it
 * was given and sent, and count power by themselves: no rule is shared with what they judge.
 */

export interface ObservedStep {
  readonly self: number;
  readonly from: Pick<LocalState, 'core' | 'log' | 'received'>;
  readonly next: Pick<LocalState, 'core' | 'log' | 'received'>;
  readonly sent: readonly Message[];
  readonly decided: Decided | null;
  readonly effects: readonly Effect<null, null>[];
}

export const brokenByStep = (world: BoundedWorld, table: MessageTable, observed: ObservedStep): readonly Breach[] => {
  const { from, next, sent, decided, effects } = observed;
  const [before, after] = [from.core.height?.machine, next.core.height?.machine];
  if (before === after && sent.length === 0 && decided === null && effects.length === 0) return [];
  const heard = table.messages.filter(({ id }) => ((next.received >> BigInt(id)) & 1n) === 1n);
  return [
    ...equivocation(observed),
    ...lockAndValid(world, heard, observed),
    ...observed.sent.flatMap((message) => groundless(world, heard, message)),
    ...wrongDecision(world, heard, observed),
    ...falseAccusation(world, observed),
  ];
};

const samePlace = (a: Message, b: Message): boolean => a.kind === b.kind && a.round === b.round;

const equivocation = ({ from, sent }: ObservedStep): readonly Breach[] => {
  const breaches: Breach[] = [];
  sent.forEach((message, i) => {
    const other = [...from.log.sent, ...sent.slice(0, i)].find((earlier) => samePlace(earlier, message));
    if (other !== undefined)
      breaches.push({ property: 'S5', detail: `${describeMessage(other)} and ${describeMessage(message)}` });
  });
  return breaches;
};

const lockAndValid = (
  world: BoundedWorld,
  heard: readonly Message[],
  { self, from, next }: ObservedStep,
): readonly Breach[] => {
  const before = roundState(from.core);
  const now = roundState(next.core);
  if (before === null || now === null) return [];
  const breaches: Breach[] = [];
  const node = nameOf(self);
  const show = (at: { readonly value: string; readonly round: number } | null): string =>
    at === null ? 'nothing' : `${at.value} of round ${String(at.round)}`;
  const { locked, valid } = now;
  if (
    (locked !== null && (locked.value === '' || locked.round < 0)) ||
    (valid !== null && (valid.value === '' || valid.round < 0))
  )
    breaches.push({
      property: 'S8',
      detail: `${node} is locked on ${show(locked)}, its valid value is ${show(valid)}`,
    });
  const last = next.log.sent.findLast(({ kind, value }) => kind === 'precommit' && value !== null);
  if ((last?.value ?? null) !== (locked?.value ?? null) || (last?.round ?? -1) !== (locked?.round ?? -1))
    breaches.push({
      property: 'S9',
      detail: `${node} is locked on ${show(locked)}, its last precommit for a value is ${last === undefined ? 'none' : describeMessage(last)}`,
    });
  if ((valid?.round ?? -1) < (locked?.round ?? -1))
    breaches.push({ property: 'S10', detail: `${node}: valid round below the lock ${show(locked)}` });
  if (
    now.round < before.round ||
    (locked?.round ?? -1) < (before.locked?.round ?? -1) ||
    (valid?.round ?? -1) < (before.valid?.round ?? -1)
  )
    breaches.push({ property: 'S10', detail: `${node}: round, locked round or valid round went down` });
  if (valid !== null && valid !== before.valid) {
    if (!isTwoThirds(world, votersFor(heard, 'prevote', valid.round, valid.value)))
      breaches.push({ property: 'S13', detail: `${node}'s valid value ${show(valid)} has no polka` });
    // With addition (a) the polka stands for the proposal of its own round.
    const proposed = heard.some(
      ({ kind, round, value }) => kind === 'proposal' && round === valid.round && value === valid.value,
    );
    if (!proposed && !world.options.raiseValidOnOldPolka)
      breaches.push({ property: 'S13', detail: `${node}'s valid value ${show(valid)} was not proposed` });
  }
  return breaches;
};

/** S11 and S12: what must have been heard before a vote. */
const groundless = (world: BoundedWorld, heard: readonly Message[], said: Message): readonly Breach[] => {
  const { kind, round, value } = said;
  if (kind === 'precommit') {
    const grounds = value === null ? votersOfRound(heard, round) : votersFor(heard, 'prevote', round, value);
    return isTwoThirds(world, grounds)
      ? []
      : [{ property: 'S12', detail: `${describeMessage(said)} after prevotes of ${names(grounds)} only` }];
  }
  if (kind === 'proposal' || value === null) return [];
  const grounded = heard.some(
    (m) =>
      m.kind === 'proposal' &&
      m.round === round &&
      m.value === value &&
      m.from === world.proposers[round] &&
      (m.earlier === null || (m.earlier < round && isTwoThirds(world, votersFor(heard, 'prevote', m.earlier, value)))),
  );
  return grounded ? [] : [{ property: 'S11', detail: `${describeMessage(said)} without a proposal that allows it` }];
};

const wrongDecision = (
  world: BoundedWorld,
  heard: readonly Message[],
  { self, next, decided }: ObservedStep,
): readonly Breach[] => {
  const breaches: Breach[] = [];
  const isAtEnd = roundState(next.core)?.step === 'commit';
  if (isAtEnd !== (decision(next.core) !== null) || isAtEnd !== (next.log.decided !== null))
    breaches.push({
      property: 'S2',
      detail: `${nameOf(self)} is in the last step without a decision, or has one and is not`,
    });
  if (decided !== null && !world.values.includes(decided.value))
    breaches.push({ property: 'S2', detail: `${nameOf(self)} decides ${decided.value}, which nobody could propose` });
  if (decided !== null && !isTwoThirds(world, votersFor(heard, 'precommit', decided.round, decided.value)))
    breaches.push({
      property: 'S4',
      detail: `${nameOf(self)} decides ${decided.value} on precommits of ${names(votersFor(heard, 'precommit', decided.round, decided.value))} only`,
    });
  return breaches;
};

const falseAccusation = (world: BoundedWorld, { self, effects }: ObservedStep): readonly Breach[] =>
  effects.flatMap((effect) => {
    if (effect._tag !== 'Evidence') return [];
    const accused = positionOf(accusedBy(effect.evidence));
    return world.byzantine.includes(accused)
      ? []
      : [
          {
            property: 'A2' as const,
            detail: `${nameOf(self)} accuses ${nameOf(accused)}, who is correct, of ${effect.evidence._tag}`,
          },
        ];
  });

const accusedBy = (evidence: Extract<Effect<null, null>, { readonly _tag: 'Evidence' }>['evidence']): string => {
  switch (evidence._tag) {
    case 'Equivocation':
      return evidence.second.vote.voter;
    case 'TwoProposals':
      return evidence.second.proposal.proposer;
    case 'Amnesia':
      return evidence.prevote.vote.voter;
    case 'InvalidProposal':
      return evidence.proposal.proposal.proposer;
  }
};

const votersFor = (
  heard: readonly Message[],
  kind: 'prevote' | 'precommit',
  round: number,
  value: string,
): readonly number[] =>
  heard.filter((m) => m.kind === kind && m.round === round && m.value === value).map(({ from }) => from);

const votersOfRound = (heard: readonly Message[], round: number): readonly number[] =>
  heard.filter((m) => m.kind === 'prevote' && m.round === round).map(({ from }) => from);

const names = (positions: readonly number[]): string =>
  positions.length === 0 ? 'nobody' : [...new Set(positions)].map(nameOf).join(', ');
