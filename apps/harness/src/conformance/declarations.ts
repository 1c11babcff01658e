import type { Outcome } from './case-outcome.ts';

/** A part of a format that is not run, and why. */
interface Declaration {
  readonly format: string;
  readonly section: string;
  readonly reason: string;
}

/**
 * Everything `harness conformance` knows and does not apply. A package that comes to run one of these replaces its line
 * by a reader in `formats.ts`; whatever is neither read nor listed here is not understood, and fails.
 */
export const DECLARATIONS: readonly Declaration[] = [
  {
    format: 'vote keeper traces',
    section: 'far rounds',
    reason: 'a voter is kept in two rounds beyond the next (protocol.md, The pure core), and votes in a third one here',
  },
  {
    format: 'proposer priorities',
    section: 'a total of 2⁶⁰',
    reason: 'is the most that a set may hold here, one more than these tables allow (decisions.md §6)',
  },
  {
    format: 'quorums, votes and commits',
    section: 'weightedMedianTime',
    reason: 'block time is its proposer’s, there is no weighted median (protocol.md, Blocks)',
  },
  {
    format: 'ML-DSA, ACVP signing',
    section: 'preHash',
    reason: 'HashML-DSA (FIPS 204 §5.4) is not used: messages are signed whole',
  },
  {
    format: 'ML-DSA, ACVP verification',
    section: 'preHash',
    reason: 'HashML-DSA (FIPS 204 §5.4) is not used: messages are signed whole',
  },
  {
    format: 'ML-DSA, CCTV accumulated',
    section: 'fieldOperationsHash',
    reason: 'needs Power2Round, Decompose and UseHint one by one; neither back end exposes them',
  },
  {
    format: 'governance quorum (OpenZeppelin)',
    section: 'fractionalVotes',
    reason: 'a vote here is never split (decisions.md §7)',
  },
  { format: 'slashing', section: 'negative heights', reason: 'heights are not negative here (decisions.md §7)' },
  {
    format: 'governance tally',
    section: 'veto and spam',
    reason: 'a vote here is yes, no, abstain or a delegation, there is no veto (decisions.md §7)',
  },
  {
    format: 'governance tally',
    section: 'delegators of two',
    reason: 'a delegation here is to one identity, never split (decisions.md §7)',
  },
  { format: 'inflation', section: 'rows', reason: 'no inflation by bonded share here (decisions.md §7)' },
  { format: 'inflation', section: 'blockProvision', reason: 'no inflation by bonded share here (decisions.md §7)' },
];

/** The outcome of a case in a declared section. */
export const declared = (format: string, section: string): Outcome => {
  const found = DECLARATIONS.find((entry) => entry.format === format && entry.section === section);
  if (found === undefined) throw new Error(`${format}: section ${section} is not among the declared ones`);
  return { _tag: 'Declared', reason: found.reason };
};
