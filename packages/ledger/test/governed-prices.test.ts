import { encodeExecutionParams, proposalIdOf } from '@zhtp/dao';
import { genesisHashOf } from '@zhtp/chain';
import { decode, DEFAULT_CONSENSUS_CONFIG } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import {
  ledgerAppState,
  ledgerParametersCodec,
  signTransaction,
  type LedgerApplication,
  type LedgerMessage,
  type LedgerParameters,
} from '@zhtp/ledger';
import {
  alice,
  CHAIN_ID,
  blockOf,
  funded,
  GENESIS_TIME_MS,
  genesisWith,
  identityOfPair,
  memoryStore,
  openLedger,
  PARAMETERS,
  right,
  run,
} from './support/chain.ts';

const ZHTP = 1_000_000n;
const sender = identityOfPair(alice);
const account = funded(alice, 1_000_000n * ZHTP);

const genesis = genesisWith([], {
  parameters: {
    ...genesisWith([]).parameters,
    consensus: { ...DEFAULT_CONSENSUS_CONFIG, developmentMode: true, epochLengthBlocks: 1n },
  },
  appState: ledgerAppState({
    accounts: [account],
    parameters: PARAMETERS,
    chainParameters: [
      { name: 'votingPeriodMinSeconds', value: 1n },
      { name: 'timelockEpochs', value: 0n },
    ],
    difficulty: O.none,
    treasury: 0n,
    budgets: [],
    storage: [],
    hosted: O.none,
    allowList: O.none,
  }),
});

const signed = (nonce: bigint, message: LedgerMessage): Uint8Array =>
  signTransaction(
    {
      chainId: CHAIN_ID,
      sender,
      nonce,
      fee: ZHTP,
      expiryHeight: 0n,
      memo: '',
      publicKey: nonce === 0n ? O.some(alice.publicKey) : O.none,
      messages: [message],
    },
    alice,
    genesisHashOf(genesis),
  ).bytes;

const executionParams = O.some(
  right(
    encodeExecutionParams({
      action: {
        _tag: 'GovernanceParameterUpdate',
        updates: [{ _tag: 'ChainParameter', name: 'minFeePerByteMicro', value: 7n }],
      },
    }),
  ),
);

/** Decides a block in which every transaction does what it says. */
const succeed = async (
  ledger: LedgerApplication,
  height: bigint,
  transactions: readonly Uint8Array[],
): Promise<void> => {
  const { results } = await run(ledger.finalizeBlock(blockOf(height, transactions)));
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  await run(ledger.commit());
};

test('a price that governance changed is asked for after a restart too', async () => {
  const store = memoryStore();
  const ledger = await openLedger(store);
  await run(ledger.initChain(genesis));
  const text = { title: 'Dearer bytes', description: '' };
  const proposed = signed(0n, {
    _tag: 'Propose',
    ...text,
    proposalType: 'FeeStructure',
    votingPeriodDays: O.none,
    votingPeriodSeconds: O.some(15n),
    votingDelaySeconds: 0n,
    executionParams,
    ubiImpact: O.none,
    economicImpact: O.none,
    privacyLevel: 'Public',
  });
  await succeed(ledger, 1n, [proposed]);
  const votingStartTime = GENESIS_TIME_MS / 1_000n + 10n;
  const proposalId = right(
    proposalIdOf({
      ...text,
      chainId: CHAIN_ID,
      proposer: sender,
      count: 0n,
      proposalType: 'FeeStructure',
      votingStartTime,
      votingEndTime: votingStartTime + 15n,
      executionParams,
      ubiImpact: O.none,
      economicImpact: O.none,
    }),
  );
  await succeed(ledger, 2n, [
    signed(1n, { _tag: 'Vote', proposalId, voteChoice: { _tag: 'Yes' }, justification: O.none }),
  ]);
  const prices = async (of: typeof ledger): Promise<LedgerParameters> => {
    const bytes = await run(of.query({ path: 'parameters', data: new Uint8Array(0) }));
    return right(decode(ledgerParametersCodec)(O.toUndefined(bytes) ?? new Uint8Array(0)));
  };
  expect(await prices(ledger)).toEqual(PARAMETERS);
  await succeed(ledger, 3n, []);
  const decided = { ...PARAMETERS, minFeePerByte: 7n };
  expect(await prices(ledger)).toEqual(decided);
  const again = await openLedger(store);
  expect(await prices(again)).toEqual(decided);
  await succeed(again, 4n, []);
});
