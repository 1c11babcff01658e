import { genesisHashOf } from '@zhtp/chain';
import { keyPairFromSeed } from '@zhtp/crypto';
import { decode, encode, hashToBytes, type KeyPair } from '@zhtp/types';
import * as fc from 'fast-check';
import { either as E, option as O } from 'fp-ts';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  accountCodec,
  accountIdentity,
  assembleTransaction,
  buildTransaction,
  cosignTransaction,
  minimumFee,
  multisigKey,
  MULTISIG_KEYS_MAX,
  openTransaction,
  readAccountKey,
  signTransaction,
  transactionCodec,
  type Account,
  type LedgerApplication,
  type LedgerMessage,
  type SignedTransaction,
  type TransactionBody,
} from '@zhtp/ledger';
import {
  ALGORITHM,
  alice,
  blockOf,
  bob,
  carol,
  CHAIN_ID,
  countingVerifier,
  dave,
  decide,
  funded,
  genesisWith,
  identityOfPair,
  memoryStore,
  openLedger,
  PARAMETERS,
  reasonOf,
  right,
  run,
  type CountingVerifier,
  type MemoryStore,
} from './support/chain.ts';
import { personOf, transferTo } from './support/executor.ts';

const OWNERS = [alice, bob, carol] as const;
const keyOf = (threshold: number, owners: readonly KeyPair[]): Uint8Array =>
  right(multisigKey(ALGORITHM, { threshold, keys: owners.map(({ publicKey }) => publicKey) }));
const TWO_OF_THREE = keyOf(2, OWNERS);
const account = { algorithm: ALGORITHM, publicKey: TWO_OF_THREE };
const shared = accountIdentity(account);

const FUNDS = 10_000_000n;
const GENESIS = genesisWith([{ identity: shared, balance: FUNDS, publicKey: O.none }, funded(dave, FUNDS)]);
const GENESIS_HASH = genesisHashOf(GENESIS);
const CONTEXT = { chainId: CHAIN_ID, genesisHash: GENESIS_HASH, algorithm: ALGORITHM };

let store: MemoryStore;
let verifier: CountingVerifier;
let ledger: LedgerApplication;
beforeEach(async () => {
  store = memoryStore();
  verifier = countingVerifier();
  ledger = await openLedger(store, verifier);
  await run(ledger.initChain(GENESIS));
});

const PAY: LedgerMessage = transferTo(identityOfPair(dave), 5n);
const bodyOf = (nonce = 0n, messages: readonly LedgerMessage[] = [PAY], keyKnown = nonce > 0n): TransactionBody =>
  right(
    buildTransaction({
      chainId: CHAIN_ID,
      sender: account,
      account: { nonce, publicKey: keyKnown ? O.some(TWO_OF_THREE) : O.none },
      messages,
      parameters: PARAMETERS,
    }),
  );
const signedBy = (body: TransactionBody, ...owners: readonly KeyPair[]): SignedTransaction =>
  right(
    assembleTransaction(
      { body, algorithm: ALGORITHM, accountKey: TWO_OF_THREE, genesisHash: GENESIS_HASH },
      owners.map((owner) => cosignTransaction(body, owner, GENESIS_HASH)),
    ),
  );
const accountAt = async (app = ledger): Promise<Account> => {
  const answer = await run(app.query({ path: 'account', data: hashToBytes(shared) }));
  return right(decode(accountCodec)(O.getOrElse((): Uint8Array => new Uint8Array(0))(answer)));
};
const checked = async (bytes: Uint8Array): Promise<string> => {
  const result = await run(ledger.checkTx(bytes));
  return result._tag === 'Accepted' ? 'Accepted' : `${result.code}${result.provable === true ? '!' : ''}`;
};
/** The signed transaction with a signature of other bytes. */
const withSignature = ({ transaction }: SignedTransaction, change: (bytes: Uint8Array) => Uint8Array): Uint8Array =>
  encode(transactionCodec)({
    ...transaction,
    signature: { ...transaction.signature, signature: change(transaction.signature.signature) },
  });

