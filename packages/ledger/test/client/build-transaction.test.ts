import { schemeOf, verifyMessage } from '@zhtp/crypto';
import { possessionCheck } from '@zhtp/chain';
import { found, isHex32, U64_MAX } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  accountIdentity,
  buildTransaction,
  buildTransfer,
  MEMO_BYTES_MAX,
  MESSAGES_MAX,
  minimumFee,
  openTransaction,
  registerValidator,
  signTransaction,
  type LedgerMessage,
  type TransactionRequest,
} from '@zhtp/ledger';
import {
  ALGORITHM,
  alice,
  bob,
  carol,
  CHAIN_ID,
  CONTEXT,
  identityOfPair,
  PARAMETERS,
  right,
} from '../support/chain.ts';
import { SAMPLE_MESSAGES, SAMPLES } from '../support/sample-messages.ts';

const request: TransactionRequest = {
  chainId: CHAIN_ID,
  sender: alice,
  account: { nonce: 3n, publicKey: O.some(alice.publicKey) },
  messages: [SAMPLES.Transfer],
  parameters: PARAMETERS,
};
const refusal = (changed: Partial<TransactionRequest>): string => {
  const built = buildTransaction({ ...request, ...changed });
  return E.isLeft(built) ? built.left.message : 'built';
};

/** No field of any message takes one of these; what callers without types pass. */
const NEVER: readonly unknown[] = [undefined, null, -1, 1.5, Number.NaN, -1n, U64_MAX + 1n, true, {}, Symbol('none')];
/** Of the type that TypeScript sees, outside the range that it does not. */
const outOfRange = (value: unknown): readonly unknown[] => {
  if (typeof value === 'bigint') return [-1n, U64_MAX + 1n, Number(value), String(value)];
  if (typeof value === 'number') return [-1, 256, 0.5, -0, BigInt(value), String(value)];
  if (typeof value === 'string')
    return isHex32(value)
      ? ['', value.slice(1), `${value}0`, value.toUpperCase(), `0x${value.slice(2)}`]
      : ['\ud800', 'ends in \udfff', 7];
  return value instanceof Uint8Array ? [new Uint8Array(100_000), Array.from(value), 'ab'] : [];
};

