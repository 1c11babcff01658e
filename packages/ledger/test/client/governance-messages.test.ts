import { decodeExecutionParams } from '@zhtp/dao';
import type { DaoExecutionParams } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { propose, vote } from '@zhtp/ledger';
import { hashOf, right } from '../support/chain.ts';

const draft = { title: 'Shorter blocks', description: 'why', proposalType: 'ProtocolUpgrade' } as const;
const params: DaoExecutionParams = {
  action: { _tag: 'GovernanceParameterUpdate', updates: [{ _tag: 'BlockTime', value: 4n }] },
};

describe('the messages of governance', () => {
  test('a proposal is public, votes begin at once and nothing is executed unless it says so', () => {
    expect(right(propose({ ...draft, votingPeriodDays: 7 }))).toMatchObject({
      _tag: 'Propose',
      votingPeriodDays: O.some(7),
      votingPeriodSeconds: O.none,
      votingDelaySeconds: 0n,
      executionParams: O.none,
      privacyLevel: 'Public',
    });
  });

  test('what is executed travels as its bincode', () => {
    const { executionParams } = right(propose({ ...draft, votingPeriodSeconds: 60n, executionParams: params }));
    const bytes = O.getOrElse((): Uint8Array => new Uint8Array(0))(executionParams);
    expect(right(decodeExecutionParams(bytes))).toEqual(params);
  });

  test('what cannot be executed is refused by name', () => {
    const wrong = { action: { ...params.action, updates: [{ _tag: 'BlockTime', value: -1n }] } } as DaoExecutionParams;
    const refused = propose({ ...draft, votingPeriodDays: 7, executionParams: wrong });
    expect(E.isLeft(refused) ? refused.left.field : 'built').toBe('executionParams');
  });

  test('a vote says why, or nothing', () => {
    const yes = { _tag: 'Yes' } as const;
    expect(vote(hashOf(1), yes)).toEqual({
      _tag: 'Vote',
      proposalId: hashOf(1),
      voteChoice: yes,
      justification: O.none,
    });
    expect(vote(hashOf(1), yes, 'because').justification).toEqual(O.some('because'));
  });
});
