import { identityOf, keyPairFromSeed } from '@zhtp/crypto';
import { decode, encode, U64_MAX, type IdentityId } from '@zhtp/types';
import {
  issueReceipt,
  judgeReceipt,
  receiptCodec,
  ReceiptBook,
  type AccountKeyLookup,
  type Receipt,
  type ReceiptAccepted,
  type ReceiptContent,
} from '@zhtp/proofs';
import { option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectRefused } from './expect-refused.ts';
import { CHAIN_ID, identity, right } from './support.ts';

const clientKey = keyPairFromSeed('ML-DSA-44', new Uint8Array(32).fill(3));
const client = identityOf('ML-DSA-44', clientKey.publicKey);
const prover = identity('prover');
const keyOf: AccountKeyLookup = (who: IdentityId) => (who === client ? O.some(clientKey) : O.none);
const context = { chainId: CHAIN_ID, keyOf };

const content = (changes: Partial<ReceiptContent> = {}): ReceiptContent => ({
  prover,
  client,
  kind: 'NetworkRouting',
  units: 10n,
  epoch: 5n,
  sequence: 1n,
  ...changes,
});
const issue = (changes: Partial<ReceiptContent> = {}): Receipt =>
  right(issueReceipt(content(changes), { chainId: CHAIN_ID, clientKey, deterministic: true }));
const book = (): ReceiptBook => right(ReceiptBook.create(context, 5n));

describe('issueReceipt', () => {
  test('nobody confirms its own work', () => {
    expectRefused(
      issueReceipt(content({ prover: client }), { chainId: CHAIN_ID, clientKey }),
      'ProofVerificationFailed',
      /must not be the prover/,
    );
  });

  test.each(['DataStorage', 'Validation', 'BridgeOperations'] as const)('%s has no receipts', (kind) => {
    expectRefused(
      issueReceipt(content({ kind }), { chainId: CHAIN_ID, clientKey }),
      'ProofVerificationFailed',
      /NetworkRouting or Computation/,
    );
  });

  test('confirms at least one unit, by a key that can sign', () => {
    expectRefused(
      issueReceipt(content({ units: 0n }), { chainId: CHAIN_ID, clientKey }),
      'ProofVerificationFailed',
      /at least 1/,
    );
    const broken = { ...clientKey, secretKey: new Uint8Array(1) };
    expectRefused(issueReceipt(content(), { chainId: CHAIN_ID, clientKey: broken }), 'CryptoError', /clientKey/);
  });
});

describe('judgeReceipt', () => {
  test('holds for what the client signed, over the wire too', () => {
    const receipt = right(decode(receiptCodec)(encode(receiptCodec)(issue())));
    expect(judgeReceipt(receipt, context)).toEqual({ _tag: 'Holds' });
  });

  test.each<[string, Partial<Receipt>]>([
    ['units', { units: 11n }],
    ['prover', { prover: identity('other') }],
    ['client', { client: identity('other') }],
    ['kind', { kind: 'Computation' }],
    ['epoch', { epoch: 6n }],
    ['sequence', { sequence: 2n }],
  ])('fails with another %s', (_field, changes) => {
    expect(judgeReceipt({ ...issue(), ...changes }, context)._tag).toBe('Fails');
  });

  test('fails on another chain, by another key, by another scheme, with a key beside it', () => {
    expect(judgeReceipt(issue(), { ...context, chainId: 'other' })._tag).toBe('Fails');
    const other = keyPairFromSeed('ML-DSA-44', new Uint8Array(32).fill(4));
    expect(judgeReceipt(issue(), { ...context, keyOf: () => O.some(other) })._tag).toBe('Fails');
    const strong = keyPairFromSeed('ML-DSA-65', new Uint8Array(32).fill(3));
    expect(judgeReceipt(issue(), { ...context, keyOf: () => O.some(strong) })._tag).toBe('Fails');
    const { signature, ...rest } = issue();
    const withKey = { ...rest, signature: { ...signature, publicKey: O.some(clientKey.publicKey) } };
    expect(judgeReceipt(withKey, context)._tag).toBe('Fails');
  });
});

describe('a receipt book', () => {
  test('counts routing and computation of each prover, then says so', () => {
    const receipts = book();
    const events: ReceiptAccepted[] = [];
    receipts.events$.subscribe((event) => events.push(event));
    right(receipts.use(issue()));
    right(receipts.use(issue({ sequence: 2n, kind: 'Computation', units: 4n })));
    expect(right(receipts.workOf(prover))).toEqual({ routingWork: 10n, computeWork: 4n });
    expect(right(receipts.workOf(client))).toEqual({ routingWork: 0n, computeWork: 0n });
    expect(events.map(({ receipt }) => receipt.sequence)).toEqual([1n, 2n]);
  });

  test('uses a receipt once, and its sequence number too', () => {
    const receipts = book();
    right(receipts.use(issue()));
    expectRefused(receipts.use(issue()), 'ProofVerificationFailed', /used already/);
    expectRefused(receipts.use(issue({ units: 11n })), 'ProofVerificationFailed', /used already/);
    expect(right(receipts.workOf(prover)).routingWork).toBe(10n);
  });

  test('a refused receipt uses up nothing', () => {
    const receipts = book();
    expectRefused(receipts.use({ ...issue(), units: 11n }), 'ProofVerificationFailed', /not by client/);
    right(receipts.use(issue()));
  });

  test('takes receipts of its epoch alone, and epochs only rise', () => {
    const receipts = book();
    right(receipts.use(issue()));
    for (const epoch of [4n, 6n]) expectRefused(receipts.use(issue({ epoch })), 'ProofVerificationFailed', /epoch/);
    expectRefused(receipts.startEpoch(5n), 'ProofVerificationFailed', /above the current 5/);
    right(receipts.startEpoch(6n));
    expectRefused(receipts.use(issue()), 'ProofVerificationFailed', /epoch/);
    expect([receipts.epoch, right(receipts.workOf(prover)).routingWork]).toEqual([6n, 0n]);
    right(receipts.use(issue({ epoch: 6n })));
  });

  test('units in sum fit 64 bits', () => {
    const receipts = book();
    right(receipts.use(issue({ units: U64_MAX })));
    expectRefused(receipts.use(issue({ units: 1n, sequence: 2n })), 'ProofVerificationFailed', /64 bits/);
    right(receipts.use(issue({ units: 1n, sequence: 2n, kind: 'Computation' })));
  });

  test('the order of receipts does not matter', () => {
    const receipts = Array.from({ length: 5 }, (_, i) => issue({ sequence: BigInt(i), units: BigInt(i + 1) }));
    fc.assert(
      fc.property(fc.shuffledSubarray(receipts, { minLength: 5 }), (shuffled) => {
        const used = book();
        for (const receipt of shuffled) right(used.use(receipt));
        expect(right(used.workOf(prover)).routingWork).toBe(15n);
      }),
      { numRuns: 10 },
    );
  });
});
