import { beforeAll, describe, expect, test } from 'vitest';
import { option as O } from 'fp-ts';
import {
  commitToStorage,
  conservationFault,
  submitAttestation,
  withdrawStorage,
  type LedgerMessage,
  type MessageFailure,
} from '@zhtp/ledger';
import { GIB } from '@zhtp/types';
import { hashOf } from './support/chain.ts';
import { holdBytes, unsignedAttestation, type HeldBytes } from './support/proofs.ts';
import { parentIdAt, people, stakedChain, type Person, type StakedChain } from './support/staked-chain.ts';

const ZHTP = 1_000_000n;
const [a, b, , , outsider] = people as unknown as readonly [Person, Person, Person, Person, Person];
let held: HeldBytes;
let other: HeldBytes;
beforeAll(async () => {
  held = await holdBytes(a.who);
  other = await holdBytes(a.who, 5_000, 8);
});

const answer = async (bytes: HeldBytes, height: bigint): Promise<LedgerMessage> =>
  submitAttestation(await bytes.attest({ height, prevHash: parentIdAt(height) }));

/** What becomes of one message in the next block. */
const outcomeOf = (chain: StakedChain, by: Person, message: LedgerMessage) => {
  const { executed, events } = chain.next({ messages: [[by, message]] });
  return { failure: executed[0]?.receipt.failure, sentence: executed[0]?.sentence ?? '', events };
};
const expectApplied = (chain: StakedChain, by: Person, message: LedgerMessage) => {
  const outcome = outcomeOf(chain, by, message);
  expect(outcome.sentence).toBe('');
  return outcome.events;
};
const expectRefused = (chain: StakedChain, by: Person, message: LedgerMessage, why: RegExp): void => {
  const before = chain.state().proofs;
  const { failure, sentence } = outcomeOf(chain, by, message);
  const reason: MessageFailure = 'StorageRefused';
  expect(sentence).toMatch(why);
  expect(failure).toEqual(O.some({ message: 0, reason }));
  const { commitments, attested } = chain.state().proofs;
  expect([commitments, attested]).toEqual([before.commitments, before.attested]);
};

const committed = (): StakedChain => {
  const chain = stakedChain();
  chain.passBlocks(2);
  expectApplied(chain, a, commitToStorage(held.tree)); // block 3
  return chain;
};

