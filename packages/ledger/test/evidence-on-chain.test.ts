import { genesisHashOf } from '@zhtp/chain';
import { DEFAULT_CONSENSUS_CONFIG, type Evidence, type Genesis, type KeyPair } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  buildTransaction,
  conservationFault,
  signTransaction,
  supplyOf,
  type BlockOutcome,
  type LedgerApplication,
  type LedgerMessage,
} from '@zhtp/ledger';
import {
  alice,
  blockOf,
  bob,
  carol,
  CHAIN_ID,
  dave,
  funded,
  genesisWith,
  hashOf,
  identityOfPair,
  memoryStore,
  openLedger,
  PARAMETERS,
  reasonOf,
  right,
  run,
} from './support/chain.ts';
import { signedDoubleSign, unsignedDoubleSign } from './support/double-sign.ts';
import { people, stakedChain, type Person } from './support/staked-chain.ts';

const ZHTP = 1_000_000n;
const [a, b, c, d, reporter, saver] = people as unknown as readonly [Person, Person, Person, Person, Person, Person];
const submit = (evidence: Evidence): LedgerMessage => ({ _tag: 'SubmitEvidence', evidence });
const failures = (outcome: BlockOutcome): readonly string[] => outcome.executed.map(({ sentence }) => sentence);
const codes = (outcome: BlockOutcome): readonly (string | undefined)[] =>
  outcome.executed.map(({ receipt: { failure } }) => (O.isSome(failure) ? failure.value.reason : undefined));

describe('evidence handed in by a transaction', () => {
  test('punishes exactly as the same evidence in a block', () => {
    const evidence = unsignedDoubleSign({ voter: d.who, height: 5n });
    const [inBlock, inTransaction] = [stakedChain({ validators: 8 }), stakedChain({ validators: 8 })];
    for (const chain of [inBlock, inTransaction]) chain.passBlocks(6);
    const one = inBlock.next({ evidence: [evidence] });
    const other = inTransaction.next({ messages: [[reporter, submit(evidence)]] });
    expect(failures(other)).toEqual(['']);
    expect(inTransaction.state().faults.get(d.who)).toEqual(inBlock.state().faults.get(d.who));
    expect(inTransaction.validator(d)).toMatchObject({ status: 'Slashed', stake: 950n * ZHTP, slashCount: 1 });
    expect(inBlock.validator(d)).toMatchObject({ status: 'Slashed', stake: 950n * ZHTP, slashCount: 1 });
    expect(inTransaction.state().sets).toEqual(inBlock.state().sets);
    const penaltyOf = (outcome: BlockOutcome) => outcome.events.find(({ _tag }) => _tag === 'PenaltyApplied');
    expect(penaltyOf(other)).toEqual(penaltyOf(one));
    expect(conservationFault(inTransaction.state(), 'full')).toBeUndefined();
  });

  test('is refused when the offence is known: from a block, another transaction, or earlier in this one', () => {
    const first = submit(unsignedDoubleSign({ voter: d.who, height: 5n }));
    const second = submit(unsignedDoubleSign({ voter: d.who, height: 5n, round: 3, blocks: [7, 9] }));
    const chain = stakedChain({ validators: 8 });
    chain.passBlocks(6);
    const before = chain.balance(reporter);
    const outcome = chain.next({
      messages: [
        [reporter, first],
        [reporter, first],
        [saver, second],
      ],
    });
    expect(codes(outcome)).toEqual([undefined, 'EvidenceRefused', 'EvidenceRefused']);
    expect(failures(outcome)[1]).toMatch(/DoubleSign of .* at height 5 is known/);
    expect(chain.balance(reporter)).toBe(before - 400n);
    expect(chain.validator(d)?.stake).toBe(950n * ZHTP);
    chain.next({ evidence: [unsignedDoubleSign({ voter: c.who, height: 6n })] });
    const late = chain.next({ messages: [[reporter, submit(unsignedDoubleSign({ voter: c.who, height: 4n }))]] });
    expect(codes(late)).toEqual(['EvidenceRefused']);
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  });

  test('the same evidence in a later block costs nothing again', () => {
    const evidence = unsignedDoubleSign({ voter: d.who, height: 5n });
    const chain = stakedChain({ validators: 8 });
    chain.passBlocks(6);
    chain.next({ messages: [[reporter, submit(evidence)]] });
    chain.next({ evidence: [evidence] });
    expect(chain.validator(d)).toMatchObject({ stake: 950n * ZHTP, slashCount: 1 });
  });

  test('is about earlier heights, as evidence in blocks is', () => {
    const chain = stakedChain({ validators: 8 });
    chain.passBlocks(6);
    const at = (height: bigint) => submit(unsignedDoubleSign({ voter: d.who, height }));
    const early = chain.next({
      messages: [
        [reporter, at(7n)],
        [reporter, at(8n)],
        [reporter, at(6n)],
      ],
    });
    expect(codes(early)).toEqual(['EvidenceRefused', 'EvidenceRefused', undefined]);
    expect(failures(early)[0]).toMatch(/can be judged from block 8 on/);
  });

  test('ages in blocks and in time: refused only past both', () => {
    // 60 seconds are six blocks of ten seconds; an offence is dated by the beginning of its epoch.
    const aged = { evidenceAgeMs: 60_000n, chainParameters: { unbondingSeconds: 60n, trustingPeriodSeconds: 30n } };
    const outcomeAfter = (blocks: number, seconds: bigint): string | undefined => {
      const chain = stakedChain({ validators: 8, ...aged });
      chain.passBlocks(10);
      const offence = chain.height();
      for (let i = 0; i < blocks; i++) chain.next({ seconds });
      const evidence = unsignedDoubleSign({ voter: d.who, height: offence });
      return codes(chain.next({ messages: [[reporter, submit(evidence)]] }))[0];
    };
    expect(outcomeAfter(5, 1_000n)).toBeUndefined();
    expect(outcomeAfter(6, 1n)).toBeUndefined();
    expect(outcomeAfter(6, 30n)).toBe('EvidenceRefused');
    expect(outcomeAfter(30, 10n)).toBe('EvidenceRefused');
    // Some epochs of quick blocks later, which have come to be many and have taken no time.
    expect(outcomeAfter(45, 1n)).toBeUndefined();
  });

  test('a failed message beside it takes the punishment back', () => {
    const chain = stakedChain({ validators: 8 });
    chain.passBlocks(6);
    const evidence = unsignedDoubleSign({ voter: d.who, height: 5n });
    const tooMuch: LedgerMessage = { _tag: 'Transfer', recipient: a.who, amount: 10n ** 15n };
    const outcome = chain.next({ together: [[reporter, [submit(evidence), tooMuch]]] });
    expect(codes(outcome)).toEqual(['InsufficientBalance']);
    expect(chain.validator(d)).toMatchObject({ status: 'Active', stake: 1_000n * ZHTP, slashCount: 0 });
    expect(outcome.events.map(({ _tag }) => _tag)).not.toContain('PenaltyApplied');
    expect(chain.next({ messages: [[reporter, submit(evidence)]] }).executed[0]?.sentence).toBe('');
  });
});

