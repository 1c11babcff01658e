import { bytesToHex, DEFAULT_DIFFICULTY_CONFIG, U64_MAX, type Genesis, type Json } from '@zhtp/types';
import { currentPower } from '@zhtp/dao';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  accountOf,
  conservationFault,
  DEFAULT_FIRST_POLICY,
  DEFAULT_LEDGER_PARAMETERS,
  genesisState,
  ledgerAppState,
  readLedgerGenesis,
  type LedgerGenesis,
} from '@zhtp/ledger';
import { ALGORITHM, alice, bob, genesisWith, identityOfPair, right } from './support/chain.ts';

const [a, b] = [identityOfPair(alice), identityOfPair(bob)];
const parameters = { minFeePerByte: '1', newAccountFee: '1000' };
const appState = {
  accounts: [
    { identity: a, balance: '10' },
    { identity: b, balance: '20', publicKey: null },
  ],
  parameters,
  treasury: '3',
};

const fault = (json: Json): string => {
  const read = readLedgerGenesis(json, ALGORITHM);
  return E.isLeft(read) ? read.left : 'accepted';
};
const withAccounts = (...accounts: readonly Json[]): Json => ({ ...appState, accounts });

describe('a ledger genesis', () => {
  test('gives every account its balance and the supply its sum', () => {
    const state = right(genesisState(genesisWith([]), right(readLedgerGenesis(appState, ALGORITHM))));
    expect(state.totals).toMatchObject({ balances: 30n, feePool: 0n, supply: 33n });
    expect(state.governance.treasury.balance).toBe(3n);
    expect(conservationFault(state, 'full')).toBeUndefined();
    expect(accountOf(state, b)).toEqual(O.some({ identity: b, balance: 20n, nonce: 0n, publicKey: O.none }));
  });

  test('is read back from the JSON that is written for it', () => {
    const genesis: LedgerGenesis = {
      accounts: [{ identity: a, balance: 10n, publicKey: O.some(alice.publicKey) }],
      parameters: DEFAULT_LEDGER_PARAMETERS,
      chainParameters: [{ name: 'baseRewardMicro', value: 5n }],
      difficulty: O.some(DEFAULT_DIFFICULTY_CONFIG),
      treasury: U64_MAX - 10n,
      budgets: [],
      storage: [],
      hosted: O.none,
      allowList: O.none,
    };
    const json: Json = JSON.parse(JSON.stringify(ledgerAppState(genesis))) as Json;
    expect(readLedgerGenesis(json, ALGORITHM)).toEqual(E.right(genesis));
    expect(accountOf(right(genesisState(genesisWith([]), genesis)), a)).toMatchObject(
      O.some({ publicKey: O.some(alice.publicKey) }),
    );
  });

  test('says who may register on a permissioned chain, and names what is wrong with the list', () => {
    const withList = (allowList: Json): Json => ({ ...appState, allowList });
    const listed = right(readLedgerGenesis(withList([a, b]), ALGORITHM));
    expect(listed.allowList).toEqual(O.some([a, b]));
    expect(right(genesisState(genesisWith([]), listed)).staking.rules.allowed).toEqual(new Set([a, b]));
    expect(right(readLedgerGenesis(appState, ALGORITHM)).allowList).toEqual(O.none);
    expect(readLedgerGenesis(withList([a, b, a]), ALGORITHM)).toEqual(
      E.left(`appState.allowList.2: ${a} occurs twice`),
    );
    expect(readLedgerGenesis(withList(['anna']), ALGORITHM)).toEqual(
      E.left(expect.stringMatching(/^appState\.allowList\.0: /)),
    );
    const { parameters } = genesisWith([]);
    const open = { ...parameters, consensus: { ...parameters.consensus, consensusType: 'ProofOfStake' as const } };
    expect(genesisState({ ...genesisWith([]), parameters: open }, listed)).toEqual(
      E.left(expect.stringMatching(/^appState\.allowList: .*consensusType is ProofOfStake.*leave the list out/)),
    );
  });

  test('may have no accounts at all', () => {
    expect(fault(withAccounts())).toBe('accepted');
  });

  test('is refused with the path of the field that is wrong', () => {
    expect(fault(null)).toMatch(/^appState: expected an object/);
    expect(fault({ ...appState, treasury: 3 })).toMatch(/^appState\.treasury: /);
    expect(fault({ accounts: [], parameters })).toMatch(/^appState\.treasury: missing/);
    expect(fault({ ...appState, extra: 1 })).toMatch(/^appState: unknown field "extra"/);
    expect(fault(withAccounts({ identity: a, balance: '1' }, { identity: b, balance: '01' }))).toMatch(
      /^appState\.accounts\.1\.balance: /,
    );
    expect(fault(withAccounts({ identity: a.toUpperCase(), balance: '1' }))).toMatch(
      /^appState\.accounts\.0\.identity: /,
    );
    expect(fault(withAccounts({ identity: a, balance: '1', nonce: '4' }))).toMatch(/unknown field "nonce"/);
    expect(fault(withAccounts('alice'))).toMatch(/^appState\.accounts\.0: expected an object/);
  });

  test('has each identity once', () => {
    expect(fault(withAccounts({ identity: a, balance: '1' }, { identity: a, balance: '2' }))).toMatch(
      /^appState\.accounts\.1\.identity: .* occurs twice/,
    );
  });

  test('gives an account no key but its own', () => {
    const withKey = (key: Uint8Array): string =>
      fault(withAccounts({ identity: a, balance: '1', publicKey: bytesToHex(key) }));
    expect(withKey(alice.publicKey)).toBe('accepted');
    expect(withKey(bob.publicKey)).toMatch(
      new RegExp(`^appState\\.accounts\\.0\\.publicKey: belongs to identity ${b}`),
    );
    expect(withKey(alice.publicKey.slice(1))).toMatch(/1311 bytes: neither a key of ML-DSA-44, which has 1312/);
  });

  test('has a supply of at most 2^64 - 1', () => {
    const balances = (first: bigint, second: bigint): string =>
      fault(withAccounts({ identity: a, balance: String(first) }, { identity: b, balance: String(second) }));
    expect(balances(U64_MAX - 5n, 2n)).toBe('accepted');
    expect(balances(U64_MAX - 5n, 3n)).toMatch(/^appState\.accounts\.1\.balance: .*exceed 2\^64 - 1/);
    expect(balances(U64_MAX, U64_MAX)).toMatch(/^appState\.accounts\.0\.balance/);
  });

  test('has fees that somebody could pay', () => {
    const withParameters = (minFeePerByte: bigint, newAccountFee: bigint): string =>
      fault({
        ...appState,
        parameters: { minFeePerByte: String(minFeePerByte), newAccountFee: String(newAccountFee) },
      });
    expect(withParameters(0n, 0n)).toBe('accepted');
    expect(withParameters(1_000_000n, 1_000_000_000_000n)).toBe('accepted');
    expect(withParameters(1_000_001n, 0n)).toMatch(/^appState\.parameters: minFeePerByte is 1000001/);
    expect(withParameters(0n, 1_000_000_000_001n)).toMatch(/^appState\.parameters: newAccountFee is 1000000000001/);
  });
});

