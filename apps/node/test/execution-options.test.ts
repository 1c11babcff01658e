import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { decodeExecutionParams } from '@zhtp/dao';
import { executionOption, type ExecutionOptions } from '../src/tx/execution-options.ts';

const NOTHING: ExecutionOptions = { set: [], budgetLine: 'general' };
const RECIPIENT = 'ab'.repeat(32);

const actionOf = async (options: Partial<ExecutionOptions>): Promise<unknown> => {
  const encoded = await executionOption({ ...NOTHING, ...options });
  if (E.isLeft(encoded)) return encoded.left.message;
  if (O.isNone(encoded.right)) return undefined;
  const decoded = decodeExecutionParams(encoded.right.value);
  return E.isRight(decoded) ? decoded.right.action : decoded.left.message;
};

describe('what a proposal does', () => {
  test('is nothing by itself when nothing is asked for', async () => {
    expect(await actionOf({})).toBeUndefined();
  });

  test('sets parameters of every kind of value, by their documented name or that of the chain’s table', async () => {
    const set = [
      'BlockTime=2',
      'MaxValidators=50',
      'ByzantineThreshold=0.25',
      'DevelopmentMode=false',
      'baseRewardMicro=1',
      'budget.general=5000000',
    ];
    expect(await actionOf({ set })).toEqual({
      _tag: 'GovernanceParameterUpdate',
      updates: [
        { _tag: 'BlockTime', value: 2n },
        { _tag: 'MaxValidators', value: 50 },
        { _tag: 'ByzantineThreshold', value: 0.25 },
        { _tag: 'DevelopmentMode', value: false },
        { _tag: 'ChainParameter', name: 'baseRewardMicro', value: 1n },
        { _tag: 'ChainParameter', name: 'budget.general', value: 5_000_000n },
      ],
    });
  });

  test('pays from a line of the budget', async () => {
    expect(await actionOf({ pay: RECIPIENT, amount: '1.5' })).toEqual({
      _tag: 'TreasuryPayment',
      recipient: RECIPIENT,
      amount: 1_500_000n,
      budgetLine: 'general',
    });
    expect(await actionOf({ pay: RECIPIENT })).toMatch(/--pay needs --amount/);
  });

  test('cancels another proposal', async () => {
    expect(await actionOf({ cancel: RECIPIENT })).toEqual({ _tag: 'CancelProposal', proposalId: RECIPIENT });
    expect(await actionOf({ cancel: 'x' })).toMatch(/^the proposal id: /);
  });

  test.each([
    'BlockTime',
    'BlockTime=',
    '=2',
    'BlockTime=-1',
    'BlockTime=1e3',
    'MaxValidators=2.5',
    'Nonsense=1',
    'DevelopmentMode=yes',
  ])('refuses --set %s in one line', async (assignment) => {
    expect(await actionOf({ set: [assignment] })).toMatch(/^--set .*(give name=value|no parameter of that name)/);
  });

  test('is one thing at a time', async () => {
    expect(await actionOf({ set: ['BlockTime=2'], cancel: RECIPIENT })).toMatch(/does one thing/);
  });
});
