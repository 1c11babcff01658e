import { createVerifiedCache, schemeOf } from '@zhtp/crypto';
import { encode, type SignatureCheck, type Validity, type Verifier } from '@zhtp/types';
import * as fc from 'fast-check';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { executeBlock, openTransaction, transactionCodec, type LedgerMessage } from '@zhtp/ledger';
import { parentIdOf } from '../src/proofs/storage-judgement.ts';
import { runBlock } from '../src/run-block.ts';
import { createVerificationLane } from '../src/verification-lane.ts';
import { ALGORITHM, blockOf, CONTEXT, right } from './support/chain.ts';
import { transactionOf, transferTo } from './support/executor.ts';
import { people, stakedChain } from './support/staked-chain.ts';

const ZHTP = 1_000_000n;
const { signatureBytes } = schemeOf(ALGORITHM);

/** A signature that says itself whether it holds. */
const signatureOf = (validity: Validity): Uint8Array =>
  new Uint8Array(signatureBytes).fill(validity === 'valid' ? 1 : 0);
const judge = ({ signature }: SignatureCheck): Validity => (signature[0] === 1 ? 'valid' : 'invalid');

/** Answers in later turns, the last asked first. */
const backwards = (concurrency: number): Verifier => {
  const asked: (() => void)[] = [];
  return {
    concurrency,
    verify: (check, done) => {
      asked.push(() => {
        done(judge(check));
      });
      setImmediate(() => asked.pop()?.());
    },
  };
};

interface Content {
  readonly by: number;
  readonly kind: 'transfer' | 'register';
  readonly signed: Validity;
  readonly proven: Validity;
}

const STATE = stakedChain({ balance: 5_000n * ZHTP }).state();

const messageOf = ({ by, kind, proven }: Content): LedgerMessage => {
  const [self, next] = [people[by], people[(by + 1) % people.length]];
  return kind === 'transfer'
    ? transferTo(next?.who ?? ('' as never), 1_000n * ZHTP)
    : {
        _tag: 'RegisterValidator',
        stake: 2_000n * ZHTP,
        storageProvided: 0n,
        consensusKey: self?.key ?? new Uint8Array(0),
        proofOfPossession: signatureOf(proven),
        commissionRate: 5,
        maxRate: 20,
        maxDailyChange: 5,
      };
};

/** A block of these in order, each with the nonce that the sender's earlier ones leave. */
const bytesOf = (contents: readonly Content[]): readonly Uint8Array[] => {
  const nonces = new Map<number, bigint>();
  return contents.map((content) => {
    const nonce = nonces.get(content.by) ?? 0n;
    nonces.set(content.by, nonce + 1n);
    const sender = people[content.by]?.who ?? ('' as never);
    const body = transactionOf({ sender, nonce, fee: 20_000n, messages: [messageOf(content)] });
    const signature = { ...body.signature, signature: signatureOf(content.signed) };
    return encode(transactionCodec)({ ...body, signature });
  });
};

const mostly = (valid: number): fc.Arbitrary<Validity> =>
  fc.oneof({ weight: valid, arbitrary: fc.constant('valid') }, { weight: 1, arbitrary: fc.constant('invalid') });

const content: fc.Arbitrary<Content> = fc.record({
  by: fc.nat(people.length - 1),
  kind: fc.constantFrom('transfer', 'transfer', 'register'),
  signed: mostly(200),
  proven: mostly(3),
});

