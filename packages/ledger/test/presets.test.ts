import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  genesisState,
  isLedgerPresetName,
  LEDGER_PRESET_NAMES,
  ledgerAppState,
  ledgerPreset,
  readLedgerGenesis,
} from '@zhtp/ledger';
import { governedPrices, governedRules } from '../src/block/governed.ts';
import { ALGORITHM, genesisWith, right } from './support/chain.ts';
import { people, stakedChain } from './support/staked-chain.ts';

const ZHTP = 1_000_000n;

describe.each(LEDGER_PRESET_NAMES)('the preset %s', (name) => {
  const { parameters, appState } = ledgerPreset(name);
  const accounts = people.map(({ who, key }) => ({ identity: who, balance: ZHTP, publicKey: O.some(key) }));
  const genesis = {
    ...genesisWith([]),
    parameters,
    validators: people.slice(0, 4).map(({ who, key }) => ({
      identity: who,
      consensusKey: key,
      proofOfPossession: new Uint8Array(0),
      stake: 1_000n * ZHTP,
      storageProvided: parameters.consensus.minStorage,
      commissionRate: 10,
    })),
  };

  test('starts a chain, from its JSON too', () => {
    const read = right(readLedgerGenesis(ledgerAppState({ ...appState, accounts }), ALGORITHM));
    expect(read).toEqual({ ...appState, accounts });
    const state = right(genesisState(genesis, read));
    expect(state.staking.active.size).toBe(4);
    // What governance holds is what the chain starts with.
    expect(governedPrices(state.parameters, state.governance)).toBe(state.parameters);
    expect(state.staking.rules).toMatchObject(governedRules(state.governance));
  });
});

test('a chain of the development preset turns epochs and decides within a minute of block time', () => {
  const { parameters, appState } = ledgerPreset('development');
  const chain = stakedChain({
    config: parameters.consensus,
    evidenceAgeMs: parameters.evidenceAgeMs,
    chainParameters: Object.fromEntries(appState.chainParameters.map(({ name, value }) => [name, value])),
  });
  for (let i = 0; i < 60; i++) chain.next({ seconds: 1n });
  expect(chain.state().staking.epoch.start).toBe(60n);
  expect(chain.state().staking.rules).toMatchObject({ jailSeconds: 10n, unbondingSeconds: 60n, evidenceBlocks: 60n });
});

test('other names are no presets', () => {
  expect(isLedgerPresetName('cosmos-hub')).toBe(true);
  expect(isLedgerPresetName('toString')).toBe(false);
});