describe('stake does not escape a slash', () => {
  const escape = (moves: readonly (readonly [Person, LedgerMessage])[]) => {
    const chain = stakedChain({ validators: 8 });
    chain.passBlocks(1);
    chain.next({ messages: [[saver, { _tag: 'Delegate', validator: d.who, amount: 1_000n * ZHTP }]] });
    // In the set from the boundary on: the infraction stands in an epoch that counts the delegation.
    chain.passBlocks(24);
    const infraction = chain.height();
    const moved = chain.next({ messages: moves });
    expect(failures(moved)).toEqual(moves.map(() => ''));
    const treasury = supplyOf(chain.state()).treasury;
    const convicted = chain.next({
      messages: [[reporter, submit(unsignedDoubleSign({ voter: d.who, height: infraction }))]],
    });
    expect(failures(convicted)).toEqual(['']);
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
    const penalty = convicted.events.find((event) => event._tag === 'PenaltyApplied');
    return { chain, treasury, slashed: penalty?._tag === 'PenaltyApplied' ? penalty.penalty.slashed : undefined };
  };
  /** 5 % of 1,000 ZHTP of its own and 1,000 delegated. */
  const DUE = 100n * ZHTP;

  test('that stays', () => {
    expect(escape([]).slashed).toBe(DUE);
  });

  test('by unbonding between infraction and evidence, the delegator or the validator itself', () => {
    const { chain, slashed } = escape([
      [saver, { _tag: 'Undelegate', validator: d.who, amount: 1_000n * ZHTP }],
      [d, { _tag: 'RemoveStake', amount: 1_000n * ZHTP }],
    ]);
    expect(slashed).toBe(DUE);
    const left = [...chain.state().staking.unbondings.entries()].map(([, entry]) => entry.left);
    expect(left).toEqual([950n * ZHTP, 950n * ZHTP]);
    expect(chain.validator(d)?.stake).toBe(0n);
  });

  test('by redelegating to another validator, whose other backers lose nothing', () => {
    const { chain, slashed } = escape([
      [saver, { _tag: 'Redelegate', source: d.who, destination: b.who, amount: 1_000n * ZHTP }],
    ]);
    expect(slashed).toBe(DUE);
    expect(chain.validator(b)).toMatchObject({ stake: 1_000n * ZHTP, delegatedStake: 950n * ZHTP });
    expect(chain.validator(d)).toMatchObject({ stake: 950n * ZHTP, delegatedStake: 0n });
  });

  test('nor is stake punished that came after the infraction', () => {
    const { chain, slashed } = escape([[reporter, { _tag: 'Delegate', validator: d.who, amount: 1_000n * ZHTP }]]);
    expect(slashed).toBe(DUE);
    expect(chain.validator(d)?.stake).toBeGreaterThan(960n * ZHTP);
  });
});

