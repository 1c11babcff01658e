import { byzantineThreshold, isQuorum, isSkip, numberedSet, VoteKeeper, votingSet } from '@zhtp/bft';
import { verifyCommitFull, verifyNow } from '@zhtp/chain';
import type { CommitCertificate } from '@zhtp/types';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { difference, failed, notUnderstood, passed, verdictOf, type Outcome } from './case-outcome.ts';
import { declared } from './declarations.ts';
import { certificateSignedBy, hashNamed, keyedSet, signingContext } from './keyed-set.ts';
import { closed, count, isObject, power, prose } from './shape.ts';
import { runList, runSections, type VectorFormat } from './vector-format.ts';

const NAME = 'quorums, votes and commits';

const bound = closed({ weight: power, total: power, met: t.boolean });

const runBounds = (section: string, isMet: (weight: bigint, total: bigint) => boolean) => (content: unknown) =>
  runList(section, content, bound, ({ weight, total, met }) =>
    verdictOf(difference(`${String(weight)} of ${String(total)}`, isMet(weight, total), met)),
  );

const voteSet = closed(
  {
    validators: count,
    power,
    votes: t.array(t.tuple([count, t.union([t.string, t.null])])),
    majorityAfter: t.array(
      closed({ n: count }, { two_thirds: t.boolean, two_thirds_nil: t.boolean, sourceAssertIsWeak: prose }),
    ),
  },
  { name: prose },
);

const nameAt = (index: number): string => `v${String(index).padStart(4, '0')}`;

const runVoteSet = ({ validators, power: each, votes, majorityAfter }: t.TypeOf<typeof voteSet>): Outcome => {
  if (votes.some(([voter]) => voter >= validators)) return notUnderstood('a voter is not one of the validators');
  if (majorityAfter.length === 0) return notUnderstood('majorityAfter is empty');
  if (majorityAfter.some(({ n }) => n < 1 || n > votes.length))
    return notUnderstood('majorityAfter asks after more votes than there are');
  if (majorityAfter.some((row) => row.two_thirds === undefined && row.two_thirds_nil === undefined))
    return notUnderstood('a row of majorityAfter expects nothing');
  const members = Array.from({ length: validators }, (_, i) => [nameAt(i), each] as const);
  const set = numberedSet(votingSet(members));
  const keeper = new VoteKeeper<null>(set);
  for (const [index, [voter, value]] of votes.entries()) {
    const content = { kind: 'prevote', height: 1n, round: 0, voter: nameAt(voter), value, against: null } as const;
    keeper.add({ vote: { ...content, polRound: null }, signed: null }, 0);
    const majority = keeper.round(0)?.tally('prevote').majority();
    for (const { n, two_thirds, two_thirds_nil } of majorityAfter.filter((row) => row.n === index + 1)) {
      const wrong =
        (two_thirds === undefined
          ? undefined
          : difference(`two thirds after ${String(n)} votes`, majority !== undefined, two_thirds)) ??
        (two_thirds_nil === undefined
          ? undefined
          : difference(`two thirds for nil after ${String(n)} votes`, majority === null, two_thirds_nil));
      if (wrong !== undefined) return failed(wrong);
    }
  }
  return passed;
};

const commitCase = closed(
  { validators: count, blockVotes: count, nilVotes: count, absentVotes: count, ok: t.boolean },
  { why: t.string, got: power, neededMoreThan: power },
);
type CommitCase = t.TypeOf<typeof commitCase>;

const POWER = 10n;
const CHAIN = signingContext('chain');
const SLOT = { height: 1n, round: 0, blockId: hashNamed('block') };

type Spoil = (commit: CommitCertificate) => CommitCertificate;

/** What the commit of a case is like where its numbers alone do not say it. */
const SPOILED: Readonly<Record<string, Spoil>> = {
  'signed for another chain id': (commit) => commit,
  'commit for another block': (commit) => ({ ...commit, blockId: hashNamed('another block') }),
  'commit height differs by one': (commit) => ({ ...commit, height: commit.height + 1n }),
};

/** A commit of a set of another size; of one that is too small, somebody signs twice. */
const OTHER_SIZE = /^(\d+) signatures? for a set of (\d+)( \(double vote\))?$/;

