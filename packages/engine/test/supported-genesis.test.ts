import type { ChainParameters } from '@zhtp/types';
import { expect, test } from 'vitest';
import { unsupportedGenesis } from '../src/supported-genesis.ts';
import { GENESIS } from './support/genesis.ts';

const asked = (change: Partial<ChainParameters>): string | undefined =>
  unsupportedGenesis({ ...GENESIS, parameters: { ...GENESIS.parameters, ...change } });

test('what this version does is supported', () => {
  expect(asked({})).toBeUndefined();
  expect(asked({ upgrades: [{ height: 9n, protocol: 1 }] })).toBeUndefined();
});

test('what it does not do is refused by name before the start', () => {
  const { consensus } = GENESIS.parameters;
  expect(asked({ consensus: { ...consensus, consensusType: 'Hybrid' } })).toContain('consensus type Hybrid');
  expect(asked({ proposerRotation: 'Weighted' })).toContain('weighted proposer rotation');
  expect(asked({ executionAttestations: true })).toContain('executionAttestations');
  expect(asked({ voteExtensionsFrom: 1n })).toContain('voteExtensionsFrom');
  expect(asked({ upgrades: [{ height: 9n, protocol: 2 }] })).toContain('height 9 upgrades to protocol 2');
});
