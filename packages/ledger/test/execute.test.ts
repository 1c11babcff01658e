import { bytesToHex, U64_MAX } from '@zhtp/types';
import * as fc from 'fast-check';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  accountIdentity,
  accountOf,
  conservationFault,
  executeBlock,
  mapRoot,
  type Account,
  type BlockOutcome,
  type JudgedTransaction,
  type LedgerMessage,
  type LedgerState,
  type Transaction,
} from '@zhtp/ledger';
import { ALGORITHM, alice, bob, CONTEXT, PARAMETERS, right } from './support/chain.ts';
import {
  blockWith,
  BYTE_LENGTH,
  execute,
  HEIGHT,
  LEAST_FEE,
  personOf,
  STAND_IN_KEY,
  stateOf,
  transactionOf,
  transferTo,
  trusted,
} from './support/executor.ts';
import { anyTransaction } from './support/arbitraries.ts';

const [ann, ben, eve] = [personOf(1), personOf(2), personOf(3)];
const FEE = LEAST_FEE;
const OPENING = PARAMETERS.newAccountFee;

const account = (state: LedgerState, who: Account['identity']): Account => {
  const found = accountOf(state, who);
  if (O.isNone(found)) throw new Error(`no account ${who}`);
  return found.value;
};
const treasuryOf = ({ governance }: LedgerState): bigint => governance.treasury.balance;
const balances = (state: LedgerState): readonly (bigint | undefined)[] =>
  [ann, ben, eve].map((who) => O.toUndefined(accountOf(state, who))?.balance);

const send = (amount: bigint, fields: Partial<Transaction> = {}): Transaction =>
  transactionOf({ sender: ann, messages: [transferTo(ben, amount)], ...fields });
const outcomeOf = (state: LedgerState, ...transactions: readonly Transaction[]): BlockOutcome =>
  right(execute(state, transactions));
const refusal = (state: LedgerState, transaction: Transaction): string => {
  const result = execute(state, [transaction]);
  return E.isLeft(result) ? result.left.cause.code : 'included';
};
const failures = (outcome: BlockOutcome): readonly (string | undefined)[] =>
  outcome.executed.map(({ receipt: { failure } }) => (O.isSome(failure) ? failure.value.reason : undefined));

const RICH = 100_000n;
const start = stateOf([
  { who: ann, balance: RICH },
  { who: ben, balance: RICH },
]);

describe('a transfer', () => {
  test('moves the amount; the fee goes to the fee pool; the nonce rises', () => {
    const { state, executed } = outcomeOf(start, send(500n));
    expect(balances(state)).toEqual([RICH - 500n - FEE, RICH + 500n, undefined]);
    expect(state.totals).toMatchObject({ balances: 2n * RICH - FEE, feePool: FEE, supply: 2n * RICH });
    expect(treasuryOf(state)).toBe(0n);
    expect(account(state, ann).nonce).toBe(1n);
    expect(account(state, ben).nonce).toBe(0n);
    expect(executed[0]).toMatchObject({ receipt: { fee: FEE, failure: O.none }, sentence: '' });
  });

  test('to oneself costs the fee and no more', () => {
    const { state } = outcomeOf(start, send(RICH - FEE, { messages: [transferTo(ann, RICH - FEE)] }));
    expect(balances(state)).toEqual([RICH - FEE, RICH, undefined]);
  });

  test('opens an account for a fee on top, which goes to the treasury', () => {
    const { state } = outcomeOf(start, send(1n, { messages: [transferTo(eve, 1n)] }));
    expect(balances(state)).toEqual([RICH - FEE - 1n - OPENING, RICH, 1n]);
    expect(treasuryOf(state)).toBe(OPENING);
    expect(account(state, eve)).toMatchObject({ nonce: 0n, publicKey: O.none });
  });

  test('may take all that is left after the fee, and not one more', () => {
    const all = RICH - FEE;
    expect([all - 1n, all, all + 1n].map((amount) => failures(outcomeOf(start, send(amount)))[0])).toEqual([
      undefined,
      undefined,
      'InsufficientBalance',
    ]);
  });

  test('that opens an account needs the opening fee too', () => {
    const all = RICH - FEE - OPENING;
    const open = (amount: bigint) => outcomeOf(start, send(amount, { messages: [transferTo(eve, amount)] }));
    expect([all - 1n, all, all + 1n].map((amount) => failures(open(amount))[0])).toEqual([
      undefined,
      undefined,
      'InsufficientBalance',
    ]);
    expect(open(all + 1n).executed[0]?.sentence).toMatch(/needs 0\.098801 and 0\.001 for the new account/);
  });

  test('that fails uses its nonce and pays its fee, and changes nothing else', () => {
    const { state } = outcomeOf(start, send(RICH));
    expect(balances(state)).toEqual([RICH - FEE, RICH, undefined]);
    expect(account(state, ann).nonce).toBe(1n);
    expect(refusal(state, send(1n))).toBe('NonceTooLow');
  });

  test('handles the largest amounts there are', () => {
    const whole = stateOf([
      { who: ann, balance: U64_MAX },
      { who: ben, balance: 0n },
    ]);
    const { state } = outcomeOf(whole, send(U64_MAX - FEE));
    expect(balances(state)).toEqual([0n, U64_MAX - FEE, undefined]);
    expect(failures(outcomeOf(whole, send(U64_MAX)))).toEqual(['InsufficientBalance']);
    expect(outcomeOf(whole, send(1n, { fee: U64_MAX })).state.totals.feePool).toBe(U64_MAX);
  });
});

