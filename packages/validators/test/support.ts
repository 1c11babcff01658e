import { taggedHash, identityOf, keyPairFromSeed } from '@zhtp/crypto';
import { encodeUtf8, identityId, MICRO_PER_ZHTP, type FrozenValidator, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Registration } from '../src/registry.ts';

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

/** A registration that every rule accepts, with the key of a fixed seed. */
export const registration = (n: number, change: Partial<Registration> = {}): Registration => {
  const { publicKey } = keyPairFromSeed('ML-DSA-65', new Uint8Array(32).fill(n));
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
