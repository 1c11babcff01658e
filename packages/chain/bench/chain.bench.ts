import { keyPairFromSeed, signMessage, verifyMessage } from '@zhtp/crypto';
import { bytesToHex, encode } from '@zhtp/types';
import { expect, test } from 'vitest';
import {
  blockIdOf,
  commitChecksFull,
  makeCertificate,
  precommitSignBytes,
  voteContentCodec,
  voteIdOf,
  voteSignBytes,
} from '@zhtp/chain';
import { CONTEXT, HEADER, hashOf, precommits, range, right, toySet, toyVote } from '../test/support.ts';

/** Microseconds per call, the best of several rounds: on a shared machine the least disturbed one says most. */
const micros = (calls: number, work: () => unknown): number => {
  let best = Infinity;
  for (let round = 0; round < 15; round++) {
    const start = performance.now();
    for (let call = 0; call < calls; call++) work();
    best = Math.min(best, ((performance.now() - start) * 1_000) / calls);
  }
  return best;
};

const vote = toyVote({});
const [signBytes, voteId, blockId, checks, verify] = [
  voteSignBytes,
  voteIdOf,
  blockIdOf,
  commitChecksFull,
  verifyMessage,
];

test('what surrounds the verification of a vote', () => {
  const key = keyPairFromSeed('ML-DSA-65', new Uint8Array(32));
  const message = signBytes(CONTEXT.genesisHash, vote);
  const signature = signMessage(key, 'zhtp/vote/v1', message);
  const writeContent = encode(voteContentCodec);
  const one = micros(200, () => verify('ML-DSA-65', key.publicKey, 'zhtp/vote/v1', message, signature));
  const declared = micros(5_000, () => writeContent(vote));
  for (const [name, cost] of [
    ['signed bytes', micros(5_000, () => signBytes(CONTEXT.genesisHash, vote))],
    ['vote id', micros(5_000, () => voteId(vote))],
  ] as const)
    console.log(
      `${name}: ${cost.toFixed(2)} µs, ${((100 * cost) / one).toFixed(1)} % of a verification, ${(cost / declared).toFixed(2)} × the codec's encoding alone`,
    );
  expect(verify('ML-DSA-65', key.publicKey, 'zhtp/vote/v1', message, signature)).toBe('valid');
});

test('what surrounds the verification of a certificate of 100', () => {
  const set = toySet(range(100).map(() => 1n));
  const certificate = right(makeCertificate(set, precommits(set, range(100))));
  const decision = { height: 7n, blockId: hashOf('block'), validatorsHash: set.hash };
  const claim = { context: CONTEXT, set, certificate, decision };
  const rebuild = precommitSignBytes(CONTEXT.genesisHash, { height: 7n, round: 1, blockId: hashOf('block') });
  const single = micros(5_000, () => signBytes(CONTEXT.genesisHash, vote));
  const rebuilt = micros(50, () => set.validators.map(({ identity }) => rebuild(identity)));
  console.log(`rebuilding a signer's precommit: ${(rebuilt / 100 / single).toFixed(2)} × the signed bytes of a vote`);
  console.log(
    `all checks of a certificate: ${(micros(50, () => checks(claim)) / rebuilt).toFixed(2)} × rebuilding its precommits`,
  );
  console.log(`block id: ${(micros(500, () => blockId(HEADER)) / single).toFixed(1)} × the signed bytes of a vote`);
  expect(
    right(checks(claim))
      .map(({ message }) => bytesToHex(message))
      .at(-1),
  ).toMatch(new RegExp(`^${CONTEXT.genesisHash}`));
});
