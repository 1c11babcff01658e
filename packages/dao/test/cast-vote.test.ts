import { keyPairFromSeed, signMessage, verifyMessage } from '@zhtp/crypto';
import { ZERO_HASH, type DaoVoteChoice, type Hash, type PostQuantumSignature } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { voteSignBytes, type DaoEngine, type VoteRequest } from '@zhtp/dao';
import { block, chain, person, refusalOf, request, right, some } from './support.ts';

const YES: DaoVoteChoice = { _tag: 'Yes' };
const NO: DaoVoteChoice = { _tag: 'No' };

const proposed = (world = chain()) => ({ ...world, id: right(world.engine.createDaoProposal(request())) });
const voteOf = (name: string, proposalId: Hash, change: Partial<VoteRequest> = {}): VoteRequest => ({
  voter: person(name),
  proposalId,
  voteChoice: YES,
  at: block(2n),
  ...change,
});
const tallyOf = (engine: DaoEngine, id: Hash) => some(engine.getProposal(id)).voteTally;

describe('DaoEngine.castDaoVote', () => {
  test('counts a vote with the weight of its snapshot', () => {
    const { engine, id } = proposed();
    const voteId = right(
      engine.castDaoVote(voteOf('a', id, { justification: 'Supporting increased validator incentives' })),
    );
    expect(tallyOf(engine, id)).toMatchObject({
      totalVotes: 1n,
      yesVotes: 1n,
      weightedYes: 60n,
      totalEligiblePower: 200n,
    });
    expect(some(engine.getVote(id, person('a')))).toEqual({
      id: voteId,
      voter: person('a'),
      proposalId: id,
      voteChoice: YES,
      votingPower: 60n,
      timestamp: block(2n).timeSeconds,
      justification: O.some('Supporting increased validator incentives'),
      signature: O.none,
    });
  });

  test('replaces the earlier vote of the same voter, and says so', () => {
    const { engine, id, events } = proposed();
    const first = right(engine.castDaoVote(voteOf('a', id)));
    const second = right(engine.castDaoVote(voteOf('a', id, { voteChoice: NO })));
    const third = right(engine.castDaoVote(voteOf('a', id)));
    expect(new Set([first, second, third]).size).toBe(3);
    expect(tallyOf(engine, id)).toMatchObject({
      totalVotes: 1n,
      yesVotes: 1n,
      noVotes: 0n,
      weightedYes: 60n,
      weightedNo: 0n,
    });
    expect(events.flatMap((event) => (event._tag === 'VoteCast' ? [event.replaces] : []))).toEqual([
      undefined,
      first,
      second,
    ]);
  });

  test('counts the weight from before the block of the proposal, whatever happens to it later', () => {
    const { engine } = chain();
    right(engine.setVotingWeight({ identity: person('a'), weight: 1_000n, height: 1n }));
    const id = right(engine.createDaoProposal(request()));
    right(engine.setVotingWeight({ identity: person('a'), weight: 5n, height: 1n }));
    right(engine.setVotingWeight({ identity: person('new'), weight: 70n, height: 2n }));
    right(engine.castDaoVote(voteOf('a', id)));
    expect(tallyOf(engine, id)).toMatchObject({ weightedYes: 60n, totalEligiblePower: 200n });
    expect(refusalOf(engine.castDaoVote(voteOf('new', id)))).toContain('no voting power in the snapshot of block 0');
    const next = right(engine.createDaoProposal(request({ at: block(2n) })));
    expect(tallyOf(engine, next).totalEligiblePower).toBe(145n);
    const later = right(engine.createDaoProposal(request({ at: block(3n) })));
    expect(tallyOf(engine, later).totalEligiblePower).toBe(215n);
    right(engine.castDaoVote(voteOf('a', later, { at: block(3n) })));
    expect(tallyOf(engine, later).weightedYes).toBe(5n);
  });

  test.each([
    [{ proposalId: ZERO_HASH }, 'is not known'],
    [{ voter: person('stranger') }, 'has no voting power'],
    [{ voteChoice: { _tag: 'Delegate', identity: person('a') } }, 'nobody delegates to themselves'],
    [{ voteChoice: { _tag: 'Delegate', identity: person('stranger') } }, 'cannot vote for anyone'],
    [{ justification: 'x'.repeat(4_097) }, 'longer than 4096 bytes'],
    [{ justification: 'é'.repeat(2_049) }, 'longer than 4096 bytes'],
    [{ at: block(0n) }, 'heights never fall'],
  ] satisfies readonly [Partial<VoteRequest>, string][])('refuses what cannot count, row %$', (change, message) => {
    const { engine, id } = proposed();
    expect(refusalOf(engine.castDaoVote(voteOf('a', id, change)))).toMatch(/^DaoError: /);
    expect(refusalOf(engine.castDaoVote(voteOf('a', id, change)))).toContain(message);
    expect(tallyOf(engine, id).totalVotes).toBe(0n);
  });

  test('cannot be changed through an object given before', () => {
    const { engine, id } = proposed();
    const choice: { _tag: 'Yes' | 'No' } = { _tag: 'Yes' };
    right(engine.castDaoVote(voteOf('a', id, { voteChoice: choice })));
    choice._tag = 'No';
    right(engine.castDaoVote(voteOf('a', id, { voteChoice: NO })));
    expect(tallyOf(engine, id)).toMatchObject({ yesVotes: 0n, noVotes: 1n, weightedYes: 0n, weightedNo: 60n });
  });
});

