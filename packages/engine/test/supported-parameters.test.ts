import type { ChainParameters } from '@zhtp/types';
import { expect, test } from 'vitest';
import { unsupportedParameters } from '../src/supported-parameters.ts';
import { GENESIS } from './support/genesis.ts';

const asked = (change: Partial<ChainParameters>): string | undefined =>
  unsupportedParameters({ ...GENESIS.parameters, ...change });

test('what this version does is supported', () => {
  expect(asked({})).toBeUndefined();
  expect(asked({ proposerRotation: 'Weighted' })).toBeUndefined();
  expect(asked({ executionAttestations: true })).toBeUndefined();
});

test('what it does not do is refused by name before it would act', () => {
  const { consensus } = GENESIS.parameters;
  expect(asked({ consensus: { ...consensus, consensusType: 'Hybrid' } })).toContain('consensus type Hybrid');
  expect(asked({ voteExtensionsFrom: 1n })).toContain('voteExtensionsFrom');
});
