import { CHAIN_PARAMETERS, isQuorumReached, noBallots } from '@zhtp/dao';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { difference, verdictOf, type CaseReport, type Outcome } from './case-outcome.ts';
import { declared } from './declarations.ts';
import { closed, hasKeys, integer, isObject, prose, read } from './shape.ts';
import { runCase, runList, runSections, unreadable, type VectorFormat } from './vector-format.ts';

const NAME = 'governance quorum (OpenZeppelin)';

const fraction = closed({
  supply: integer,
  quorumPercent: integer,
  quorum: integer,
  cases: t.unknown,
  afterUpdatePercent: integer,
  quorumAfter: integer,
  maxPercentAllowed: integer,
});
const quorumCase = closed({ forVotes: integer, reached: t.boolean });

const isReached = (supply: bigint, votes: bigint, percent: bigint): boolean =>
  isQuorumReached({ ...noBallots(supply).tally, weightedYes: votes }, percent);

/** The fewest votes that reach a quorum are so many, and one less does not. */
const judgeLeast = (supply: bigint, percent: bigint, least: bigint): Outcome =>
  verdictOf(
    difference(`${String(least)} votes reach it`, isReached(supply, least, percent), true),
    difference(`${String(least - 1n)} votes reach it`, isReached(supply, least - 1n, percent), false),
  );

/** No quorum that governance may choose here exceeds what the vectors allow. */
const judgeBound = (maxPercent: bigint): Outcome => {
  const beyond = Object.entries(CHAIN_PARAMETERS).filter(
    ([name, { max }]) => name.startsWith('quorum') && max > maxPercent,
  );
  return verdictOf(
    difference(
      'quorums that may exceed it',
      beyond.map(([name]) => name),
      [],
    ),
  );
};

const runFraction = (content: unknown): readonly CaseReport[] => {
  const file = read(fraction, content);
  if (E.isLeft(file)) return [unreadable('quorumFraction', file.left)];
  const { supply, quorumPercent, quorum, cases, afterUpdatePercent, quorumAfter, maxPercentAllowed } = file.right;
  const named = (name: string, outcome: () => Outcome): CaseReport => runCase('quorumFraction', name, outcome);
  return [
    ...runList('quorumFraction', cases, quorumCase, ({ forVotes, reached }) =>
      verdictOf(difference('reached', isReached(supply, forVotes, quorumPercent), reached)),
    ),
    named('quorum', () => judgeLeast(supply, quorumPercent, quorum)),
    named('quorumAfter', () => judgeLeast(supply, afterUpdatePercent, quorumAfter)),
    named('maxPercentAllowed', () => judgeBound(maxPercentAllowed)),
  ];
};

const fractional = closed({ weight: prose, casts: prose, totals: prose, used: prose });

/** Quorum as a fraction of the supply. */
export const governanceQuorum: VectorFormat = {
  name: NAME,
  recognises: (document) => isObject(document) && hasKeys(document['quorumFraction'], 'quorumPercent', 'cases'),
  run: (document) =>
    runSections(document, {
      quorumFraction: runFraction,
      fractionalVotes: (content) =>
        runList('fractionalVotes', content, fractional, () => declared(NAME, 'fractionalVotes')),
    }),
};
