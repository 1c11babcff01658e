import { DaoEngine } from '@zhtp/dao';
import type { DaoVoteChoice, DaoVoteTally, Hash } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import * as t from 'io-ts';
import { difference, failed, notUnderstood, verdictOf, type Outcome } from './case-outcome.ts';
import { declared } from './declarations.ts';
import { identityNamed } from './keyed-set.ts';
import { must } from './must.ts';
import { closed, count, hasKeys, isObject, oneOf, power, read, someIn } from './shape.ts';
import { runList, runSections, unreadable, type VectorFormat } from './vector-format.ts';

const NAME = 'governance tally';

const tallyCase = closed({
  name: t.string,
  validators: count,
  powerEach: power,
  totalBonded: power,
  delegations: t.array(closed({ delegator: t.string, validator: t.string, shares: power })),
  votes: t.array(t.tuple([t.string, oneOf('yes', 'no', 'abstain', 'veto', 'spam')])),
  expect: closed({
    yes: power,
    abstain: power,
    no: power,
    veto: power,
    spam: power,
    pass: t.boolean,
    burnDeposit: t.boolean,
  }),
});
type TallyCase = t.TypeOf<typeof tallyCase>;

const PARAMS = closed({ quorum: t.string, threshold: t.string, vetoThreshold: t.string });
const THOUSANDTHS = /^0\.(\d{3})$/;

/** A share of one in thousandths, or undefined. */
const thousandths = (share: string): number | undefined => {
  const digits = THOUSANDTHS.exec(share.padEnd(5, '0'))?.[1];
  return digits === undefined ? undefined : Number(digits);
};

const choiceOf = (word: TallyCase['votes'][number][1]): DaoVoteChoice | undefined => {
  switch (word) {
    case 'yes':
      return { _tag: 'Yes' };
    case 'no':
      return { _tag: 'No' };
    case 'abstain':
      return { _tag: 'Abstain' };
    case 'veto':
    case 'spam':
      return undefined;
  }
};

/** Own weights: a validator's power less what delegators hold of it, and theirs. */
const weightsOf = ({ validators, powerEach, totalBonded, delegations }: TallyCase): ReadonlyMap<string, bigint> => {
  const weights = new Map<string, bigint>();
  for (let i = 0; i < validators; i++) weights.set(`v${String(i)}`, totalBonded === 0n ? 0n : powerEach);
  for (const { delegator, validator, shares } of delegations) {
    weights.set(validator, (weights.get(validator) ?? 0n) - shares);
    weights.set(delegator, shares);
  }
  return weights;
};

const FIRST = { height: 1n, timeSeconds: 0n };
const DAY_SECONDS = 86_400n;

const proposed = (engine: DaoEngine): Hash =>
  must(
    engine.createDaoProposal({
      proposer: identityNamed('proposer'),
      title: 'vector',
      description: '',
      proposalType: 'EconomicParams',
      votingPeriodDays: 1,
      at: FIRST,
    }),
  );

interface Counted {
  readonly tally: DaoVoteTally;
  readonly passes: boolean;
}

/** Plays the votes against the engine. Whoever the vectors let vote without any stake has no power here, and is refused. */
const counted = (vector: TallyCase, quorumPercent: bigint): Counted => {
  const chainParameters = new Map([
    ['quorumEconomicParamsPercent', quorumPercent],
    ['proposalDepositMicro', 0n],
  ]);
  const engine = must(DaoEngine.create({ chainId: 'vectors', chainParameters }));
  const weights = weightsOf(vector);
  for (const [name, weight] of weights)
    must(engine.setVotingWeight({ identity: identityNamed(name), weight, height: 0n }));
  const proposalId = proposed(engine);
  const cast = (name: string, voteChoice: DaoVoteChoice): void => {
    const vote = engine.castDaoVote({ voter: identityNamed(name), proposalId, voteChoice, at: FIRST });
    if (E.isRight(vote) === ((weights.get(name) ?? 0n) === 0n))
      throw new Error(`the vote of ${name} must count exactly when it has weight`);
  };
  const voters = new Set(vector.votes.map(([name]) => name));
  for (const { delegator, validator } of vector.delegations)
    if (!voters.has(delegator)) cast(delegator, { _tag: 'Delegate', identity: identityNamed(validator) });
  for (const [name, word] of vector.votes) {
    const choice = choiceOf(word);
    if (choice !== undefined) cast(name, choice);
  }
  must(engine.processExpiredProposals({ height: 2n, timeSeconds: DAY_SECONDS }));
  const proposal = O.toUndefined(engine.getProposal(proposalId));
  if (proposal === undefined) throw new Error('the proposal is gone');
  return { tally: proposal.voteTally, passes: proposal.status === 'Passed' };
};

