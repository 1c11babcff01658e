import { shake128 } from '@noble/hashes/sha3.js';
import { bytesToHex, type SignatureAlgorithm } from '@zhtp/types';
import { describeVectors } from '@zhtp/testing';
import { SIGNATURE_ALGORITHMS } from '@zhtp/crypto';
import { expect, test } from 'vitest';
import { noble, runtime } from './back-ends.ts';

interface Accumulated {
  readonly iterations: number;
  readonly result: Readonly<Record<SignatureAlgorithm, string>>;
}

const EMPTY = new Uint8Array(0);

describeVectors<Accumulated>('CCTV accumulated', 'mldsa/cctv_accumulated_100.json', ({ iterations, result }) => {
  test.each(SIGNATURE_ALGORITHMS)(
    '%s: one hash over all keys and deterministic signatures, each of them verified by both',
    { timeout: 300_000 },
    (algorithm) => {
      const seeds = shake128.create({}).update(EMPTY);
      const absorbed = shake128.create({});
      const refused: number[] = [];
      for (let i = 0; i < iterations; i++) {
        const seed = seeds.xof(32);
        const publicKey = noble.keygenFromSeed(algorithm, seed);
        const signature = noble.sign({ algorithm, seed, message: EMPTY, context: EMPTY, deterministic: true });
        absorbed.update(publicKey).update(signature);
        const check = { algorithm, publicKey, message: EMPTY, context: EMPTY, signature };
        if (noble.verify(check) !== 'valid' || runtime.verify(check) !== 'valid') refused.push(i);
      }
      expect(refused).toEqual([]);
      expect(bytesToHex(absorbed.xof(32))).toBe(result[algorithm]);
    },
  );
});
