import { bytesToHex, CHAIN_ID_BYTES_MAX, encode, headerCodec, hexToBytes, U64_MAX, type Header } from '@zhtp/types';
import { merkleRoot } from '@zhtp/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blockIdOf,
  commitHashOf,
  dataHashOf,
  emptyCertificate,
  evidenceHashOf,
  HEADER_FIELDS,
  headerFieldProof,
  parametersHashOf,
  proofHashOf,
  duplicateVote,
  verifyHeaderField,
  type HeaderField,
  type HeaderFieldProof,
} from '@zhtp/chain';
import { CHANGED_FIELDS, HEADER, hashOf, PARAMETERS, proofAt, right, toyVote } from './support.ts';

const changed = (field: HeaderField): Header => ({ ...HEADER, [field]: CHANGED_FIELDS[field] });

describe('block id', () => {
  test.each(HEADER_FIELDS)('changes with %s', (field) => {
    expect(blockIdOf(changed(field))).not.toBe(blockIdOf(HEADER));
  });

  test('has one leaf for each field of the header, in the order of its canonical bytes', () => {
    expect(HEADER_FIELDS).toEqual(Object.keys(HEADER));
    const written = bytesToHex(encode(headerCodec)(HEADER));
    const lengths = [8, 4 + HEADER.chainId.length, 8, 8, ...Array.from({ length: 8 }, () => 32), 4, 32, 32, 32];
    const leaves: Uint8Array[] = [];
    let at = 0;
    for (const length of lengths) {
      leaves.push(right(hexToBytes(written.slice(2 * at, 2 * (at + length)))));
      at += length;
    }
    expect(at * 2).toBe(written.length);
    expect(blockIdOf(HEADER)).toBe(merkleRoot(leaves));
  });

  test('is a function of the header alone, whatever header was hashed before it', () => {
    const headers = fc.record({
      chainId: fc.constantFrom('a', 'another-chain', 'x'.repeat(CHAIN_ID_BYTES_MAX)),
      height: fc.constantFrom(HEADER.height, U64_MAX),
      dataHash: fc.constantFrom(HEADER.dataHash, hashOf('data'), hashOf('other data')),
      version: fc.constantFrom(HEADER.version, { protocol: 1, app: 2 ** 32 - 1 }, { protocol: 2, app: 1 }),
      difficultyBits: fc.constantFrom(HEADER.difficultyBits, 1),
      resultsHash: fc.constantFrom(HEADER.resultsHash, hashOf('results')),
    });
    fc.assert(
      fc.property(fc.array(headers, { minLength: 2, maxLength: 6 }), (fields) => {
        for (const some of fields) {
          const header = { ...HEADER, ...some };
          for (const field of HEADER_FIELDS)
            expect(verifyHeaderField(blockIdOf(header), headerFieldProof(header, field))).toBe('valid');
          expect(blockIdOf(header)).toBe(blockIdOf({ ...header }));
        }
      }),
    );
  });
});

describe('a field is proven against the block id alone', () => {
  const id = blockIdOf(HEADER);

  test.each(HEADER_FIELDS)('%s', (field) => {
    expect(verifyHeaderField(id, headerFieldProof(HEADER, field))).toBe('valid');
    expect(verifyHeaderField(blockIdOf(changed(field)), headerFieldProof(HEADER, field))).toBe('invalid');
  });

  test('a proof of another field with the same value is refused', () => {
    const header: Header = { ...HEADER, appHash: HEADER.dataHash };
    const proof: HeaderFieldProof<'appHash'> = { ...headerFieldProof(header, 'dataHash'), field: 'appHash' };
    expect(verifyHeaderField(blockIdOf(header), proof)).toBe('invalid');
  });

  test('a longer, shorter or changed path is refused', () => {
    const proof = headerFieldProof(HEADER, 'appHash');
    const [first] = proof.path;
    for (const path of [[], proof.path.slice(1), [...proof.path, hashOf('x')], [hashOf('x'), ...proof.path.slice(1)]])
      expect(verifyHeaderField(id, { ...proof, path })).toBe('invalid');
    expect(first).toBeDefined();
  });

  test('a value outside the type of its field is refused, not thrown', () => {
    expect(verifyHeaderField(id, { ...headerFieldProof(HEADER, 'height'), value: U64_MAX + 1n })).toBe('invalid');
    expect(verifyHeaderField(id, { ...headerFieldProof(HEADER, 'chainId'), value: 'x'.repeat(65) })).toBe('invalid');
  });
});

describe('body hashes', () => {
  test('data hash tells transactions and their order apart', () => {
    const transactions = fc.array(fc.uint8Array({ maxLength: 3 }), { maxLength: 4 });
    const text = (list: readonly Uint8Array[]): string => list.map((tx) => bytesToHex(tx)).join();
    fc.assert(
      fc.property(transactions, transactions, (a, b) => {
        const same = a.length === b.length && text(a) === text(b);
        expect(dataHashOf(a) === dataHashOf(b)).toBe(same);
      }),
    );
  });

  test('evidence, certificate, proof and parameters hashes change with what they cover', () => {
    const evidence = duplicateVote(toyVote({}), toyVote({ proposalId: { _tag: 'None' } }));
    expect(evidenceHashOf([evidence])).not.toBe(evidenceHashOf([]));
    expect(evidenceHashOf([evidence, evidence])).not.toBe(evidenceHashOf([evidence]));
    expect(commitHashOf({ ...emptyCertificate(), round: 1 })).not.toBe(commitHashOf(emptyCertificate()));
    expect(proofHashOf(proofAt(1_000n))).not.toBe(proofHashOf(proofAt(2_000n)));
    expect(parametersHashOf({ ...PARAMETERS, fastBlocks: true })).not.toBe(parametersHashOf(PARAMETERS));
  });
});