describe('with a verifier', () => {
  const keys = keyPairFromSeed('ML-DSA-65', new Uint8Array(32).fill(7));
  const world = () =>
    proposed(
      chain(undefined, {
        ports: {
          verifyVote: (voter, message, signature) =>
            voter === person('a')
              ? verifyMessage('ML-DSA-65', keys.publicKey, 'zhtp/transaction/v1', message, signature)
              : 'invalid',
        },
      }),
    );
  const signed = (proposalId: Hash, choice: DaoVoteChoice, revision: bigint): PostQuantumSignature => {
    const content = { chainId: 'test-chain', proposalId, voter: person('a'), revision, choice, justification: O.none };
    const signature = signMessage(keys, 'zhtp/transaction/v1', right(voteSignBytes(content)));
    return { algorithm: 'ML-DSA-65', signature, publicKey: O.none };
  };

  test('an unsigned vote, another voter and another choice are refused', () => {
    const { engine, id } = world();
    const signature = signed(id, YES, 0n);
    expect(refusalOf(engine.castDaoVote(voteOf('a', id)))).toContain('is not signed');
    expect(refusalOf(engine.castDaoVote(voteOf('b', id, { signature })))).toContain("is not the voter's");
    expect(refusalOf(engine.castDaoVote(voteOf('a', id, { signature, voteChoice: NO })))).toContain(
      "is not the voter's",
    );
    expect(E.isRight(engine.castDaoVote(voteOf('a', id, { signature })))).toBe(true);
  });

  test('an old signature cannot bring back a vote that was changed', () => {
    const { engine, id, events } = world();
    const first = signed(id, YES, 0n);
    right(engine.castDaoVote(voteOf('a', id, { signature: first })));
    expect(engine.nextVoteRevision(id, person('a'))).toBe(1n);
    const second = signed(id, NO, 1n);
    right(engine.castDaoVote(voteOf('a', id, { signature: second, voteChoice: NO })));
    expect(refusalOf(engine.castDaoVote(voteOf('a', id, { signature: first })))).toContain('not over vote 2');
    expect(tallyOf(engine, id)).toMatchObject({ yesVotes: 0n, noVotes: 1n });
    const published = events.flatMap((event) => (event._tag === 'VoteCast' ? [event.vote.signature] : []));
    expect(published).toEqual([O.some(first), O.some(second)]);
    expect(some(engine.getVote(id, person('a'))).signature).toEqual(O.none);
  });
});

test('DaoEngine.getDaoVotingPower is the own weight as it is now', () => {
  const { engine } = chain();
  expect(engine.getDaoVotingPower(person('a'))).toBe(60n);
  expect(engine.getDaoVotingPower(person('stranger'))).toBe(0n);
  right(engine.setVotingWeight({ identity: person('a'), weight: 61n, height: 3n }));
  expect(engine.getDaoVotingPower(person('a'))).toBe(61n);
});

test('DaoEngine.events$ tells every subscriber of an effect after its cause', () => {
  const { engine, events } = chain();
  const seenLate: string[] = [];
  let answered = false;
  engine.events$.subscribe((event) => {
    if (event._tag !== 'ProposalCreated' || answered) return;
    answered = true;
    right(engine.castDaoVote(voteOf('a', event.proposal.id)));
  });
  engine.events$.subscribe(({ _tag }) => seenLate.push(_tag));
  right(engine.createDaoProposal(request()));
  expect(seenLate).toEqual(['FundsMoved', 'ProposalCreated', 'VoteCast']);
  expect(events).toHaveLength(3);
});