describe('the policy that a chain starts with', () => {
  const policy = { ...DEFAULT_FIRST_POLICY, accounts: [], parameters: DEFAULT_LEDGER_PARAMETERS };
  const refusal = (given: Partial<LedgerGenesis>, more: Partial<Genesis> = {}): string => {
    const state = genesisState(genesisWith([], more), { ...policy, ...given });
    return E.isLeft(state) ? state.left : 'accepted';
  };
  const named = (...list: readonly (readonly [string, bigint])[]) => ({
    chainParameters: list.map(([name, value]) => ({ name, value })),
  });

  test.each<[string, Partial<LedgerGenesis>, RegExp]>([
    ['an unknown name', named(['noSuch', 1n]), /^appState\.chainParameters\.0\.name: no chain parameter/],
    [
      'a name twice',
      named(['timelockEpochs', 1n], ['timelockEpochs', 1n]),
      /^appState\.chainParameters\.1\.name: .* twice/,
    ],
    [
      'a value out of range',
      named(['votingUnitZhtp', 0n]),
      /^appState\.chainParameters\.0\.value: votingUnitZhtp is 0/,
    ],
    ['a budget among the parameters', named(['budget.ubi', 1n]), /give it in appState\.budgets/],
    [
      'a contradiction',
      named(['maxBlockBytes', 2_048n]),
      /\.0\.value: maxBlockBytes is 2048 here and 4194304 in parameters/,
    ],
    ['a price twice', named(['newAccountFeeMicro', 2n]), /10000 in appState\.parameters\.newAccountFee/],
    ['two that do not go together', named(['unbondingSeconds', 1n]), /^appState\.chainParameters: evidenceAgeMs/],
    [
      'a difficulty out of form',
      { difficulty: O.some({ ...DEFAULT_DIFFICULTY_CONFIG, adjustmentInterval: 0n }) },
      /^appState\.difficulty: /,
    ],
    [
      'a line twice',
      {
        budgets: [
          { line: 'ubi', amount: 0n },
          { line: 'ubi', amount: 0n },
        ],
      },
      /^appState\.budgets\.1\.line: ubi occurs twice/,
    ],
    [
      'a budget beyond the treasury',
      { budgets: [{ line: 'ubi', amount: 1n }] },
      /^appState: budgets: .* exceeds the treasury/,
    ],
  ])('is refused with %s, and says where', (_, given, why) => {
    expect(refusal(given)).toMatch(why);
  });

  test('is refused where the chain itself has a value that governance may not hold', () => {
    const { parameters } = genesisWith([]);
    expect(refusal({}, { parameters: { ...parameters, precisionMs: 0 } })).toMatch(/^parameters\.precisionMs is 0/);
    expect(refusal({}, { parameters: { ...parameters, evidenceAgeMs: 999n } })).toMatch(
      /^parameters\.evidenceAgeMs is 999/,
    );
    expect(refusal({}, { parameters: { ...parameters, evidenceAgeMs: 1_000n } })).toMatch(/trustingPeriodSeconds is 0/);
  });

  test('has weights, budgets and prices from the first block on', () => {
    const [rich, poor] = [
      { identity: a, balance: 20_000_000_000n, publicKey: O.none },
      { identity: b, balance: 9_999_999_999n, publicKey: O.none },
    ];
    const state = right(
      genesisState(genesisWith([]), {
        ...policy,
        accounts: [rich, poor],
        parameters: { minFeePerByte: 3n, newAccountFee: 0n },
        treasury: 10n,
        budgets: [{ line: 'ubi', amount: 10n }],
      }),
    );
    const { electorate, treasury, chainParameters } = state.governance;
    expect([currentPower(electorate, a), currentPower(electorate, b)]).toEqual([2n, 0n]);
    expect(treasury.budgets[0]?.lines.get('ubi')).toEqual({ allocated: 10n, spent: 0n });
    expect(chainParameters.get('minFeePerByteMicro')).toBe(3n);
    expect(chainParameters.get('newAccountFeeMicro')).toBe(0n);
  });
});
