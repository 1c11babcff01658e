import { deepEqual } from 'node:assert/strict';
import { taggedHash } from '@zhtp/crypto';
import { identityId, type DaoVoteChoice, type IdentityId } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { advance, DaoEngine, noBallots, type Ballot, type Ballots } from '@zhtp/dao';
import { castBallot } from '../src/ballots.ts';
import { recount } from './recount.ts';

const must = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};
const person = (n: number): IdentityId =>
  must(identityId(taggedHash('bench/voter', Uint8Array.of(n >> 24, n >> 16, n >> 8, n))));

/** CPU seconds: what else the machine does hardly counts. */
const secondsOf = (work: () => void): number => {
  const started = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
};
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const micros = (seconds: number): string => `${(seconds * 1e6).toFixed(2)} µs`;

const MANY = 1_000_000;
const FEW = 10_000;
const people = Array.from({ length: MANY }, (_, n) => person(n));

/** Every fourth delegates to the next voter, who may delegate in turn; the rest votes. */
const choiceOf = (n: number, voters: number): DaoVoteChoice => {
  const delegate = people[(n + 3) % voters];
  if (n % 4 === 3 && delegate !== undefined) return { _tag: 'Delegate', identity: delegate };
  return { _tag: n % 4 === 0 ? 'Yes' : n % 4 === 1 ? 'No' : 'Abstain' };
};
const ballotOf = (n: number, voters: number): Ballot => ({
  choice: choiceOf(n, voters),
  weight: BigInt((n % 100) + 1),
});

const vote = (voters: number): Ballots =>
  people
    .slice(0, voters)
    .reduce((ballots, who, n) => castBallot(ballots, who, ballotOf(n, voters)), noBallots<Ballot>(0n));

let few = noBallots<Ballot>(0n);
const fewSeconds = secondsOf(() => {
  few = vote(FEW);
});
let kept = noBallots<Ballot>(0n);
const castSeconds = secondsOf(() => {
  kept = vote(MANY);
});
const votes = new Map<IdentityId, Ballot>();
const collectSeconds = secondsOf(() => people.forEach((who, n) => votes.set(who, ballotOf(n, MANY))));
let counted = recount(new Map(), 0n);
const recountSeconds = secondsOf(() => {
  counted = recount(votes, 0n);
});
deepEqual(kept.tally, counted);

print(
  `1 M votes, tally kept with each: ${micros(castSeconds / MANY)} a vote, ${(castSeconds / collectSeconds).toFixed(1)} x collecting them in a Map`,
);
print(
  `a vote among 1 M / among ${String(FEW)} (${String(few.live.size)} cast): ${(castSeconds / MANY / (fewSeconds / FEW)).toFixed(2)} x, 100 x the votes`,
);
print(
  `recounting 1 M votes once, as closing without a kept tally would: ${(recountSeconds / (castSeconds / MANY)).toExponential(1)} x one vote`,
);

const day = 86_400n;
const at = (height: bigint, timeSeconds: bigint) => ({ height, timeSeconds });
const closing = (voters: number): readonly [vote: number, close: number] => {
  const engine = new DaoEngine();
  const [proposer] = people;
  if (proposer === undefined) throw new Error('nobody');
  const proposalId = must(
    engine.createDaoProposal({
      proposer,
      title: 't',
      description: '',
      proposalType: 'EconomicParams',
      votingPeriodDays: 1,
      at: at(1n, 0n),
    }),
  );
  const voteSeconds = secondsOf(() => {
    for (let n = 0; n < voters; n++)
      must(
        engine.castDaoVote({ voter: people[n] ?? proposer, proposalId, voteChoice: { _tag: 'Yes' }, at: at(2n, 1n) }),
      );
  });
  // The state is a value: it can be closed again and again.
  const state = engine.state();
  const calls = 2_000;
  const closeSeconds = secondsOf(() => {
    for (let call = 0; call < calls; call++) must(advance(state, at(3n, day)));
  });
  must(engine.processExpiredProposals(at(3n, day)));
  const proposal = O.toUndefined(engine.getProposal(proposalId));
  if (proposal?.status !== 'Passed' || proposal.voteTally.totalVotes !== BigInt(voters)) throw new Error('miscounted');
  return [voteSeconds / voters, closeSeconds / calls];
};
closing(1_000);
const [, closeFew] = closing(1_000);
const [voteSeconds, closeMany] = closing(200_000);
print(
  `castDaoVote with ids and checks: ${micros(voteSeconds)}, ${(voteSeconds / (castSeconds / MANY)).toFixed(1)} x counting the ballot alone`,
);
print(
  `closing after 200,000 votes / after 1,000: ${(closeMany / closeFew).toFixed(2)} x (${micros(closeMany)} / ${micros(closeFew)}), 200 x the votes`,
);