const resized = (commit: CommitCertificate, size: number): CommitCertificate =>
  size >= commit.setSize
    ? commit
    : {
        ...commit,
        setSize: size,
        signers: Uint8Array.from({ length: (size + 7) >> 3 }, (_, i) => (1 << Math.min(8, size - 8 * i)) - 1),
      };

/** What a case says of itself that cannot be. */
const contradiction = ({ validators, blockVotes, nilVotes, absentVotes, why }: CommitCase): string | undefined => {
  const [, signatures, members] = OTHER_SIZE.exec(why ?? '') ?? [];
  if (signatures === undefined)
    return blockVotes + nilVotes + absentVotes === validators
      ? undefined
      : 'votes for the block, for nil and absent ones do not add up to the validators';
  const isAsSaid = Number(signatures) === blockVotes && Number(members) === validators && blockVotes !== validators;
  return isAsSaid && nilVotes + absentVotes === 0 ? undefined : `why "${why ?? ''}" is not what the numbers say`;
};

/** What happens to the commit of a case after it is signed; undefined where that is not known. */
const spoiling = ({ why, blockVotes }: CommitCase): Spoil | undefined => {
  if (why === undefined) return (commit) => commit;
  if (OTHER_SIZE.test(why)) return (commit) => resized(commit, blockVotes);
  return Object.hasOwn(SPOILED, why) ? SPOILED[why] : undefined;
};

const runCommit = (entry: CommitCase): Outcome => {
  const { validators, blockVotes, absentVotes, ok, why, got, neededMoreThan } = entry;
  const spoil = spoiling(entry);
  if (spoil === undefined) return notUnderstood(`why "${why ?? ''}" is not known here`);
  const impossible = contradiction(entry);
  if (impossible !== undefined) return notUnderstood(impossible);
  const set = keyedSet(Array.from({ length: validators }, (_, i) => [nameAt(i), POWER]));
  if (E.isLeft(set)) return notUnderstood(set.left);
  // Absent ones first, as the file says; nil precommits are no part of a certificate (protocol.md, Blocks).
  const voters = Array.from({ length: blockVotes }, (_, i) => nameAt(Math.min(absentVotes + i, validators - 1)));
  const signedOn = why === 'signed for another chain id' ? signingContext('another chain') : CHAIN;
  const commit = certificateSignedBy(signedOn, set.right, SLOT, voters);
  const verdict = verifyCommitFull(
    {
      context: CHAIN,
      set: set.right,
      certificate: spoil(commit),
      decision: { height: SLOT.height, blockId: SLOT.blockId, validatorsHash: set.right.hash },
    },
    verifyNow,
  );
  return verdictOf(
    E.isRight(verdict) === ok
      ? undefined
      : `expected ${ok ? 'a valid commit' : 'a refusal'}, got ${E.isLeft(verdict) ? verdict.left.message : 'a valid commit'}`,
    got === undefined ? undefined : difference('got', POWER * BigInt(blockVotes), got),
    neededMoreThan === undefined
      ? undefined
      : difference('neededMoreThan', byzantineThreshold(POWER * BigInt(validators)) - 1n, neededMoreThan),
  );
};

const median = closed({ samples: t.array(t.tuple([count, count])), total: count, median: count }, { note: prose });

const SECTIONS = {
  quorum_strictly_more_than_two_thirds: runBounds('quorum_strictly_more_than_two_thirds', isQuorum),
  honest_strictly_more_than_one_third: runBounds('honest_strictly_more_than_one_third', isSkip),
  voteSet: (content: unknown) => runList('voteSet', content, voteSet, runVoteSet),
  commitVerification: (content: unknown) =>
    runSections(content, { cases: (cases) => runList('commitVerification', cases, commitCase, runCommit) }),
  weightedMedianTime: (content: unknown) =>
    runList('weightedMedianTime', content, median, () => declared(NAME, 'weightedMedianTime')),
};

/** Number tables of quorums, vote sets and commit verification (CometBFT, Malachite). */
export const quorumVotes: VectorFormat = {
  name: NAME,
  recognises: (document) => isObject(document) && Object.keys(SECTIONS).some((key) => Object.hasOwn(document, key)),
  run: (document) => runSections(document, SECTIONS),
};
