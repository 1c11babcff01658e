import { blockCodec, encode, type Block, type Evidence } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  BLOCK_EVIDENCE_BYTES_MAX,
  checkBlockBody,
  checkBlockLimits,
  checkBodyOfHeader,
  commitHashOf,
  duplicateVote,
  emptyCertificate,
  evidenceHashOf,
  makeBlock,
  noProof,
  secondsOf,
  type BlockParts,
} from '@zhtp/chain';
import { HEADER, hashOf, left, PARAMETERS, proofAt, toyVote } from './support.ts';

const { lastCommitHash: _a, dataHash: _b, evidenceHash: _c, proofHash: _d, ...FIELDS } = HEADER;

const parts = (change: Partial<BlockParts> = {}): BlockParts => ({
  ...FIELDS,
  transactions: [Uint8Array.of(1), Uint8Array.of(2, 3)],
  lastCommit: emptyCertificate(),
  evidence: [],
  proof: proofAt(FIELDS.time),
  ...change,
});

const BLOCK = makeBlock(parts());
const refusal = (block: Block, parameters = PARAMETERS): readonly [string, string] => {
  const { _tag, field } = left(checkBlockBody(block, parameters));
  return [_tag, field];
};

test('a block made here fits its own header', () => {
  expect(checkBlockBody(BLOCK, PARAMETERS)).toEqual(E.right(undefined));
});

test('a proof that shows nothing fits the time of its block, and names the consensus type', () => {
  const proof = noProof('Hybrid', FIELDS.time);
  expect(proof).toEqual(proofAt(FIELDS.time));
  expect(checkBlockBody(makeBlock(parts({ proof })), PARAMETERS)).toEqual(E.right(undefined));
  expect(noProof('ProofOfStake', 1_999n)).toMatchObject({ consensusType: 'ProofOfStake', timestamp: 1n });
});

describe('a header that does not fit its body is refused', () => {
  test.each(['lastCommitHash', 'dataHash', 'evidenceHash', 'proofHash'] as const)('%s', (field) => {
    expect(refusal({ ...BLOCK, header: { ...BLOCK.header, [field]: hashOf('x') } })).toEqual(['WrongBodyHash', field]);
  });

  test('whatever part of the body changed', () => {
    expect(refusal({ ...BLOCK, transactions: [] })[1]).toBe('dataHash');
    expect(refusal({ ...BLOCK, transactions: BLOCK.transactions.toReversed() })[1]).toBe('dataHash');
    expect(refusal({ ...BLOCK, lastCommit: { ...BLOCK.lastCommit, round: 1 } })[1]).toBe('lastCommitHash');
    expect(refusal({ ...BLOCK, evidence: [duplicateVote(toyVote({}), toyVote({ round: 2 }))] })[1]).toBe(
      'evidenceHash',
    );
    expect(refusal({ ...BLOCK, proof: { ...BLOCK.proof, zkDidProof: O.some(Uint8Array.of(1)) } })[1]).toBe('proofHash');
  });

  test('a proof whose time is not the header’s', () => {
    const block = makeBlock(parts({ proof: proofAt(FIELDS.time + 1_000n) }));
    expect(refusal(block)).toEqual(['WrongTime', 'proof.timestamp']);
  });

  test('a certificate whose bitmap and signatures disagree', () => {
    const lastCommit = { ...emptyCertificate(), signers: Uint8Array.of(1), setSize: 1 };
    expect(refusal({ ...BLOCK, lastCommit })).toEqual(['WrongCertificate', 'lastCommit']);
    expect(() => commitHashOf(lastCommit)).toThrow('signers');
  });
});

describe('sizes', () => {
  test('a block may be exactly as long as maxBlockBytes', () => {
    const length = encode(blockCodec)(BLOCK).length;
    expect(checkBlockBody(BLOCK, { ...PARAMETERS, maxBlockBytes: length })).toEqual(E.right(undefined));
    expect(refusal(BLOCK, { ...PARAMETERS, maxBlockBytes: length - 1 })).toEqual(['TooLarge', 'size']);
    expect(E.isLeft(checkBlockBody(BLOCK, PARAMETERS, PARAMETERS.maxBlockBytes + 1))).toBe(true);
  });

  test('a block may hold exactly maxTransactionsPerBlock', () => {
    const withMax = (maxTransactionsPerBlock: number) => ({
      ...PARAMETERS,
      consensus: { ...PARAMETERS.consensus, maxTransactionsPerBlock },
    });
    expect(checkBlockBody(BLOCK, withMax(2))).toEqual(E.right(undefined));
    expect(refusal(BLOCK, withMax(1))).toEqual(['TooLarge', 'transactions']);
  });

  test('evidence takes at most 1 MiB and 256 pieces', () => {
    const vote = toyVote({});
    const heavy: Evidence = {
      _tag: 'DuplicateVote',
      voteA: { ...vote, signature: { ...vote.signature, signature: new Uint8Array(8_000) } },
      voteB: vote,
    };
    const enough = Math.floor(BLOCK_EVIDENCE_BYTES_MAX / 8_200) + 6;
    const withEvidence = (evidence: readonly Evidence[]): Block => ({
      ...BLOCK,
      evidence,
      header: { ...BLOCK.header, evidenceHash: evidenceHashOf(evidence) },
    });
    expect(refusal(withEvidence(Array.from({ length: enough }, () => heavy)))).toEqual(['TooLarge', 'evidence']);
    expect(checkBlockBody(withEvidence([heavy]), PARAMETERS)).toEqual(E.right(undefined));
    const light: Evidence = { ...heavy, voteA: vote };
    expect(checkBlockBody(withEvidence(Array.from({ length: 256 }, () => light)), PARAMETERS)).toEqual(
      E.right(undefined),
    );
    const tooMany = { ...BLOCK, evidence: Array.from({ length: 257 }, () => light) };
    expect(refusal(tooMany)).toEqual(['TooLarge', 'evidence']);
  });
});

test('seconds of a header time are rounded down', () => {
  expect([0n, 999n, 1_000n, 1_999n].map((ms) => secondsOf(ms))).toEqual([0n, 0n, 1n, 1n]);
});

test('another body beside a header breaks no rule of the header’s block; a block out of bounds does', () => {
  const otherBody = { ...BLOCK, transactions: [] };
  expect(checkBlockLimits(otherBody, PARAMETERS)).toEqual(E.right(undefined));
  expect(left(checkBodyOfHeader(otherBody)).field).toBe('dataHash');
  const outOfBounds = { ...PARAMETERS, maxBlockBytes: 1 };
  expect(left(checkBlockLimits(BLOCK, outOfBounds)).field).toBe('size');
  expect(checkBodyOfHeader(BLOCK)).toEqual(E.right(undefined));
});
