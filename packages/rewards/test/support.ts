import { identityOf, keyPairFromSeed } from '@zhtp/crypto';
import { identityId, MICRO_PER_ZHTP, type IdentityId, type RewardRound } from '@zhtp/types';
import { ValidatorManager } from '@zhtp/validators';
import type { SetMember } from '@zhtp/rewards';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import fc from 'fast-check';

export const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result))
    throw new Error(`unexpected Left: ${JSON.stringify(result.left, (_, v: unknown) => String(v))}`);
  return result.right;
};

export const left = <L>(result: Either<L, unknown>): L => {
  if (E.isRight(result)) throw new Error('unexpected Right');
  return result.left;
};

/** Identity number n, sorting by n. */
export const id = (n: number): IdentityId => right(identityId(n.toString(16).padStart(64, '0')));

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

export const member = (n: number, votingPower: bigint, change: Partial<SetMember> = {}): SetMember => ({
  identity: id(n),
  votingPower,
  reputation: 10_000n,
  hasSigned: true,
  ...change,
});

/** A set of up to 20 members with any powers, reputations and signers. */
export const membersArbitrary = fc
  .array(
    fc.record({
      votingPower: fc.bigInt({ min: 0n, max: 1n << 50n }),
      reputation: fc.bigInt({ min: 0n, max: 10_000n }),
      hasSigned: fc.boolean(),
    }),
    { maxLength: 20 },
  )
  .map((members) => members.map((fields, n): SetMember => ({ identity: id(n + 1), ...fields })));

/** Σ rewards + treasury share. */
export const mintedBy = ({ totalRewards, treasuryShare }: RewardRound): bigint => totalRewards + treasuryShare;

export const ZHTP = MICRO_PER_ZHTP;

const keys = range(8).map((n) => keyPairFromSeed('ML-DSA-65', new Uint8Array(32).fill(n + 1)).publicKey);

/** Identities of the validators of {@link managerOf}, in order of registration. */
export const registered: readonly IdentityId[] = keys.map((key) => identityOf('ML-DSA-65', key));

/** A real registry of validators with these stakes, in whole ZHTP. */
export const managerOf = (...stakes: readonly bigint[]): ValidatorManager => {
  const manager = right(ValidatorManager.create(100, 1n, { consensusType: 'ProofOfStake' }));
  for (const [n, stake] of stakes.entries()) {
    const [identity, consensusKey] = [registered[n], keys[n]];
    if (identity === undefined || consensusKey === undefined) throw new Error('support has eight keys');
    right(
      manager.registerValidator({
        identity,
        stake: stake * ZHTP,
        storageProvided: 0n,
        consensusKey,
        commissionRate: 10,
        atSeconds: 1n,
      }),
    );
  }
  return manager;
};