const GENESIS: Genesis = genesisWith([alice, bob, carol, dave].map((pair) => funded(pair, 10_000n * ZHTP)));
const STAKED: Genesis = {
  ...GENESIS,
  parameters: {
    ...GENESIS.parameters,
    consensus: { ...DEFAULT_CONSENSUS_CONFIG, consensusType: 'ByzantineFaultTolerance', minStorage: 0n },
  },
  validators: [alice, bob, carol, dave].map((pair) => ({
    identity: identityOfPair(pair),
    consensusKey: pair.publicKey,
    proofOfPossession: new Uint8Array(0),
    stake: 2_000n * ZHTP,
    storageProvided: 0n,
    commissionRate: 10,
  })),
};
const HASH = genesisHashOf(STAKED);

describe('in an application, where signatures are verified', () => {
  let ledger: LedgerApplication;
  beforeEach(async () => {
    ledger = await openLedger(memoryStore());
    await run(ledger.initChain(STAKED));
    await run(ledger.finalizeBlock(blockOf(1n, [])));
    await run(ledger.commit());
  });
  const transaction = (evidence: Evidence, nonce = 0n): Uint8Array =>
    signTransaction(
      right(
        buildTransaction({
          chainId: CHAIN_ID,
          sender: bob,
          account: { nonce, publicKey: nonce === 0n ? O.none : O.some(bob.publicKey) },
          messages: [submit(evidence)],
          parameters: PARAMETERS,
        }),
      ),
      bob,
      HASH,
    ).bytes;
  const doubleSign = (signer: KeyPair, height = 1n, genesisHash = HASH, voter = dave): Evidence =>
    signedDoubleSign({ voter: identityOfPair(voter), height }, genesisHash, signer);
  const resultOf = async (bytes: Uint8Array): Promise<string> => {
    expect((await run(ledger.checkTx(bytes)))._tag).toBe('Accepted');
    const block = blockOf(2n, [bytes]);
    expect(reasonOf(await run(ledger.processProposal(block)))).toBe('accepted');
    const { results } = await run(ledger.finalizeBlock(block));
    await run(ledger.commit());
    return results[0]?.message ?? 'no result';
  };
  const stakeOfDave = (): bigint | undefined => {
    const state = O.toUndefined(ledger.committedState());
    return state?.staking.accounts.get(identityOfPair(dave))?.validator.stake;
  };

  test('two votes under the signer’s own key convict it', async () => {
    expect(await resultOf(transaction(doubleSign(dave)))).toBe('');
    expect(stakeOfDave()).toBeLessThan(2_000n * ZHTP);
  });

  test.each([
    ['signed by somebody else', () => doubleSign(alice)],
    ['of another chain', () => doubleSign(dave, 1n, hashOf(9))],
    ['of nobody in the set', () => doubleSign(bob, 1n, HASH, { ...bob, publicKey: bob.publicKey.map((x) => x ^ 1) })],
    ['of a height before the first', () => doubleSign(dave, 0n)],
    [
      'of one vote shown twice',
      () => signedDoubleSign({ voter: identityOfPair(dave), height: 1n, blocks: [1, 1] }, HASH, dave),
    ],
  ])('evidence %s is a receipt, costs the fee, and nobody else anything', async (_, evidence) => {
    const proposed = await run(
      ledger.prepareProposal({
        height: 2n,
        time: 1_700_000_020_000n,
        proposer: identityOfPair(alice),
        transactions: [transaction(evidence())],
        maxBytes: 1_000_000,
        maxTransactions: 10,
        voteExtensions: [],
        lastCommit: blockOf(2n, []).lastCommit,
        evidence: [],
      }),
    );
    expect(proposed).toHaveLength(1);
    expect(await resultOf(transaction(evidence()))).toMatch(/message 0: DoubleSign of .* is not proven/);
    expect(stakeOfDave()).toBe(2_000n * ZHTP);
  });
});
