import { schemeOf, signMessage, verifyMessage } from '@zhtp/crypto';
import { bytesToHex, decode, encode, fromJson, toJson, U64_MAX } from '@zhtp/types';
import * as fc from 'fast-check';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  accountIdentity,
  buildTransfer,
  MEMO_BYTES_MAX,
  MESSAGES_MAX,
  minimumFee,
  openTransaction,
  signTransaction,
  transactionBodyCodec,
  transactionByteLength,
  transactionCodec,
  transactionIdOf,
  transactionSignBytes,
  type Transaction,
} from '@zhtp/ledger';
import { signBytesWithin } from '../src/transaction.ts';
import { anyTransaction } from './support/arbitraries.ts';
import {
  ALGORITHM,
  alice,
  bob,
  CHAIN_ID,
  CONTEXT,
  hashOf,
  identityOfPair,
  PARAMETERS,
  right,
} from './support/chain.ts';
import { personOf, transactionOf, transferTo } from './support/executor.ts';

const body = transactionOf({ sender: personOf(1), messages: [transferTo(personOf(2), 5n)] });
const encodes = (transaction: Transaction): boolean =>
  E.isRight(E.tryCatch(() => encode(transactionCodec)(transaction), String));

const signed = signTransaction(
  buildTransfer({
    chainId: CHAIN_ID,
    sender: alice,
    account: { nonce: 0n, publicKey: O.none },
    recipient: identityOfPair(bob),
    amount: 5n,
    parameters: PARAMETERS,
  }),
  alice,
  CONTEXT.genesisHash,
);

