import { keyPairFromSeed } from '@zhtp/crypto';
import {
  decode,
  encode,
  storageCapacityAttestationCodec,
  type ChallengeResult,
  type StorageCapacityAttestation as AttestationRecord,
} from '@zhtp/types';
import {
  judgeAttestation,
  STORAGE_CHALLENGES,
  StorageCapacityAttestation,
  type AttestationContext,
} from '@zhtp/proofs';
import { storageChallenges } from '../src/storage-challenge.ts';
import { option as O } from 'fp-ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectRefused } from './expect-refused.ts';
import { attested, CHAIN_ID, hashOf, HEIGHT, keyPair, PREV_HASH, right, VALIDATOR } from './support.ts';

let made: Awaited<ReturnType<typeof attested>>;
beforeAll(async () => {
  made = await attested();
});

const resign = (record: Partial<AttestationRecord>): StorageCapacityAttestation =>
  right(
    right(StorageCapacityAttestation.fromRecord({ ...made.signed.toRecord(), ...record })).sign(keyPair(), {
      chainId: CHAIN_ID,
    }),
  );
const holds = (attestation: StorageCapacityAttestation, changes: Partial<AttestationContext> = {}): boolean =>
  right(attestation.verify({ ...made.context, ...changes }));
const reasonOf = (attestation: StorageCapacityAttestation, changes: Partial<AttestationContext> = {}): string => {
  const verdict = judgeAttestation(attestation, { ...made.context, ...changes });
  return verdict._tag === 'Fails' ? verdict.reason : verdict._tag;
};
const results = (change: (result: ChallengeResult, j: number) => ChallengeResult): StorageCapacityAttestation =>
  resign({ challengeResults: made.signed.challengeResults.map(change) });

describe('storage challenges', () => {
  const seed = { validator: VALIDATOR, root: hashOf('root'), prevHash: PREV_HASH, height: HEIGHT, leaves: 1_000 };

  test('are thirty, inside the tree, with ids of their own, even over a single leaf', () => {
    for (const leaves of [1, 2, 29, 1_000, 2 ** 40]) {
      const challenges = storageChallenges({ ...seed, leaves });
      expect(challenges).toHaveLength(STORAGE_CHALLENGES);
      expect(new Set(challenges.map(({ id }) => id)).size).toBe(STORAGE_CHALLENGES);
      expect(challenges.every(({ blockIndex }) => blockIndex >= 0n && blockIndex < BigInt(leaves))).toBe(true);
    }
  });

  test('depend on the previous block and the validator, not on what the prover committed', () => {
    const nonces = (changes: object) => storageChallenges({ ...seed, ...changes }).map(({ nonce }) => nonce);
    expect(nonces({ prevHash: hashOf('other') })).not.toEqual(nonces({}));
    expect(nonces({ validator: hashOf('other') })).not.toEqual(nonces({}));
    expect(nonces({ root: hashOf('other') })).toEqual(nonces({}));
  });
});

describe('StorageCapacityAttestation.create', () => {
  test.each<[string, Partial<AttestationRecord>, RegExp]>([
    ['capacity 0', { storageCapacity: 0n }, /at least 1 byte/],
    ['utilization 101', { utilization: 101n }, /0 to 100/],
    ['utilization −1', { utilization: -1n }, /utilization/],
  ])('refuses %s', (_what, changes, words) => {
    const record = { ...made.attestation.toRecord(), ...changes };
    expectRefused(StorageCapacityAttestation.create(record), 'ProofVerificationFailed', words);
  });

  test('takes utilizations of 0 and 100', () => {
    for (const utilization of [0n, 100n])
      expect(
        right(StorageCapacityAttestation.create({ ...made.attestation.toRecord(), utilization })).utilization,
      ).toBe(utilization);
  });

  test('refuses a challenge answered twice', () => {
    const challengeResults = [...made.signed.challengeResults, ...made.signed.challengeResults.slice(0, 1)];
    expectRefused(
      StorageCapacityAttestation.create({ ...made.attestation.toRecord(), challengeResults }),
      'ProofVerificationFailed',
      /twice/,
    );
  });
});

describe('StorageCapacityAttestation.sign', () => {
  test('leaves the unsigned one as it was', () => {
    expect(made.attestation.signature.signature).toHaveLength(0);
    expect(made.signed.signature.signature).toHaveLength(3_309);
  });

  test('a key that cannot sign is a CryptoError', () => {
    const broken = { ...keyPair(), secretKey: new Uint8Array(5) };
    expectRefused(made.attestation.sign(broken, { chainId: CHAIN_ID }), 'CryptoError', /keyPair/);
  });

  test('needs a chain id', () => {
    expectRefused(made.attestation.sign(keyPair(), { chainId: '' }), 'ProofVerificationFailed', /chainId/);
  });
});

