import { isTwoThirds, type BoundedWorld } from './bounded-world.ts';
import { isSettled } from './future-key.ts';
import type { LocalState } from './local-runs.ts';
import { byzantineMessages, type Delivery, type Message, type MessageTable } from './message-table.ts';
import type { Offers } from './offers.ts';
import type { SentLog } from './sent-log.ts';

/** What a node can be given in a row, up to the delivery after which it speaks or enters another round. */
export type Move = readonly Delivery[];

/** Everything a node in this state may be given next, while the other correct nodes have said what they said. */
export type TurnMenu = (self: number, at: LocalState, others: readonly SentLog[]) => TurnMoves;

export interface TurnMoves {
  /**
   * Each group holds different ways to one thing. Of those with the same outcome the first is taken: they differ in a
   * tally that is settled by then.
   */
  readonly groups: readonly (readonly Move[])[];
  /** Precommit quorums for a value: each must make the node decide it. */
  readonly commits: readonly Delivery[];
}

/** Built from the rules of the paper (lines in comments), with power counted here and not by the core. */
export const createTurnMenu = (world: BoundedWorld, table: MessageTable, offers: Offers): TurnMenu => {
  const lies = byzantineMessages(world, table);
  const rounds = world.proposers.map((_proposer, round) => round);

  return (self, at, others) => {
    const { height } = at.core;
    if (height === null || at.log.decided !== null) return { groups: [], commits: [] };
    const { round, step } = height.machine;
    const heard = others.flatMap(({ sent }) => sent);
    const votes = (kind: Message['kind'], of: number): readonly Message[] =>
      heard.filter((m) => m.kind === kind && m.round === of);
    const proposals = [...heard, ...lies].filter((m) => m.kind === 'proposal' && m.round === round);
    const deliverAll = (messages: readonly Message[]): Move => messages.map((message) => table.deliver(message));
    const quorums = (kind: 'prevote' | 'precommit', of: number): readonly Delivery[] =>
      world.values.flatMap((value) => {
        const supporters = [...at.log.sent, ...heard, ...lies]
          .filter((m) => m.kind === kind && m.round === of && m.value === value)
          .toSorted((a, b) => a.from - b.from);
        const positions = supporters.map(({ from }) => from);
        return isTwoThirds(world, positions) ? [table.certificate(supporters)] : [];
      });

    const groups: (readonly Move[])[] = [];
    // One delivery that is enough by itself. Single votes of settled tallies are not delivered (`future-key.ts`).
    for (const delivery of offers(self, at.log, others))
      if (delivery.tally === null || !isSettled(height, delivery.tally.kind, delivery.tally.round))
        groups.push([[delivery]]);

    // Line 28: the polka of its valid round, then the proposal.
    if (step === 'propose')
      for (const proposal of proposals)
        if (proposal.earlier !== null)
          for (const polka of quorums('prevote', proposal.earlier))
            if (polka.messages[0]?.value === proposal.value) groups.push([[polka, table.deliver(proposal)]]);

    // Lines 36 and 42: the proposal, then prevotes for it, one by one or as a certificate; what it had in hand may be a lie.
    if (step === 'prevote' || step === 'precommit')
      for (const proposal of proposals) {
        const first = table.deliver(proposal);
        const supporters = [...votes('prevote', round), ...ofRound(lies, 'prevote', round)].filter(
          ({ value }) => value === proposal.value,
        );
        const certified = quorums('prevote', round).filter(({ messages }) => messages[0]?.value === proposal.value);
        const one = step === 'prevote' ? [[first, ...deliverAll(supporters)]] : [];
        groups.push([...one, ...certified.map((polka) => [first, polka])]);
      }

    // Lines 34, 44 and 61: any prevotes, then the timeout.
    if (step === 'prevote')
      groups.push(
        mixtures(votes('prevote', round), ofRound(lies, 'prevote', round)).map((mixed) => [
          ...deliverAll(mixed),
          table.timeout('prevote', round),
        ]),
      );

    // Lines 47 and 65: any precommits, then the timeout, unless they decide.
    groups.push(
      mixtures(votes('precommit', round), ofRound(lies, 'precommit', round)).map((mixed) => [
        ...deliverAll(mixed),
        ...(round + 1 < rounds.length ? [table.timeout('precommit', round)] : []),
      ]),
    );
    if (round + 1 < rounds.length) {
      // Line 55: a vote of each who has one there, with the least that a liar can add.
      for (const later of rounds.slice(round + 1)) {
        const liars = ofRound(lies, 'precommit', later).filter(({ value }) => value === null);
        const spoke = others.flatMap(({ sent }) => sent.find((m) => m.kind !== 'proposal' && m.round === later) ?? []);
        if (spoke.length > 0) groups.push([deliverAll([...liars, ...spoke])]);
      }
    }
    return { groups, commits: rounds.flatMap((of) => quorums('precommit', of)) };
  };
};

const ofRound = (messages: readonly Message[], kind: Message['kind'], round: number): readonly Message[] =>
  messages.filter((m) => m.kind === kind && m.round === round);

/**
 * Ways to have heard some of these votes, few first: of each correct voter its vote or none, of each liar one of its votes,
 * all of them (the first counts), or none.
 */
const mixtures = (honest: readonly Message[], lies: readonly Message[]): readonly (readonly Message[])[] => {
  const choices = [
    ...honest.map((vote) => [[], [vote]]),
    ...[...Map.groupBy(lies, ({ from }) => from).values()].map((votes) => [
      [],
      ...votes.toReversed().map((vote) => [vote]),
      votes,
    ]),
  ];
  return choices
    .reduce<readonly (readonly Message[])[]>(
      (sets, choice) => sets.flatMap((set) => choice.map((votes) => [...set, ...votes])),
      [[]],
    )
    .toSorted((a, b) => a.length - b.length);
};
