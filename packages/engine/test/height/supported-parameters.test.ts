import { taskEither as TE } from 'fp-ts';
import type { ChainParameters } from '@zhtp/types';
import { expect, test } from 'vitest';
import { unsupportedParameters, type OptionalCalls } from '../../src/height/supported-parameters.ts';
import { GENESIS } from '../support/genesis.ts';

const asked = (change: Partial<ChainParameters>, application: OptionalCalls = {}): string | undefined =>
  unsupportedParameters({ ...GENESIS.parameters, ...change }, application);

const extending: Required<Pick<OptionalCalls, 'extendVote' | 'verifyVoteExtension'>> = {
  extendVote: () => TE.right(new Uint8Array(0)),
  verifyVoteExtension: () => TE.right({ _tag: 'Accept' }),
};

test('what this version does is supported', () => {
  expect(asked({})).toBeUndefined();
  expect(asked({ proposerRotation: 'Weighted' })).toBeUndefined();
  expect(asked({ executionAttestations: true })).toBeUndefined();
});

test('a type that requires proofs needs an application that proves', () => {
  const { consensus } = GENESIS.parameters;
  expect(asked({ consensus: { ...consensus, consensusType: 'Hybrid' } })).toContain('consensus type Hybrid');
  const proposalProof: OptionalCalls['proposalProof'] = () => TE.right({ _tag: 'Unable', reason: 'a test' });
  expect(asked({ consensus: { ...consensus, consensusType: 'Hybrid' } }, { proposalProof })).toBeUndefined();
});

test('vote extensions need an application that extends votes and one that checks them', () => {
  const { extendVote, verifyVoteExtension } = extending;
  expect(asked({ voteExtensionsFrom: 5n }, extending)).toBeUndefined();
  expect(asked({ voteExtensionsFrom: 0n }, {})).toBeUndefined();
  expect(asked({ voteExtensionsFrom: 5n }, {})).toContain(
    'voteExtensionsFrom is 5, but the application has no extendVote',
  );
  expect(asked({ voteExtensionsFrom: 5n }, { verifyVoteExtension })).toContain('extendVote');
  expect(asked({ voteExtensionsFrom: 1n }, { extendVote })).toContain('verifyVoteExtension');
});