describe('StorageCapacityAttestation.verify', () => {
  test('holds for what was committed, challenged and signed', () => {
    expect(reasonOf(made.signed)).toBe('Holds');
    expect(holds(made.signed)).toBe(true);
  });

  test('holds after a journey over the wire', () => {
    const codec = storageCapacityAttestationCodec;
    const decoded = right(decode(codec)(encode(codec)(made.signed)));
    expect(holds(right(StorageCapacityAttestation.fromRecord(decoded)))).toBe(true);
  });

  test('never without a signature', () => {
    expect(reasonOf(made.attestation)).toBe('the attestation is not signed');
    expect(holds(made.attestation)).toBe(false);
  });

  test.each<[string, Partial<AttestationContext>, RegExp]>([
    ['another root', { root: hashOf('other') }, /root of challenge/],
    ['another salt', { salt: hashOf('other') }, /does not lead to the committed root/],
    ['another previous block', { prevHash: hashOf('other') }, /challenge/],
    ['another chain', { chainId: 'other' }, /not by the registered key/],
    ['blocks of another length', { blockBytes: 2_048 }, /challenge/],
    ['a height before its challenge', { height: HEIGHT - 1n }, /above/],
    ['a height too late', { height: HEIGHT + 101n }, /older than 100/],
  ])('not against %s', (_what, changes, words) => {
    expect(reasonOf(made.signed, changes)).toMatch(words);
    expect(holds(made.signed, changes)).toBe(false);
  });

  test('not by another key, nor by another scheme than the chain has', () => {
    const other = keyPairFromSeed('ML-DSA-65', new Uint8Array(32).fill(8));
    expect(holds(made.signed, { key: other.publicKey })).toBe(false);
    const weak = keyPairFromSeed('ML-DSA-44', new Uint8Array(32).fill(7));
    const signed = right(made.attestation.sign(weak, { chainId: CHAIN_ID }));
    expect(holds(signed)).toBe(false);
    expect(holds(signed, { algorithm: 'ML-DSA-44', key: weak.publicKey })).toBe(true);
  });

  test('fresh to the last block of its age', () => {
    expect([99n, 100n, 101n].map((age) => holds(made.signed, { height: HEIGHT + age }))).toEqual([true, true, false]);
    expect([0n, 1n].map((age) => holds(made.signed, { height: HEIGHT + age, maxAge: 0n }))).toEqual([true, false]);
  });

  test('not with 29 answers, nor in another order', () => {
    const all = made.signed.challengeResults;
    expect(reasonOf(resign({ challengeResults: all.slice(1) }))).toMatch(/^29 challenges/);
    expect(reasonOf(resign({ challengeResults: [] }))).toMatch(/^0 challenges/);
    expect(holds(resign({ challengeResults: all.toReversed() }))).toBe(false);
  });

  test('a capacity the tree does not have fails', () => {
    for (const storageCapacity of [19_999n, 20_001n, 40_000n, 2n ** 64n - 1n])
      expect(holds(resign({ storageCapacity }))).toBe(false);
  });

  test('an answer marked invalid or expired fails, whatever its path', () => {
    const marked = (result: ChallengeResult['result']) =>
      results((answered, j) => (j === 17 ? { ...answered, result } : answered));
    expect(reasonOf(marked({ _tag: 'Invalid', reason: 'late' }))).toMatch(/marked Invalid/);
    expect(reasonOf(marked({ _tag: 'Expired' }))).toMatch(/marked Expired/);
  });

  test('every block and every path is verified again', () => {
    for (const at of [0, 29]) {
      const altered = (proof: (of: ChallengeResult['proof']) => ChallengeResult['proof']) =>
        results((result, j) => (j === at ? { ...result, proof: proof(result.proof) } : result));
      expect(holds(altered(({ block, path }) => ({ block: block.map((byte) => byte ^ 1), path })))).toBe(false);
      expect(holds(altered(({ block, path }) => ({ block: block.slice(1), path })))).toBe(false);
      expect(holds(altered(({ block, path }) => ({ block, path: path.slice(1) })))).toBe(false);
      expect(holds(altered(({ block, path }) => ({ block, path: [...path, hashOf('x')] })))).toBe(false);
    }
  });

  test('any change of a signed field without a new signature fails', () => {
    const record = made.signed.toRecord();
    for (const change of [{ utilization: 41n }, { timestamp: 1n }, { validatorId: hashOf('other') }])
      expect(holds(right(StorageCapacityAttestation.fromRecord({ ...record, ...change })))).toBe(false);
    const withKey = { ...record.signature, publicKey: O.some(keyPair().publicKey) };
    expect(holds(right(StorageCapacityAttestation.fromRecord({ ...record, signature: withKey })))).toBe(false);
  });

  test('no mutated byte string is another attestation that holds', () => {
    const codec = storageCapacityAttestationCodec;
    const bytes = encode(codec)(made.signed);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const mutated = bytes.slice();
        mutated[at] = (mutated[at] ?? 0) ^ flip;
        const decoded = decode(codec)(mutated);
        if (decoded._tag === 'Left') return;
        expect(encode(codec)(decoded.right)).toEqual(mutated);
        expect(judgeAttestation(decoded.right, made.context)._tag).not.toBe('Holds');
      }),
      { numRuns: 200 },
    );
  });
});

test('StorageCapacityAttestation.challengeHeight says which previous hash to look up', () => {
  expect(made.signed.challengeHeight()).toEqual(O.some(HEIGHT));
  expect(resign({ challengeResults: [] }).challengeHeight()).toEqual(O.none);
});
