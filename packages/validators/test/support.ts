import { taggedHash, identityOf, keyPairFromSeed } from '@zhtp/crypto';
import { encodeUtf8, identityId, MICRO_PER_ZHTP, type FrozenValidator, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { ValidatorManager, type Registration, type Validator, type ValidatorManagerOptions } from '@zhtp/validators';

export const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(`unexpected Left: ${JSON.stringify(result.left)}`);
  return result.right;
};

export const left = <L>(result: Either<L, unknown>): L => {
  if (E.isRight(result)) throw new Error('unexpected Right');
  return result.left;
};

/** An identity that sorts like its name. */
export const identityNamed = (name: string): IdentityId =>
  right(
    identityId(
      [...encodeUtf8(name)]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('')
        .padEnd(64, '0'),
    ),
  );

export const frozen = (name: string, votingPower: bigint, key = name): FrozenValidator => ({
  identity: identityNamed(name),
  consensusKey: encodeUtf8(taggedHash('test/key', encodeUtf8(key))),
  votingPower,
});

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

const keys = new Map<number, Uint8Array>();
const keyOfSeed = (n: number): Uint8Array => {
  const known = keys.get(n) ?? keyPairFromSeed('ML-DSA-65', new Uint8Array(32).fill(n)).publicKey;
  keys.set(n, known);
  return known;
};

/** A registration that every rule accepts, with the key of a fixed seed. */
export const registration = (n: number, change: Partial<Registration> = {}): Registration => {
  const publicKey = keyOfSeed(n);
  return {
    identity: identityOf('ML-DSA-65', publicKey),
    stake: 1_000n * MICRO_PER_ZHTP,
    storageProvided: 0n,
    consensusKey: publicKey,
    commissionRate: 5,
    atSeconds: 100n,
    ...change,
  };
};

/** Validators with these own stakes, in whole ZHTP, registered as 1, 2, … before the first block. */
export const managerWith = (
  stakes: readonly number[],
  options: ValidatorManagerOptions = {},
  maxValidators = 100,
): ValidatorManager => {
  const manager = right(
    ValidatorManager.create(maxValidators, 10n * MICRO_PER_ZHTP, { consensusType: 'ProofOfStake', ...options }),
  );
  for (const [i, stake] of stakes.entries())
    right(manager.registerValidator(registration(i + 1, { stake: BigInt(stake) * MICRO_PER_ZHTP })));
  return manager;
};

export const id = (n: number): IdentityId => registration(n).identity;

/** The record of a validator that must be there. */
export const recordOf = (manager: ValidatorManager, n: number): Validator =>
  right(E.fromOption(() => `no validator ${String(n)}`)(manager.getValidator(id(n))));

/** Executes empty blocks up to this height, a second each by default. */
export const runTo = (manager: ValidatorManager, height: bigint, secondsPerBlock = 1n): void => {
  for (let at = (manager.state.now?.height ?? 0n) + 1n; at <= height; at++) {
    const before = manager.state.now?.atSeconds ?? 0n;
    if (manager.state.now !== undefined) right(manager.endBlock());
    right(manager.beginBlock({ height: at, atSeconds: before + secondsPerBlock }));
  }
};

/** Identities of the last decided set. */
export const memberIds = (manager: ValidatorManager): readonly IdentityId[] =>
  manager.state.members.map(({ identity }) => identity);
