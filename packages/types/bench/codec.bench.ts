import { either as E, option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import {
  bytesToHex,
  consensusVoteCodec,
  decode,
  encode,
  hash,
  identityId,
  nativeHex,
  portableHex,
  type ConsensusVote,
} from '@zhtp/types';
import { readVote, writeVote } from './by-hand.ts';

const must = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(String(result.left));
  return result.right;
};

/** A prevote signed with ML-DSA-65: 3,309 bytes of signature. */
const vote: ConsensusVote = {
  id: must(hash('1f'.repeat(32))),
  voter: must(identityId('2e'.repeat(32))),
  proposalId: O.some(must(hash('3d'.repeat(32)))),
  voteType: 'PreVote',
  height: 1_234_567n,
  round: 3,
  timestamp: 0n,
  signature: {
    algorithm: 'ML-DSA-65',
    signature: Uint8Array.from({ length: 3_309 }, (_, i) => i & 0xff),
    publicKey: O.none,
  },
  polRound: O.some(1),
  appHash: O.none,
  extension: O.none,
  extensionSignature: O.none,
};

/** Best of several rounds: on a shared machine the least disturbed one says most. */
const microsecondsPerCall = (works: readonly (() => unknown)[]): readonly number[] => {
  const best = works.map(() => Infinity);
  for (let turn = 0; turn < 12; turn++)
    for (const [i, work] of works.entries()) {
      const calls = 5_000;
      const start = performance.now();
      for (let call = 0; call < calls; call++) work();
      best[i] = Math.min(best[i] ?? Infinity, ((performance.now() - start) * 1_000) / calls);
    }
  return best;
};

const compare = (title: string, ours: () => unknown, name: string, theirs: () => unknown): void => {
  const [a = 0, b = 0] = microsecondsPerCall([ours, theirs]);
  console.log(`${title}: ${a.toFixed(2)} µs, ${(a / b).toFixed(1)} × ${name} (${b.toFixed(2)} µs)`);
};

test('a vote through its codec against code written for it alone', () => {
  const wire = encode(consensusVoteCodec)(vote);
  expect(writeVote(vote)).toEqual(wire);
  expect(readVote(wire)).toEqual(must(decode(consensusVoteCodec)(wire)));
  const [read, write] = [decode(consensusVoteCodec), encode(consensusVoteCodec)];
  compare(
    `decode a vote of ${String(wire.length)} bytes`,
    () => read(wire),
    'by hand, unchecked',
    () => readVote(wire),
  );
  compare(
    'encode it',
    () => write(vote),
    'by hand, unchecked',
    () => writeVote(vote),
  );
}, 60_000);

test.runIf(nativeHex !== undefined)(
  'hex of the runtime against our own',
  () => {
    const native = nativeHex ?? portableHex;
    for (const length of [32, 3_309]) {
      const bytes = new Uint8Array(length).fill(0xab);
      const digits = bytesToHex(bytes);
      compare(
        `${String(length)} bytes to hex`,
        () => native.format(bytes),
        'portable',
        () => portableHex.format(bytes),
      );
      compare(
        `hex to ${String(length)} bytes`,
        () => native.parse(digits),
        'portable',
        () => portableHex.parse(digits),
      );
    }
    expect(native.parse('ab')).toEqual(portableHex.parse('ab'));
  },
  60_000,
);