describe('a commitment', () => {
  test('stands from its block on, which says so', () => {
    const chain = stakedChain();
    chain.passBlocks(2);
    const { root, salt, blockBytes } = held.tree;
    const commitment = { root, salt, blockBytes };
    expect(expectApplied(chain, a, commitToStorage(held.tree))).toContainEqual({
      _tag: 'StorageCommitted',
      validator: a.who,
      commitment,
    });
    expect(chain.state().proofs.commitments.get(a.who)).toEqual({ ...commitment, height: 3n });
  });

  test('is a validator’s, who may have registered in the same transaction', () => {
    const chain = stakedChain();
    chain.passBlocks(1);
    expectRefused(chain, outsider, commitToStorage(held.tree), /is no validator: register first/);
    const registration: LedgerMessage = {
      _tag: 'RegisterValidator',
      stake: 1_000n * ZHTP,
      storageProvided: 0n,
      consensusKey: outsider.key,
      proofOfPossession: new Uint8Array(1),
      commissionRate: 5,
      maxRate: 20,
      maxDailyChange: 5,
    };
    const { executed } = chain.next({ together: [[outsider, [registration, commitToStorage(held.tree)]]] });
    expect(executed[0]?.sentence).toBe('');
    expect(chain.state().proofs.commitments.get(outsider.who)?.height).toBe(chain.height());
  });

  test('is not made again, but replaced, and what was shown of the old bytes is forgotten', async () => {
    const chain = committed();
    chain.passBlocks(1);
    expectRefused(chain, a, commitToStorage(held.tree), /has committed to this since height 3/);
    expectApplied(chain, a, await answer(held, 5n));
    expect(chain.state().proofs.attested.has(a.who)).toBe(true);
    expectApplied(chain, a, commitToStorage(other.tree));
    expect(chain.state().proofs.commitments.get(a.who)?.height).toBe(chain.height());
    expect(chain.state().proofs.attested.has(a.who)).toBe(false);
  });

  test('is withdrawn with what was shown of it', async () => {
    const chain = committed();
    expectApplied(chain, a, await answer(held, 4n));
    expect(expectApplied(chain, a, withdrawStorage())).toContainEqual({ _tag: 'StorageWithdrawn', validator: a.who });
    expect(chain.state().proofs.commitments.has(a.who)).toBe(false);
    expect(chain.state().proofs.attested.has(a.who)).toBe(false);
    expectRefused(chain, a, withdrawStorage(), /has committed no storage/);
  });

  test.each(['Hybrid', 'ProofOfStorage'] as const)(
    'is not withdrawn by an active validator of a chain of type %s, which could not propose without it',
    (consensusType) => {
      const chain = stakedChain({ validators: 5, config: { consensusType } });
      chain.passBlocks(1);
      expectApplied(chain, a, commitToStorage(held.tree));
      expectRefused(chain, a, withdrawStorage(), /asks active validators for storage: leave the set first/);
      expectApplied(chain, a, commitToStorage(other.tree));
      expectApplied(chain, a, { _tag: 'LeaveSet' });
      expectApplied(chain, a, withdrawStorage());
    },
  );

  test('of a tombstoned validator is not taken', () => {
    const chain = committed();
    const { staking, ...rest } = chain.state();
    const account = staking.accounts.get(a.who);
    if (account === undefined) throw new Error('no validator');
    const validator = { ...account.validator, status: 'Slashed' as const };
    chain.replace({
      ...rest,
      staking: { ...staking, accounts: staking.accounts.with(a.who, { ...account, validator }) },
    });
    expectRefused(chain, a, commitToStorage(other.tree), /tombstoned for good/);
  });
});

describe('an attestation in a transaction', () => {
  test('shows its bytes, and says so', async () => {
    const chain = committed();
    const events = expectApplied(chain, a, await answer(held, 4n));
    expect(events).toContainEqual({ _tag: 'StorageProven', validator: a.who, capacity: 3_000n, challengeHeight: 4n });
    expect(chain.state().proofs.attested.get(a.who)).toEqual({ capacity: 3_000n, challengeHeight: 4n });
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  });

  test('answers a challenge that comes after the commitment: not of its own height, not of one before', async () => {
    for (const height of [2n, 3n]) {
      const chain = committed();
      chain.passBlocks(1);
      expectRefused(chain, a, await answer(held, height), /is not after the commitment of height 3/);
    }
    const chain = committed();
    chain.passBlocks(1);
    expectApplied(chain, a, await answer(held, 4n));
  });

  test('of bytes that were replaced is refused, though its challenge is later', async () => {
    const chain = committed();
    expectApplied(chain, a, commitToStorage(other.tree)); // block 4
    chain.passBlocks(1);
    expectRefused(chain, a, await answer(held, 5n), /root of challenge/);
    expectApplied(chain, a, await answer(other, 5n));
  });

  test('is no answer to what nobody has asked yet', async () => {
    const chain = committed();
    const ahead = await answer(held, 9n);
    expectRefused(chain, a, ahead, /challenge of height 9 is none of the last epoch/);
  });

  test('counts to the last block of an epoch after its challenge, and not one later', async () => {
    const AGE = 10;
    for (const late of [-1, 0, 1]) {
      const chain = committed();
      const message = await answer(held, 4n);
      chain.passBlocks(AGE + late); // block 4 is among them
      if (late === 1) expectRefused(chain, a, message, /none of the last epoch/);
      else expectApplied(chain, a, message);
    }
  });

  test('shows nothing twice: the same challenge or an earlier one is refused', async () => {
    const chain = committed();
    chain.passBlocks(2);
    expectApplied(chain, a, await answer(held, 5n));
    expectRefused(chain, a, await answer(held, 5n), /by the challenge of height 5 already/);
    expectRefused(chain, a, await answer(held, 4n), /by the challenge of height 5 already/);
    expectApplied(chain, a, await answer(held, 6n));
  });

  test('needs a commitment, and is everyone’s own', async () => {
    const chain = committed();
    expectRefused(chain, b, submitAttestation(unsignedAttestation(b.who)), /has committed no storage/);
    expectRefused(chain, b, await answer(held, 4n), /each shows its own/);
    expectRefused(chain, outsider, submitAttestation(unsignedAttestation(outsider.who)), /is no validator/);
  });

  test('that is signed by nobody, or claims other bytes, or answers nothing, is refused', async () => {
    const good = await held.attest({ height: 4n, prevHash: parentIdAt(4n) });
    const wrong: readonly (readonly [Partial<typeof good>, RegExp])[] = [
      [{ storageCapacity: 3_001n }, /bytes, not those of the capacity claimed/],
      [{ storageCapacity: 2n ** 63n }, /more than a tree can hold|asked was|capacity/],
      [{ storageCapacity: 0n }, /at least 1 byte/],
      [{ utilization: 101n }, /percentage from 0 to 100/],
      [{ challengeResults: [] }, /0 challenges are answered/],
      [{ challengeResults: good.challengeResults.slice(1) }, /29 challenges/],
      [{ challengeResults: [...good.challengeResults.slice(1), ...good.challengeResults.slice(0, 1)] }, /asked was/],
      [{ signature: { ...good.signature, signature: new Uint8Array(1) } }, /not signed/],
      [{ signature: { ...good.signature, algorithm: 'ML-DSA-87' } }, /the chain signs by/],
      [{ signature: { ...good.signature, publicKey: O.some(a.key) } }, /carries a key/],
    ];
    for (const [fields, why] of wrong) expectRefused(committed(), a, submitAttestation({ ...good, ...fields }), why);
  });
});