describe('the key of a multi-signature account', () => {
  test('is read back as it was made, from 1 of 1 to 16 of 16', () => {
    const many = Array.from({ length: MULTISIG_KEYS_MAX }, (_, i) =>
      keyPairFromSeed(ALGORITHM, new Uint8Array(32).fill(200 + i)),
    ).map(({ publicKey }) => publicKey);
    for (const [threshold, count] of [
      [1, 1],
      [1, 16],
      [16, 16],
      [2, 3],
    ] as const) {
      const keys = many.slice(0, count);
      const key = right(multisigKey(ALGORITHM, { threshold, keys }));
      expect(right(readAccountKey(ALGORITHM, key))).toEqual({ _tag: 'Policy', threshold, keys });
    }
    const seventeen = [...many, alice.publicKey];
    expect(multisigKey(ALGORITHM, { threshold: 1, keys: seventeen })).toEqual(E.left(expect.stringMatching(/17 keys/)));
  });

  test('has 1 to n signers, different keys of the scheme, and nothing else in it', () => {
    const keys = OWNERS.map(({ publicKey }) => publicKey);
    const refusal = (threshold: number, of: readonly Uint8Array[] = keys): string => {
      const made = multisigKey(ALGORITHM, { threshold, keys: of });
      return E.isLeft(made) ? made.left : 'made';
    };
    expect([0, 1, 3, 4, 1.5, -1].map((m) => refusal(m).split(' ')[1] ?? 'made')).toEqual([
      'threshold',
      'made',
      'made',
      'threshold',
      'threshold',
      'threshold',
    ]);
    expect(refusal(1, [])).toMatch(/policy of 0 keys/);
    expect(refusal(1, [alice.publicKey, bob.publicKey, alice.publicKey])).toMatch(/key 2 stands twice/);
    expect(refusal(1, [alice.publicKey.slice(1)])).toMatch(/key 0 of the policy has 1311 bytes/);
    for (const wrong of [TWO_OF_THREE.slice(1), Uint8Array.of(...TWO_OF_THREE, 0), new Uint8Array(0)])
      expect(E.isLeft(readAccountKey(ALGORITHM, wrong))).toBe(true);
    for (const [at, value] of [
      [0, 0],
      [0, 4],
      [1, 2],
      [1, 4],
      [1, 255],
    ] as const) {
      const changed = TWO_OF_THREE.slice();
      changed[at] = value;
      expect(E.isLeft(readAccountKey(ALGORITHM, changed))).toBe(true);
    }
  });

  test('founds another account with another threshold, order or set of keys, and never that of a single key', () => {
    const identities = [
      keyOf(1, [alice]),
      keyOf(1, OWNERS),
      keyOf(2, OWNERS),
      keyOf(3, OWNERS),
      keyOf(2, [bob, alice, carol]),
      keyOf(2, [alice, bob]),
      alice.publicKey,
    ].map((publicKey) => accountIdentity({ algorithm: ALGORITHM, publicKey }));
    expect(new Set(identities).size).toBe(identities.length);
  });
});