describe('several messages', () => {
  const messages = (...list: readonly (readonly [Account['identity'], bigint])[]): readonly LedgerMessage[] =>
    list.map(([to, amount]) => transferTo(to, amount));

  test('apply in order: what one opens the next one finds', () => {
    const { state } = outcomeOf(start, send(1n, { messages: messages([eve, 10n], [eve, 20n]) }));
    expect(balances(state)).toEqual([RICH - FEE - OPENING - 30n, RICH, 30n]);
  });

  test('apply whole or not at all: a failure undoes transfers, opened accounts and opening fees', () => {
    const outcome = outcomeOf(start, send(1n, { messages: messages([ben, 5n], [eve, 10n], [ann, 7n], [ben, RICH]) }));
    expect(balances(outcome.state)).toEqual([RICH - FEE, RICH, undefined]);
    expect(treasuryOf(outcome.state)).toBe(0n);
    expect(outcome.executed[0]?.receipt.failure).toEqual(O.some({ message: 3, reason: 'InsufficientBalance' }));
    expect(outcome.changes.accounts.has(eve)).toBe(false);
  });

  test('of a failed transaction do not undo the transaction before it', () => {
    const { state } = outcomeOf(start, send(500n), send(RICH, { nonce: 1n }));
    expect(balances(state)).toEqual([RICH - 500n - 2n * FEE, RICH + 500n, undefined]);
  });
});

describe('a block is invalid', () => {
  test('with a nonce below or above the next one', () => {
    const later = stateOf([
      { who: ann, balance: RICH, nonce: 5n },
      { who: ben, balance: RICH },
    ]);
    expect([4n, 5n, 6n, 0n, U64_MAX].map((nonce) => refusal(later, send(1n, { nonce })))).toEqual([
      'NonceTooLow',
      'included',
      'NonceTooHigh',
      'NonceTooLow',
      'NonceTooHigh',
    ]);
  });

  test('with the last nonce of all, after which none would fit', () => {
    const at = (nonce: bigint) => refusal(stateOf([{ who: ann, balance: RICH, nonce }]), send(1n, { nonce }));
    expect([U64_MAX - 1n, U64_MAX].map(at)).toEqual(['included', 'NonceTooHigh']);
  });

  test('after the expiry height, not at it; 0 never expires', () => {
    expect(
      [HEIGHT - 1n, HEIGHT, HEIGHT + 1n, 0n, 1n, U64_MAX].map((expiryHeight) =>
        refusal(start, send(1n, { expiryHeight })),
      ),
    ).toEqual(['Expired', 'included', 'included', 'included', 'Expired', 'included']);
  });

  test('with a fee below the price of its bytes', () => {
    expect([0n, LEAST_FEE - 1n, LEAST_FEE, LEAST_FEE + 1n].map((fee) => refusal(start, send(1n, { fee })))).toEqual([
      'FeeTooLow',
      'FeeTooLow',
      'included',
      'included',
    ]);
    expect(LEAST_FEE).toBe(PARAMETERS.minFeePerByte * BigInt(BYTE_LENGTH));
  });

  test('with a fee above the balance', () => {
    expect([RICH - 1n, RICH, RICH + 1n, U64_MAX].map((fee) => refusal(start, send(1n, { fee })))).toEqual([
      'included',
      'included',
      'CannotPayFee',
      'CannotPayFee',
    ]);
  });

  test('with a sender that does not exist', () => {
    expect(refusal(start, send(1n, { sender: eve }))).toBe('UnknownSender');
  });

  test('and the index of the first wrong transaction is named', () => {
    const result = execute(start, [send(1n), send(1n, { nonce: 1n }), send(1n, { nonce: 1n })]);
    expect(result).toMatchObject(E.left({ _tag: 'InvalidBlock', index: 2, cause: { code: 'NonceTooLow' } }));
  });

  test('with the same transaction twice', () => {
    expect(E.isLeft(execute(start, [send(1n), send(1n)]))).toBe(true);
  });
});

