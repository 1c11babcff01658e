import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { appHashOf, EMPTY_MAP, tryMessages, type LedgerMessage } from '@zhtp/ledger';
import { people, stakedChain, type Person } from './support/staked-chain.ts';

const ZHTP = 1_000_000n;
const [validator, , , , stranger] = people;
if (validator === undefined || stranger === undefined) throw new Error('too few people');

const delegate = (to: Person, amount: bigint): LedgerMessage => ({ _tag: 'Delegate', validator: to.who, amount });

describe('messages that are tried', () => {
  const chain = stakedChain();
  chain.passBlocks(2);
  const refusal = (sender: Person['who'], messages: readonly LedgerMessage[], fee = 1n): string | undefined => {
    const before = appHashOf(chain.state());
    const tried = tryMessages(chain.state(), { sender, fee, messages, atSeconds: 0n });
    expect(appHashOf(chain.state())).toBe(before);
    return O.isSome(tried) ? tried.value.sentence : undefined;
  };

  test('say what a block says to them, and leave the state as it is', () => {
    const [message] = [delegate(validator, 5n * ZHTP)];
    expect(refusal(stranger.who, [message])).toBeUndefined();
    const tooMuch = delegate(validator, 2_000_000n * ZHTP);
    const { executed } = chain.next({ messages: [[stranger, tooMuch]] });
    expect(refusal(stranger.who, [tooMuch])).toMatch(/^balance is [0-9.]+ ZHTP after the fee/);
    expect(executed[0]?.sentence).toMatch(/balance is [0-9.]+ ZHTP after the fee/);
  });

  test('are counted together: the second finds what the first left', () => {
    const half = delegate(validator, 600_000n * ZHTP);
    expect(refusal(stranger.who, [half])).toBeUndefined();
    const tried = tryMessages(chain.state(), {
      sender: stranger.who,
      fee: 1n,
      messages: [half, half],
      atSeconds: 0n,
    });
    expect(O.toUndefined(tried)).toMatchObject({ message: 1, reason: 'InsufficientBalance' });
  });

  test('of somebody who is not there, or cannot pay the fee, are refused', () => {
    const nobody = stranger.who.replaceAll(/^./g, (digit) => (digit === '0' ? '1' : '0')) as Person['who'];
    expect(refusal(nobody, [delegate(validator, ZHTP)])).toMatch(/cannot pay the fee of 0\.000001 ZHTP, it holds 0$/);
    expect(refusal(stranger.who, [], 10_000_000n * ZHTP)).toMatch(/cannot pay the fee/);
  });

  test('carry the sentence of the rule that refuses them', () => {
    expect(refusal(stranger.who, [delegate(stranger, ZHTP)])).toMatch(/Validator not found/);
    expect(refusal(validator.who, [{ _tag: 'ReleaseFromJail' }])).toMatch(/is Active, not in jail/);
  });

  test('may be the first of an account, whose key nobody has seen yet', () => {
    const keyless = { ...chain.state(), keys: EMPTY_MAP };
    const change = (key: Uint8Array): LedgerMessage => ({ _tag: 'ChangeAccountKey', key });
    const first = { sender: stranger.who, fee: 1n, atSeconds: 0n };
    expect(tryMessages(keyless, { ...first, messages: [change(validator.key)] })).toEqual(O.none);
    const brought = { ...first, messages: [change(stranger.key)], publicKey: O.some(stranger.key) };
    expect(O.toUndefined(tryMessages(keyless, brought))).toMatchObject({ reason: 'KeyRefused' });
  });
});
