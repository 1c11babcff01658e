import { option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import type { LedgerMessage } from '@zhtp/ledger';
import { decode, encode } from '@zhtp/types';
import { rulesOf, stakingRulesCodec, storedRules } from '../src/state/staking-codec.ts';
import { right } from './support/chain.ts';
import { people, stakedChain, type Person } from './support/staked-chain.ts';

const ZHTP = 1_000_000n;
const [founder, , , , listed, stranger] = people;
if (founder === undefined || listed === undefined || stranger === undefined) throw new Error('too few people');

const registration = ({ key }: Person): LedgerMessage => ({
  _tag: 'RegisterValidator',
  stake: 5_000n * ZHTP,
  storageProvided: 0n,
  consensusKey: key,
  proofOfPossession: new Uint8Array(1),
  commissionRate: 5,
  maxRate: 20,
  maxDailyChange: 1,
});

test('a permissioned chain takes in whom its list names, and turns others away with the reason', () => {
  const chain = stakedChain({ config: { consensusType: 'ByzantineFaultTolerance' }, allowList: [listed.who] });
  const balance = chain.balance(stranger);
  const { executed } = chain.next({
    messages: [
      [listed, registration(listed)],
      [stranger, registration(stranger)],
    ],
  });
  expect(executed.map(({ sentence }) => sentence)).toEqual([
    '',
    `message 0: validator ${stranger.who} is not on the allow-list of this permissioned chain`,
  ]);
  expect(executed[1]?.receipt.failure).toMatchObject(O.some({ reason: 'StakingRefused' }));
  expect(chain.validator(stranger)).toBeUndefined();
  expect(balance - chain.balance(stranger)).toBeLessThan(ZHTP);
  chain.passBlocks(12);
  expect(chain.validator(listed)?.status).toBe('Active');
});

test('the list is part of the state: who reads it back turns the same people away', () => {
  const chain = stakedChain({ config: { consensusType: 'ByzantineFaultTolerance' }, allowList: [] });
  chain.next();
  const { staking } = chain.state();
  const bytes = encode(stakingRulesCodec)(storedRules(staking.rules));
  const rules = rulesOf(right(decode(stakingRulesCodec)(bytes)), undefined);
  expect(rules.allowed).toEqual(new Set(people.slice(0, 4).map(({ who }) => who)));
  chain.replace({ ...chain.state(), staking: { ...staking, rules } });
  const { executed } = chain.next({ messages: [[listed, registration(listed)]] });
  expect(executed[0]?.sentence).toMatch(/not on the allow-list/);
});

test('validators of genesis go and come back without being on the list', () => {
  const chain = stakedChain({
    validators: 5,
    config: { consensusType: 'ByzantineFaultTolerance' },
    allowList: [],
  });
  chain.next({ messages: [[founder, { _tag: 'LeaveSet' }]] });
  chain.passBlocks(12);
  expect(chain.validator(founder)?.status).toBe('Inactive');
  const { executed } = chain.next({ messages: [[founder, { _tag: 'RejoinSet' }]] });
  expect(executed[0]?.sentence).toBe('');
});