describe('genesis commitments', () => {
  test('stand in the same map, and the first block’s challenge is after them', async () => {
    const { root, salt, blockBytes } = held.tree;
    const chain = stakedChain({ storage: [{ validator: a.who, root, salt, blockBytes }] });
    expect(chain.state().proofs.commitments.get(a.who)).toEqual({ root, salt, blockBytes, height: 0n });
    chain.next();
    expectApplied(chain, a, await answer(held, 1n));
  });
});

describe('what is shown', () => {
  test('is power from the next epoch boundary on, and paid for in every round meanwhile', () => {
    const chain = stakedChain({ config: { consensusType: 'ProofOfStorage' } });
    chain.passBlocks(2);
    const { proofs, ...rest } = chain.state();
    // As an attestation of terabytes leaves it; making one takes the bytes.
    const attested = proofs.attested.with(a.who, { capacity: 700n * GIB + 5n, challengeHeight: 2n });
    chain.replace({ ...rest, proofs: { ...proofs, attested } });
    const paid = chain.passBlocks(1).flatMap((event) => (event._tag === 'RewardsDistributed' ? [event.round] : []));
    const work = paid[0]?.validatorRewards.get(a.who)?.workBreakdown;
    expect((work?.get('DataStorage') ?? 0n) > (work?.get('Validation') ?? 0n)).toBe(true);
    expect(paid[0]?.validatorRewards.get(b.who)?.workBreakdown.get('DataStorage')).toBeUndefined();
    chain.passBlocks(8);
    expect(chain.validator(a)?.votingPower).toBe(700n);
    expect(chain.validator(b)?.votingPower).toBe(1n);
    chain.passBlocks(10);
    expect(chain.validator(a)?.votingPower).toBe(1n); // not shown again within the epoch
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  });
});

test('a commitment of other hashes is another one, whatever they are', () => {
  const chain = committed();
  for (const change of [{ root: hashOf(1) }, { salt: hashOf(1) }, { blockBytes: 2_048 }])
    expectApplied(chain, a, commitToStorage({ ...held.tree, ...change }));
});