describe('keys and signatures', () => {
  const sender = accountIdentity(alice);
  const keyless: LedgerState = { ...stateOf([{ who: sender, balance: RICH }]), keys: stateOf([]).keys };
  const judge = (state: LedgerState, judged: JudgedTransaction): string => {
    const result = executeBlock(state, CONTEXT, blockWith(state, [judged]));
    return E.isLeft(result) ? result.left.cause.code : 'included';
  };
  const firstOne = transactionOf({ sender, messages: [transferTo(ben, 1n)], publicKey: O.some(alice.publicKey) });

  test('the first transaction brings the key, later ones leave it out', () => {
    const second = { ...firstOne, nonce: 1n, publicKey: O.none };
    const { state } = right(
      executeBlock(
        keyless,
        CONTEXT,
        blockWith(keyless, [trusted(firstOne, alice.publicKey), trusted(second, alice.publicKey)]),
      ),
    );
    expect(account(state, sender).publicKey).toEqual(O.some(alice.publicKey));
    expect(judge(keyless, trusted({ ...firstOne, publicKey: O.none }, alice.publicKey))).toBe('KeyMissing');
    expect(judge(state, trusted({ ...firstOne, nonce: 2n }, alice.publicKey))).toBe('KeyRepeated');
  });

  test('a key that did not found the account is not its key', () => {
    const stolen = { ...firstOne, publicKey: O.some(bob.publicKey) };
    expect(judge(keyless, trusted(stolen, bob.publicKey))).toBe('KeyMismatch');
  });

  test('a verdict found with another key than the account has counts for nothing', () => {
    expect(judge(keyless, trusted(firstOne, bob.publicKey))).toBe('BadSignature');
    expect(judge(start, trusted(send(1n), Uint8Array.of(9)))).toBe('BadSignature');
    expect(judge(start, trusted(send(1n), STAND_IN_KEY))).toBe('included');
  });

  test('an invalid signature, or none that could be checked, makes the block invalid', () => {
    const judged = trusted(send(1n));
    expect(judge(start, { ...judged, verdict: { _tag: 'NoKey' } })).toBe('BadSignature');
    expect(judge(start, { ...judged, verdict: { _tag: 'Judged', publicKey: STAND_IN_KEY, validity: 'invalid' } })).toBe(
      'BadSignature',
    );
  });

  test('the stored key is a copy: later writes to the block do not reach the state', () => {
    const buffer = alice.publicKey.slice();
    const tx = trusted({ ...firstOne, publicKey: O.some(buffer) }, buffer);
    const { state } = right(executeBlock(keyless, CONTEXT, blockWith(keyless, [tx])));
    buffer.fill(0);
    expect(O.map(bytesToHex)(account(state, sender).publicKey)).toEqual(O.some(bytesToHex(alice.publicKey)));
    expect(ALGORITHM).toBe(alice.algorithm);
  });
});