/** A quorum is a whole percentage here: one between two of them is decided where both agree. */
const judge = (vector: TallyCase, quorumThousandths: number): Outcome => {
  const below = BigInt(Math.floor(quorumThousandths / 10));
  const above = BigInt(Math.ceil(quorumThousandths / 10));
  const [{ tally, passes }, other] = [counted(vector, below), counted(vector, above)];
  if (passes !== other.passes) return notUnderstood('the turnout lies between two whole percentages');
  if (vector.expect.veto !== 0n || vector.expect.spam !== 0n) return failed('a veto is expected, and nobody cast one');
  return verdictOf(
    difference('yes', tally.weightedYes, vector.expect.yes),
    difference('no', tally.weightedNo, vector.expect.no),
    difference('abstain', tally.weightedAbstain, vector.expect.abstain),
    difference('pass', passes, vector.expect.pass),
  );
};

/** What a case says of its stake that cannot be. */
const contradiction = ({ validators, powerEach, totalBonded, delegations }: TallyCase): string | undefined => {
  if (totalBonded !== 0n && totalBonded !== BigInt(validators) * powerEach)
    return `totalBonded ${String(totalBonded)} is neither nothing nor what the validators hold together`;
  const known = new Set(Array.from({ length: validators }, (_, i) => `v${String(i)}`));
  const stray = delegations.find(({ validator }) => !known.has(validator));
  if (stray !== undefined)
    return `${stray.delegator} delegates to ${stray.validator}, who is not one of the validators`;
  const over = [...known].find((name) => delegatedTo(name, delegations) > powerEach);
  return over === undefined ? undefined : `delegators hold more of ${over} than its power`;
};

const delegatedTo = (name: string, delegations: TallyCase['delegations']): bigint =>
  delegations.reduce((sum, { validator, shares }) => (validator === name ? sum + shares : sum), 0n);

const runCaseOf = (vector: TallyCase, quorumThousandths: number): Outcome => {
  const impossible = contradiction(vector);
  if (impossible !== undefined) return notUnderstood(impossible);
  if (vector.votes.some(([, word]) => choiceOf(word) === undefined)) return declared(NAME, 'veto and spam');
  const delegators = vector.delegations.map(({ delegator }) => delegator);
  return new Set(delegators).size < delegators.length
    ? declared(NAME, 'delegators of two')
    : judge(vector, quorumThousandths);
};

/** Tallies with inheritance and override, against proposals that are voted on and closed. */
export const governanceTally: VectorFormat = {
  name: NAME,
  remark: 'deposits are not judged: they follow rules of our own (economics.md, Governance)',
  recognises: (document) => someIn(document, 'cases', (entry) => hasKeys(entry, 'powerEach', 'votes', 'delegations')),
  run: (document) => {
    const params = read(PARAMS, isObject(document) ? document['params'] : undefined);
    if (E.isLeft(params)) return [unreadable('params', params.left)];
    const quorum = thousandths(params.right.quorum);
    if (quorum === undefined || thousandths(params.right.threshold) !== 500)
      return [unreadable('params', 'quorum must be in thousandths and threshold one half')];
    const cases = (content: unknown) => runList('cases', content, tallyCase, (entry) => runCaseOf(entry, quorum));
    return runSections(document, { cases }, ['params']);
  },
};
