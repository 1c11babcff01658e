import { describe, expect, test } from 'vitest';
import * as T from '@zhtp/types';

const consensus = {
  InvalidConsensusType: T.invalidConsensusType,
  ValidatorError: T.validatorError,
  ProofVerificationFailed: T.proofVerificationFailed,
  ByzantineFault: T.byzantineFaultError,
  DaoError: T.daoError,
  RewardError: T.rewardError,
  NetworkStateError: T.networkStateError,
  CryptoError: T.cryptoError,
  IdentityError: T.identityError,
  NetworkError: T.networkError,
  ZkError: T.zkError,
  InvalidPreviousHash: T.invalidPreviousHash,
  SerializationError: T.serializationError,
  TimeError: T.timeError,
} satisfies { readonly [Tag in T.ConsensusError['_tag']]: (message: string) => T.ConsensusError };

const difficulty = {
  InvalidDifficulty: T.invalidDifficulty,
  InvalidConfig: T.invalidConfig,
  CalculationError: T.calculationError,
} satisfies { readonly [Tag in T.DifficultyError['_tag']]: (message: string) => T.DifficultyError };

describe('errors are values', () => {
  test('the reference has 14 consensus errors and 3 of difficulty, each with its constructor', () => {
    expect([Object.keys(consensus).length, Object.keys(difficulty).length]).toEqual([14, 3]);
    for (const [tag, make] of Object.entries({ ...consensus, ...difficulty }))
      expect(make('why')).toEqual({ _tag: tag, message: 'why' });
  });

  test('the offending value stands beside the message', () => {
    const error = T.validatorError('Insufficient stake: stake at least 1000 ZHTP', 999n);
    expect(error.value).toBe(999n);
    expect(T.describeError(error)).toBe('ValidatorError: Insufficient stake: stake at least 1000 ZHTP (got 999)');
    expect(T.describeError(T.daoError('quorumRequired must be a percentage', 0))).toContain('(got 0)');
    expect(T.describeError(T.daoError('developmentMode cannot be set', false))).toContain('(got false)');
  });

  test('a failed store is an error beside them', () => {
    expect(T.describeError(T.storageError('blocks: disk full, free some space'))).toBe(
      'StorageError: blocks: disk full, free some space',
    );
  });

  test('a cause is part of the message and is kept', () => {
    const cause = new Error('bad tag');
    expect(T.cryptoError('The key file cannot be opened', cause)).toEqual({
      _tag: 'CryptoError',
      message: 'The key file cannot be opened: bad tag',
      cause,
    });
    expect(T.timeError('No clock', 'stopped').message).toBe('No clock: stopped');
  });

  test('an error is rendered as one bounded line', () => {
    const line = T.describeError(T.networkError(`peer said\r\n\u001b[2Jall is well\u2028${'x'.repeat(5_000)}`, 'a\nb'));
    expect(line).toMatch(/^NetworkError: peer said \[2Jall is well x+$/);
    expect(line.length).toBe(1_000);
  });
});

test('what was thrown has a text, whatever it is', () => {
  expect(T.causeText(new RangeError('too far'))).toBe('too far');
  expect(T.causeText('a word')).toBe('a word');
  expect(T.causeText(undefined)).toBe('undefined');
  const silent = new Error('never shown');
  Object.defineProperty(silent, 'message', {
    get: () => {
      throw new Error('no');
    },
  });
  for (const cause of [Object.create(null), silent, { toString: () => 7n, valueOf: () => ({}) }, Symbol('s')])
    expect(typeof T.causeText(cause)).toBe('string');
  expect(T.causeText(Object.create(null))).toBe('something that has no text');
});