describe('the encoding of a transaction', () => {
  test('begins with what is signed', () => {
    fc.assert(
      fc.property(anyTransaction, (tx) => {
        const bytes = encode(transactionCodec)(tx);
        expect(signBytesWithin(CONTEXT.genesisHash, tx, bytes)).toEqual(transactionSignBytes(CONTEXT.genesisHash, tx));
      }),
    );
  });

  test('is one per value, in bytes and in JSON', () => {
    fc.assert(
      fc.property(anyTransaction, (tx) => {
        const bytes = encode(transactionCodec)(tx);
        expect(right(decode(transactionCodec)(bytes))).toEqual(tx);
        expect(right(fromJson(transactionCodec)(JSON.parse(JSON.stringify(toJson(transactionCodec)(tx)))))).toEqual(tx);
      }),
    );
  });

  test('any changed byte is refused or another transaction, any shorter or longer form is refused', () => {
    fc.assert(
      fc.property(anyTransaction, fc.nat(), fc.integer({ min: 1, max: 255 }), (tx, at, flip) => {
        const bytes = encode(transactionCodec)(tx);
        const changed = bytes.slice();
        changed[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;
        const read = decode(transactionCodec)(changed);
        expect(E.isRight(read) ? encode(transactionCodec)(read.right) : changed).toEqual(changed);
        expect(E.isLeft(decode(transactionCodec)(bytes.slice(0, at % bytes.length)))).toBe(true);
        expect(E.isLeft(decode(transactionCodec)(Uint8Array.of(...bytes, 0)))).toBe(true);
      }),
    );
  });

  test('random bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(E.isLeft(openTransaction(CONTEXT, bytes))).toBe(true);
      }),
    );
  });

  test('has room for a memo of 256 bytes, not characters, and no more', () => {
    expect(encodes({ ...body, memo: 'x'.repeat(MEMO_BYTES_MAX) })).toBe(true);
    expect(encodes({ ...body, memo: 'x'.repeat(MEMO_BYTES_MAX + 1) })).toBe(false);
    expect(encodes({ ...body, memo: 'é'.repeat(128) })).toBe(true);
    expect(encodes({ ...body, memo: `${'é'.repeat(128)}x` })).toBe(false);
  });

  test('has one to sixteen messages', () => {
    const messages = (count: number) => Array.from({ length: count }, () => transferTo(personOf(2), 1n));
    expect([0, 1, MESSAGES_MAX, MESSAGES_MAX + 1].map((n) => encodes({ ...body, messages: messages(n) }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('has no transfer of nothing', () => {
    expect(
      [0n, 1n, U64_MAX].map((amount) => encodes({ ...body, messages: [transferTo(personOf(2), amount)] })),
    ).toEqual([false, true, true]);
    const json = toJson(transactionCodec)({ ...body, messages: [transferTo(personOf(2), 1n)] });
    const zero: unknown = JSON.parse(JSON.stringify(json).replace('"amount":"1"', '"amount":"0"'));
    const refused = fromJson(transactionCodec)(zero);
    expect(E.isLeft(refused) ? refused.left.message : '').toMatch(/messages.0.*amount.*at least 1/);
  });

  test('has no key beside the signature: anyone could add or remove it', () => {
    expect(encodes({ ...body, signature: { ...body.signature, publicKey: O.some(alice.publicKey) } })).toBe(false);
  });
});

describe('the id of a transaction', () => {
  test('follows from what is signed, so that hedged signatures give one id', () => {
    const again = signTransaction(signed.transaction, alice, CONTEXT.genesisHash);
    expect(bytesToHex(again.bytes)).not.toBe(bytesToHex(signed.bytes));
    expect(again.id).toBe(signed.id);
    expect(right(openTransaction(CONTEXT, again.bytes)).id).toBe(signed.id);
  });

  test('differs with every field and every chain', () => {
    const others: readonly Partial<Transaction>[] = [
      { chainId: 'other' },
      { sender: personOf(3) },
      { nonce: 1n },
      { fee: 201n },
      { expiryHeight: 1n },
      { memo: 'm' },
      { publicKey: O.some(alice.publicKey) },
      { messages: [transferTo(personOf(2), 6n)] },
      { messages: [transferTo(personOf(3), 5n)] },
      { messages: [transferTo(personOf(2), 5n), transferTo(personOf(2), 5n)] },
    ];
    const idOf = (fields: Partial<Transaction>): string =>
      transactionIdOf(transactionSignBytes(CONTEXT.genesisHash, { ...body, ...fields }));
    const ids = [idOf({}), ...others.map(idOf), transactionIdOf(transactionSignBytes(hashOf(8), body))];
    expect(new Set(ids).size).toBe(others.length + 2);
  });
});

describe('opening a transaction', () => {
  const refusal = (transaction: Transaction, chain = CONTEXT): string => {
    const opened = openTransaction(chain, encode(transactionCodec)(transaction));
    return E.isLeft(opened) ? `${opened.left.code}: ${opened.left.reason}` : 'opened';
  };
  const { transaction } = signed;

  test('a well-formed one of this chain is opened', () => {
    expect(refusal(transaction)).toBe('opened');
  });

  test('another chain id is named', () => {
    expect(refusal({ ...transaction, chainId: 'zhtp-other' })).toMatch(/WrongChain.*"zhtp-other".*"ledger-test"/);
  });

  test('another scheme is named', () => {
    expect(refusal(transaction, { ...CONTEXT, algorithm: 'ML-DSA-65' })).toMatch(
      /WrongAlgorithm.*ML-DSA-44.*ML-DSA-65/,
    );
  });

  test('signatures and keys have exactly the length of the scheme', () => {
    const { signatureBytes, publicKeyBytes } = schemeOf(ALGORITHM);
    const withSignature = (length: number): string =>
      refusal({ ...transaction, signature: { ...transaction.signature, signature: new Uint8Array(length) } });
    const withKey = (length: number): string => refusal({ ...transaction, publicKey: O.some(new Uint8Array(length)) });
    expect([-1, 0, 1].map((d) => withSignature(signatureBytes + d).split(':')[0])).toEqual([
      'BadSignature',
      'opened',
      'BadSignature',
    ]);
    expect([-1, 0, 1].map((d) => withKey(publicKeyBytes + d).split(':')[0])).toEqual([
      'KeyMismatch',
      'opened',
      'KeyMismatch',
    ]);
  });

  test('bytes that are no transaction are called so', () => {
    const opened = openTransaction(CONTEXT, Uint8Array.of(1, 2, 3));
    expect(E.isLeft(opened) ? opened.left.code : '').toBe('Undecodable');
  });
});

describe('building a transfer', () => {
  const request = {
    chainId: CHAIN_ID,
    sender: alice,
    recipient: identityOfPair(bob),
    amount: 5n,
    parameters: PARAMETERS,
  };

  test('carries the key until the account has one', () => {
    const first = buildTransfer({ ...request, account: { nonce: 0n, publicKey: O.none } });
    const later = buildTransfer({ ...request, account: { nonce: 1n, publicKey: O.some(alice.publicKey) } });
    expect(first.publicKey).toEqual(O.some(alice.publicKey));
    expect(later.publicKey).toEqual(O.none);
    expect(first.sender).toBe(accountIdentity(alice));
  });

  test('pays the least fee for its own signed length unless told otherwise', () => {
    const built = buildTransfer({ ...request, account: { nonce: 0n, publicKey: O.none }, memo: 'rent' });
    const { bytes } = signTransaction(built, alice, CONTEXT.genesisHash);
    expect(transactionByteLength(built, ALGORITHM)).toBe(bytes.length);
    expect(built.fee).toBe(minimumFee(PARAMETERS, bytes.length));
    expect(buildTransfer({ ...request, account: { nonce: 0n, publicKey: O.none }, fee: 7n }).fee).toBe(7n);
  });

  test('is signed for one chain and one purpose', () => {
    const { transaction } = signed;
    const verdictUnder = (genesisHash: typeof CONTEXT.genesisHash) =>
      verifyMessage(
        ALGORITHM,
        alice.publicKey,
        'zhtp/transaction/v1',
        transactionSignBytes(genesisHash, transaction),
        transaction.signature.signature,
      );
    expect(verdictUnder(CONTEXT.genesisHash)).toBe('valid');
    expect(verdictUnder(hashOf(8))).toBe('invalid');
    const signBytes = transactionSignBytes(CONTEXT.genesisHash, transaction);
    const asVote = signMessage(alice, 'zhtp/vote/v1', signBytes);
    expect(verifyMessage(ALGORITHM, alice.publicKey, 'zhtp/transaction/v1', signBytes, asVote)).toBe('invalid');
  });

  test('signs genesis hash and body, nothing else', () => {
    const signBytes = transactionSignBytes(CONTEXT.genesisHash, body);
    expect(bytesToHex(signBytes)).toBe(CONTEXT.genesisHash + bytesToHex(encode(transactionBodyCodec)(body)));
  });
});