describe('a multi-signature account', () => {
  test('pays with any two of its three, the policy in the first transaction alone, through mempool and block', async () => {
    const pairs = [
      [alice, bob],
      [carol, alice],
      [bob, carol],
    ] as const;
    for (const [nonce, pair] of pairs.entries()) {
      const { bytes } = signedBy(bodyOf(BigInt(nonce)), ...pair);
      expect(await checked(bytes)).toBe('Accepted');
      await decide(ledger, BigInt(nonce) + 1n, [bytes]);
    }
    expect(await accountAt()).toMatchObject({ nonce: 3n, publicKey: O.some(TWO_OF_THREE) });
    const again = await openLedger(memoryStore(store.rows));
    expect(await accountAt(again)).toEqual(await accountAt());
  });

  test('waits with several transactions at once, its policy known from the first', async () => {
    const bytes = [0n, 1n, 2n].map((nonce) => signedBy(bodyOf(nonce), alice, bob).bytes);
    expect(await Promise.all(bytes.map(checked))).toEqual(['Accepted', 'Accepted', 'Accepted']);
    await decide(ledger, 1n, bytes);
    expect((await accountAt()).nonce).toBe(3n);
  });

  test('each part is verified once, in parallel, and remembered until the block', async () => {
    const { bytes } = signedBy(bodyOf(), alice, carol);
    await checked(bytes);
    expect(verifier.counts).toMatchObject({ verified: 2, inFlightMax: 2 });
    await decide(ledger, 1n, [bytes]);
    expect(verifier.counts.verified).toBe(2);
  });

  test('pays for the length of its policy and signatures', () => {
    const [first, later] = [bodyOf(), bodyOf(1n)];
    for (const body of [first, later])
      expect(body.fee).toBe(minimumFee(PARAMETERS, signedBy(body, alice, bob).bytes.length));
    expect(first.fee - later.fee).toBeGreaterThanOrEqual(PARAMETERS.minFeePerByte * BigInt(TWO_OF_THREE.length));
  });

  test('has one id and one length whoever of them signs', () => {
    const body = bodyOf();
    const signed = [signedBy(body, alice, bob), signedBy(body, carol, bob), signedBy(body, alice, bob, carol)];
    expect(new Set(signed.map(({ id }) => id)).size).toBe(1);
    expect(new Set(signed.map(({ bytes }) => bytes.length)).size).toBe(1);
  });

  test('is not to be spent from by one, by strangers, by one twice, or by more parts than asked for', async () => {
    const body = { ...bodyOf(), fee: 1_000_000n };
    const good = signedBy(body, alice, bob);
    const size = (good.transaction.signature.signature.length - 2) >> 1;
    const part = (i: number, from = good) =>
      from.transaction.signature.signature.subarray(2 + i * size, 2 + (i + 1) * size);
    const third = part(1, signedBy(body, alice, carol));
    const forged: Readonly<Record<string, Uint8Array>> = {
      'one signer': Uint8Array.of(0b001, 0, ...part(0)),
      'one signer as two': Uint8Array.of(0b011, 0, ...part(0), ...part(0)),
      'three signers': Uint8Array.of(0b111, 0, ...part(0), ...part(1), ...third),
      'signers swapped': Uint8Array.of(0b011, 0, ...part(1), ...part(0)),
      'another signer named': Uint8Array.of(0b101, 0, ...part(0), ...part(1)),
      'a signer beyond the policy': Uint8Array.of(0b001, 1, ...part(0), ...part(1)),
      'a single signature': part(0),
    };
    for (const [what, signature] of Object.entries(forged)) {
      const bytes = withSignature(good, () => signature);
      expect(await checked(bytes), what).toBe('BadSignature!');
      expect(reasonOf(await run(ledger.processProposal(blockOf(1n, [bytes])))), what).toMatch(/BadSignature/);
    }
    const strangers = { ...good, transaction: { ...good.transaction, memo: 'another body' } };
    expect(await checked(withSignature(strangers, (same) => same))).toBe('BadSignature!');
  });

  test('nobody else changes a byte of its transactions', async () => {
    const good = signedBy({ ...bodyOf(), fee: 1_000_000n }, alice, bob);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: good.bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = good.bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(await checked(changed)).not.toBe('Accepted');
        expect(E.isLeft(openTransaction(CONTEXT, Uint8Array.of(...good.bytes, flip)))).toBe(true);
        expect(E.isLeft(openTransaction(CONTEXT, good.bytes.slice(0, at)))).toBe(true);
      }),
      { numRuns: 40 },
    );
    expect(await checked(good.bytes)).toBe('Accepted');
  });

  test("a policy that did not found the account is refused, and a policy's keys have no accounts through it", async () => {
    const other = keyOf(1, OWNERS);
    const body = { ...bodyOf(), publicKey: O.some(other) };
    const single = right(
      assembleTransaction({ body, algorithm: ALGORITHM, accountKey: other, genesisHash: GENESIS_HASH }, [
        cosignTransaction(body, alice, GENESIS_HASH),
      ]),
    );
    expect(await checked(single.bytes)).toMatch(/^(KeyMismatch|FeeTooLow)/);
    const asAlice = signTransaction({ ...body, publicKey: O.some(alice.publicKey) }, alice, GENESIS_HASH);
    expect(await checked(asAlice.bytes)).toBe('KeyMismatch!');
  });
});

describe('putting cosignatures together', () => {
  const body = bodyOf();
  const assembly = { body, algorithm: ALGORITHM, accountKey: TWO_OF_THREE, genesisHash: GENESIS_HASH };
  const refusal = (signers: readonly KeyPair[], changed: Partial<typeof assembly> = {}): string => {
    const cosignatures = signers.map((pair) => cosignTransaction(body, pair, GENESIS_HASH));
    const assembled = assembleTransaction({ ...assembly, ...changed }, cosignatures);
    return E.isLeft(assembled) ? assembled.left.message : 'assembled';
  };

  test('says how many are missing, who is a stranger, and whose does not hold', () => {
    expect(refusal([alice, bob])).toBe('assembled');
    expect(refusal([alice])).toBe('cosignatures: 1 holders signed, the policy asks for 2');
    expect(refusal([alice, alice])).toBe('cosignatures: 1 holders signed, the policy asks for 2');
    expect(refusal([alice, dave])).toBe('cosignatures.1.publicKey: no key of the policy');
    expect(refusal([alice, bob], { body: { ...body, memo: 'x' } })).toMatch(
      /^cosignatures\.0\.signature: not by key 0/,
    );
    expect(refusal([alice], { accountKey: alice.publicKey })).toMatch(/^accountKey: one key and no policy/);
    expect(refusal([alice], { accountKey: new Uint8Array(3) })).toMatch(/^accountKey: 3 bytes/);
  });
});