describe('any block', () => {
  const person = fc.nat({ max: 7 }).map(personOf);
  const amount = fc.oneof(fc.bigInt({ min: 1n, max: 3_000n }), fc.constantFrom(U64_MAX, U64_MAX - 1n));
  const moves = fc.array(
    fc.record({
      sender: fc.nat({ max: 4 }).map(personOf),
      fee: fc.bigInt({ min: 0n, max: 500n }).map((extra) => LEAST_FEE + extra),
      transfers: fc.array(fc.tuple(person, amount), { minLength: 1, maxLength: 4 }),
    }),
    { maxLength: 25 },
  );
  const five = stateOf([0, 1, 2, 3, 4].map((n) => ({ who: personOf(n), balance: 6_000n })));

  /** Runs what can be included, each as a block of its own, and counts nonces for the senders. */
  const runAll = (list: Parameters<Parameters<typeof moves.map>[0]>[0]): readonly LedgerState[] => {
    const states = [five];
    const nonces = new Map<string, bigint>();
    for (const { sender, fee, transfers } of list) {
      const before = states.at(-1) ?? five;
      const nonce = nonces.get(sender) ?? 0n;
      const messages = transfers.map(([to, sum]) => transferTo(to, sum));
      const result = execute(before, [transactionOf({ sender, fee, nonce, messages })]);
      if (E.isLeft(result)) continue;
      nonces.set(sender, nonce + 1n);
      states.push(result.right.state);
    }
    return states;
  };

  test('conserves the supply, by running total and by full scan', () => {
    fc.assert(
      fc.property(moves, (list) => {
        for (const state of runAll(list)) {
          expect(conservationFault(state, 'full')).toBeUndefined();
          expect(state.totals.supply).toBe(five.totals.supply);
        }
      }),
    );
  });

  test('of transactions that do not meet gives the same state in any order', () => {
    const pairs = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 2 });
    fc.assert(
      fc.property(pairs, fc.bigInt({ min: 1n, max: 5_000n }), (order, sum) => {
        // Each sender pays its own new account, and the failed ones fail alone.
        const tx = (n: number) =>
          transactionOf({ sender: personOf(n), messages: [transferTo(personOf(100 + n), sum)] });
        const one = right(execute(five, order.map(tx)));
        const other = right(execute(five, order.toSorted((a, b) => a - b).map(tx)));
        expect(one.appHash).toBe(other.appHash);
      }),
    );
  });

  test('split into several blocks gives the same accounts as in one', () => {
    fc.assert(
      fc.property(fc.nat({ max: 6 }), (cut) => {
        const all = Array.from({ length: 6 }, (_, i) =>
          transactionOf({
            sender: personOf(i % 2),
            nonce: BigInt(i >> 1),
            messages: [transferTo(personOf(3), BigInt(i + 1))],
          }),
        );
        const whole = right(execute(five, all));
        const firstHalf = right(execute(five, all.slice(0, cut)));
        const secondHalf = right(execute(firstHalf.state, all.slice(cut)));
        expect(mapRoot(secondHalf.state.accounts)).toBe(mapRoot(whole.state.accounts));
      }),
    );
  });

  test('that is empty keeps the app hash; the state given stays as it was', () => {
    const empty = outcomeOf(start);
    const full = outcomeOf(start, send(5n));
    expect(full.appHash).not.toBe(empty.appHash);
    expect(outcomeOf(start).appHash).toBe(empty.appHash);
    expect(balances(start)).toEqual([RICH, RICH, undefined]);
  });

  test('of transactions that decode is executed or refused, never thrown', () => {
    fc.assert(
      fc.property(fc.array(anyTransaction, { maxLength: 4 }), fc.boolean(), (list, known) => {
        const state = known
          ? stateOf(list.map(({ sender, nonce }) => ({ who: sender, balance: 1n << 40n, nonce })))
          : start;
        const result = execute(state, list);
        expect(E.isRight(result) ? conservationFault(result.right.state, 'running') : result.left._tag).toBe(
          E.isRight(result) ? undefined : 'InvalidBlock',
        );
      }),
    );
  });

  test('has a results hash that tells outcomes apart and keeps their order', () => {
    const hashes = [
      outcomeOf(start),
      outcomeOf(start, send(1n)),
      outcomeOf(start, send(RICH)),
      outcomeOf(start, send(1n), send(2n, { nonce: 1n })),
    ].map(({ resultsHash }) => resultsHash);
    expect(new Set(hashes).size).toBe(4);
  });
});
