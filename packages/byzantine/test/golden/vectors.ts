import type { Json } from '@zhtp/types';
import {
  ByzantineFaultDetector,
  evidenceOfEquivocation,
  offenceKey,
  offenceOf,
  PENALTY_TABLE,
  penaltyFor,
  type DetectorEvent,
} from '@zhtp/byzantine';
import { evidenceIdOf } from '@zhtp/chain';
import { option as O } from 'fp-ts';
import { stakeBook } from '../stake-book.ts';
import { hashNamed, identityNamed, right, vote } from '../support.ts';

const NAMES = ['v0', 'v1', 'v2'] as const;

const jsonOf = (value: unknown): Json =>
  JSON.parse(JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part))) as Json;

/** A fixed history of one detector: faults, penalties, evidence ids and offence keys. */
export const goldenVectors = (): Json => {
  const detector = new ByzantineFaultDetector();
  const tags: DetectorEvent['_tag'][] = [];
  detector.events$.subscribe(({ _tag }) => tags.push(_tag));
  const [v0, v1, v2] = [identityNamed('v0'), identityNamed('v1'), identityNamed('v2')];
  const other = hashNamed('other');
  detector.detectEquivocation(vote(), hashNamed('block'), 10n);
  const evidence = detector.detectEquivocation(vote({ proposalId: O.some(other) }), other, 11n, O.some(v1));
  const accusation = O.isSome(evidence) ? right(evidenceOfEquivocation(evidence.value)) : undefined;
  right(detector.recordDoubleSign(v0, 5n, 0, Uint8Array.of(1), Uint8Array.of(2)));
  for (let height = 1n; height <= 11n; height++) right(detector.recordLivenessViolation(v1, height, 1));
  for (const height of [7n, 8n, 9n])
    right(detector.recordInvalidProposal(v2, height, hashNamed('block'), 'wrong parent'));
  right(detector.recordInvalidVote(v2, 9n, 'Commit of the zero id'));
  const book = stakeBook(...NAMES);
  const faults = right(detector.detectFaults(book.manager, 1_700_000_000n));
  return jsonOf({
    table: PENALTY_TABLE.map(({ faultType, severity }) => penaltyFor(faultType, severity)),
    evidenceId: accusation === undefined ? null : evidenceIdOf(accusation),
    offenceKey: accusation === undefined ? null : offenceKey(offenceOf(accusation)),
    faults,
    penalties: right(detector.processFaults(faults, book.manager)),
    stakes: NAMES.map((name) => [name, book.stakeOf(name), book.statusOf(name)]),
    log: detector.forensicRecords(),
    events: tags,
  });
};