describe('changing what acts for an account', () => {
  const rotate = (key: Uint8Array): LedgerMessage => ({ _tag: 'ChangeAccountKey', key });
  const daveSends = (nonce: bigint, by: KeyPair, messages: readonly LedgerMessage[]): Uint8Array => {
    const request = {
      chainId: CHAIN_ID,
      sender: { ...by, identity: identityOfPair(dave) },
      account: { nonce, publicKey: nonce === 0n ? O.none : O.some(by.publicKey) },
      messages,
      parameters: PARAMETERS,
    };
    const built = right(buildTransaction(request));
    return signTransaction(built, by, GENESIS_HASH).bytes;
  };

  test('the new key signs from the next transaction on, in the same block too, and the old one never again', async () => {
    const transactions = [daveSends(0n, dave, [rotate(alice.publicKey)]), daveSends(1n, alice, [PAY])];
    expect(await Promise.all(transactions.slice(0, 1).map(checked))).toEqual(['Accepted']);
    expect(await checked(transactions[1] ?? new Uint8Array(0))).toBe('Accepted');
    await decide(ledger, 1n, transactions);
    expect(await checked(daveSends(2n, dave, [PAY]))).toBe('BadSignature!');
    expect(await checked(daveSends(2n, alice, [PAY]))).toBe('Accepted');
  });

  test('a waiting change makes what comes behind it a guess, for which nobody is to blame', async () => {
    expect(await checked(daveSends(0n, dave, [PAY]))).toBe('Accepted');
    expect(await checked(daveSends(1n, alice, [PAY]))).toBe('BadSignature');
  });

  test('a waiting transaction before a waiting change is replaced with the old key', async () => {
    await checked(daveSends(0n, dave, [PAY]));
    await checked(daveSends(1n, dave, [rotate(alice.publicKey)]));
    expect(await checked(daveSends(1n, dave, [PAY]))).toBe('Accepted');
    expect(await checked(daveSends(0n, dave, [PAY, PAY]))).toBe('Accepted');
    expect(await checked(daveSends(2n, dave, [PAY]))).toBe('BadSignature');
    expect(await checked(daveSends(2n, alice, [PAY]))).toBe('Accepted');
  });

  test('a key becomes a policy, and a policy another one, without another account', async () => {
    const other = keyOf(1, [carol, dave]);
    await decide(ledger, 1n, [signedBy(bodyOf(0n, [rotate(other)]), alice, bob).bytes]);
    expect(await accountAt()).toMatchObject({ nonce: 1n, publicKey: O.some(other) });
    expect(await checked(signedBy(bodyOf(1n), alice, bob).bytes)).toBe('BadSignature!');
    await decide(ledger, 2n, [daveSends(0n, dave, [rotate(TWO_OF_THREE)])]);
    const again = await openLedger(memoryStore(store.rows));
    expect((await run(again.info())).height).toBe(2n);
  });

  test('is undone when a later message fails, and refused when it is no key or changes nothing', async () => {
    const failureOf = async (height: bigint, bytes: Uint8Array): Promise<string> => {
      const block = blockOf(height, [bytes]);
      expect(reasonOf(await run(ledger.processProposal(block)))).toBe('accepted');
      const { results } = await run(ledger.finalizeBlock(block));
      await run(ledger.commit());
      return results[0]?.message ?? '';
    };
    const tooMuch = transferTo(personOf(1), FUNDS);
    expect(await failureOf(1n, daveSends(0n, dave, [rotate(alice.publicKey), tooMuch]))).toMatch(/message 1: balance/);
    expect(await failureOf(2n, daveSends(1n, dave, [rotate(dave.publicKey)]))).toMatch(/has this key already/);
    expect(await failureOf(3n, daveSends(2n, dave, [rotate(alice.publicKey.slice(1))]))).toMatch(/1311 bytes: neither/);
    expect(await failureOf(4n, daveSends(3n, dave, [PAY]))).toBe('');
  });

  test('behind a change that fails, the next transaction waits for another block', async () => {
    const fails = daveSends(0n, dave, [rotate(alice.publicKey), transferTo(personOf(1), FUNDS)]);
    const next = daveSends(1n, dave, [PAY]);
    expect(await checked(fails)).toBe('Accepted');
    expect(await checked(next)).toBe('Accepted');
    expect(reasonOf(await run(ledger.processProposal(blockOf(1n, [fails, next]))))).toMatch(/1: BadSignature/);
    await decide(ledger, 1n, [fails]);
    await decide(ledger, 2n, [next]);
    expect((await run(ledger.info())).height).toBe(2n);
  });
});