describe('building a transaction', () => {
  test.each(SAMPLE_MESSAGES.map((message) => [message._tag, message] as const))(
    'a well-formed %s is built, signed and opened with the least fee of its length',
    (_, message) => {
      const body = right(buildTransaction({ ...request, messages: [message] }));
      const { bytes, id } = signTransaction(body, alice, CONTEXT.genesisHash);
      const opened = right(openTransaction(CONTEXT, bytes));
      expect(opened.id).toBe(id);
      expect(opened.transaction.messages).toEqual([message]);
      expect(body.fee).toBe(minimumFee(PARAMETERS, bytes.length));
    },
  );

  const withFields = SAMPLE_MESSAGES.filter((message) => Object.keys(message).length > 1);
  test.each(withFields.map((message) => [message._tag, message] as const))(
    'every wrong value of every field of %s is refused by its name',
    (_, message) => {
      for (const [field, value] of Object.entries(message)) {
        if (field === '_tag') continue;
        for (const wrong of [...NEVER, ...outOfRange(value)]) {
          if (wrong === value) continue;
          const messages = [SAMPLES.Transfer, { ...message, [field]: wrong } as LedgerMessage];
          const built = buildTransaction({ ...request, messages });
          const what = `${field} = ${found(wrong)}`;
          expect(E.isLeft(built) ? built.left.field : 'built', what).toMatch(new RegExp(`^messages\\.1\\.${field}`));
        }
      }
    },
  );

  test('amounts are 1 micro-ZHTP to 2^64 - 1', () => {
    const amounts = [0n, 1n, U64_MAX].map((amount) => refusal({ messages: [{ ...SAMPLES.Delegate, amount }] }));
    expect(amounts).toEqual(['messages.0.amount: an amount must be at least 1 micro-ZHTP', 'built', 'built']);
  });

  test('a message of no known kind is refused', () => {
    for (const stranger of [{ _tag: 'Mint', amount: 1n }, {}, null, 'Transfer'])
      expect(refusal({ messages: [stranger as LedgerMessage] })).toMatch(/^messages\.0: expected an object whose _tag/);
  });

  test('one to sixteen messages', () => {
    const many = (count: number): LedgerMessage[] => Array.from({ length: count }, () => SAMPLES.Transfer);
    expect([0, 1, MESSAGES_MAX, MESSAGES_MAX + 1].map((count) => refusal({ messages: many(count) }))).toEqual([
      expect.stringMatching(/^messages: .*at least one/),
      'built',
      'built',
      expect.stringMatching(/^messages: .*17/),
    ]);
  });

  test('memo, expiry height, fee, nonce and chain id have their ranges', () => {
    expect(refusal({ memo: 'x'.repeat(MEMO_BYTES_MAX) })).toBe('built');
    expect(refusal({ memo: 'x'.repeat(MEMO_BYTES_MAX + 1) })).toMatch(/^memo: /);
    expect(refusal({ memo: '\ud800' })).toMatch(/^memo: /);
    expect(refusal({ expiryHeight: U64_MAX })).toBe('built');
    expect(refusal({ expiryHeight: U64_MAX + 1n })).toMatch(/^expiryHeight: /);
    expect(refusal({ fee: U64_MAX })).toBe('built');
    expect(refusal({ fee: -1n })).toMatch(/^fee: /);
    const nonces = [U64_MAX - 1n, U64_MAX, U64_MAX + 1n, -1n];
    expect(nonces.map((nonce) => refusal({ account: { ...request.account, nonce } }).split(':')[0])).toEqual([
      'built',
      'nonce',
      'nonce',
      'nonce',
    ]);
    expect(refusal({ chainId: 'x'.repeat(1_000) })).toMatch(/^chainId: /);
  });

  test('the key has the length of its scheme and is the one that the account has', () => {
    const { publicKeyBytes } = schemeOf(ALGORITHM);
    const of = (length: number): string =>
      refusal({
        sender: { algorithm: ALGORITHM, publicKey: new Uint8Array(length) },
        account: { nonce: 0n, publicKey: O.none },
      });
    expect([-1, 0, 1].map((d) => of(publicKeyBytes + d).split(':')[0])).toEqual([
      'sender.publicKey',
      'built',
      'sender.publicKey',
    ]);
    expect(refusal({ sender: bob })).toMatch(/^sender\.publicKey: the account has another key/);
    expect(refusal({ sender: { ...alice, algorithm: 'RSA' as never } })).toMatch(/^sender\.algorithm: "RSA"/);
  });

  test('the first transaction carries the key, later ones do not', () => {
    const first = right(buildTransaction({ ...request, account: { nonce: 0n, publicKey: O.none } }));
    expect(first.publicKey).toEqual(O.some(alice.publicKey));
    expect(right(buildTransaction(request)).publicKey).toEqual(O.none);
    expect(first.sender).toBe(accountIdentity(alice));
  });

  test('memo and expiry height are part of what is signed and paid for', () => {
    const plain = right(buildTransaction(request));
    const noted = right(buildTransaction({ ...request, memo: 'rent', expiryHeight: 9n }));
    expect(noted).toMatchObject({ memo: 'rent', expiryHeight: 9n, fee: plain.fee + 4n * PARAMETERS.minFeePerByte });
  });

  test('a transfer is the short form of a transaction with one message', () => {
    const { recipient, amount } = SAMPLES.Transfer;
    expect(buildTransfer({ ...request, recipient, amount })).toEqual(right(buildTransaction(request)));
    expect(() => buildTransfer({ ...request, recipient, amount: 0n })).toThrow(/messages\.0\.amount/);
  });
});

describe('the registration of a validator', () => {
  const registration = { chainId: CHAIN_ID, identity: identityOfPair(bob), consensusKey: carol, stake: 5n };

  test('proves possession of its consensus key for this chain and account only', () => {
    const { proofOfPossession, consensusKey } = registerValidator({ ...registration, commissionRate: 3 });
    const verdict = (chainId: string, identity = registration.identity): string => {
      const { message } = possessionCheck(ALGORITHM, chainId, identity, consensusKey, proofOfPossession);
      return verifyMessage(ALGORITHM, consensusKey, 'zhtp/possession/v1', message, proofOfPossession);
    };
    expect([verdict(CHAIN_ID), verdict('other'), verdict(CHAIN_ID, identityOfPair(alice))]).toEqual([
      'valid',
      'invalid',
      'invalid',
    ]);
  });

  test('may later charge up to everything in steps of five points, unless it says otherwise', () => {
    expect(registerValidator({ ...registration, commissionRate: 3 })).toMatchObject({
      storageProvided: 0n,
      commissionRate: 3,
      maxRate: 100,
      maxDailyChange: 5,
    });
    expect(
      registerValidator({ ...registration, commissionRate: 3, maxRate: 9, maxDailyChange: 1, storageProvided: 7n }),
    ).toMatchObject({ maxRate: 9, maxDailyChange: 1, storageProvided: 7n });
  });
});