test('a block executed ahead of its verdicts ends as if they had been known before', async () => {
  const seen = { executed: 0, refused: 0, failed: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(content, { maxLength: 130, size: 'max' }),
      fc.integer({ min: 1, max: 9 }),
      async (contents, concurrency) => {
        const block = blockOf(1n, bytesOf(contents));
        const { header, lastCommit, evidence } = block;
        const lane = createVerificationLane(backwards(concurrency), createVerifiedCache(10));
        const ran = await runBlock(STATE, CONTEXT, lane, block);
        const known = executeBlock(STATE, CONTEXT, {
          height: header.height,
          timeMs: header.time,
          proposer: header.proposer,
          signers: lastCommit.signers,
          previousId: parentIdOf(STATE, CONTEXT, lastCommit),
          evidence,
          transactions: block.transactions.map((bytes, i) => ({
            ...right(openTransaction(CONTEXT, bytes)),
            verdict: {
              _tag: 'Judged',
              publicKey: people[contents[i]?.by ?? 0]?.key ?? new Uint8Array(0),
              validity: contents[i]?.signed ?? 'invalid',
            },
            messageValidity: [contents[i]?.kind === 'register' ? contents[i].proven : 'valid'],
          })),
        });
        if (E.isLeft(known)) {
          seen.refused += 1;
          expect(ran).toEqual(known);
          return;
        }
        seen.executed += 1;
        const { appHash, resultsHash, executed } = right(ran);
        seen.failed += executed.filter(({ sentence }) => sentence !== '').length;
        expect({ appHash, resultsHash, executed }).toEqual({
          appHash: known.right.appHash,
          resultsHash: known.right.resultsHash,
          executed: known.right.executed,
        });
      },
    ),
    { numRuns: 60 },
  );
  expect(Math.min(seen.executed, seen.refused, seen.failed)).toBeGreaterThan(0);
}, 60_000);

test('a block with bytes that are no transaction is refused by their place, whatever comes before', async () => {
  const lane = createVerificationLane(backwards(2), createVerifiedCache(10));
  const good = bytesOf([{ by: 0, kind: 'transfer', signed: 'valid', proven: 'valid' }]);
  const ran = await runBlock(STATE, CONTEXT, lane, blockOf(1n, [...good, Uint8Array.of(7)]));
  expect(ran).toMatchObject({ left: { index: 1, cause: { code: 'Undecodable' } } });
});

/** Answers nothing, for as long as a test looks at what it was asked. */
const silent = (concurrency: number): Verifier & { readonly asked: () => number } => {
  let asked = 0;
  return {
    concurrency,
    asked: () => asked,
    verify: () => {
      asked += 1;
    },
  };
};

const askedAtOnce = async (transactions: readonly Uint8Array[], concurrency: number): Promise<number> => {
  const verifier = silent(concurrency);
  void runBlock(STATE, CONTEXT, createVerificationLane(verifier, createVerifiedCache(10)), blockOf(1n, transactions));
  await new Promise((resolve) => setImmediate(resolve));
  return verifier.asked();
};

describe('signatures of a block that are handed over and not verified yet', () => {
  const transfers = (count: number): readonly Uint8Array[] =>
    bytesOf(
      Array.from({ length: count }, (_, i): Content => ({
        by: i % people.length,
        kind: 'transfer',
        signed: 'valid',
        proven: 'valid',
      })),
    );

  test.each([1, 3])('are 32 for each of %d that keep the verifier busy, and no more', async (concurrency) => {
    const most = 32 * concurrency;
    expect(await askedAtOnce(transfers(most - 1), concurrency)).toBe(most - 1);
    expect(await askedAtOnce(transfers(most), concurrency)).toBe(most);
    expect(await askedAtOnce(transfers(most + 1), concurrency)).toBe(most);
  });

  test('are counted where a transaction has many', async () => {
    const proofs = 9;
    const registrations = Array.from({ length: proofs }, () =>
      messageOf({ by: 0, kind: 'register', signed: 'valid', proven: 'valid' }),
    );
    const sender = people[0]?.who ?? ('' as never);
    const many = Array.from({ length: 40 }, (_, i) => {
      const body = transactionOf({ sender, nonce: BigInt(i), fee: 100_000n, messages: registrations });
      const signature = { ...body.signature, signature: signatureOf('valid') };
      return encode(transactionCodec)({ ...body, signature });
    });
    const asked = await askedAtOnce(many, 1);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(32 + proofs);
  });
});
