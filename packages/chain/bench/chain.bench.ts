import { keyPairFromSeed, signMessage, verifyMessage } from '@zhtp/crypto';
import { test } from 'vitest';
import { blockIdOf, commitChecksFull, makeCertificate, precommitSignBytes, voteIdOf, voteSignBytes } from '@zhtp/chain';
import { CONTEXT, HEADER, hashOf, precommits, range, right, toySet, toyVote } from '../test/support.ts';

const vote = toyVote({});
const set = toySet(range(100).map(() => 1n));
const certificate = right(makeCertificate(set, precommits(set, range(100))));
const claim = {
  context: CONTEXT,
  set,
  certificate,
  decision: { height: 7n, blockId: hashOf('block'), validatorsHash: set.hash },
};
const key = keyPairFromSeed('ML-DSA-65', new Uint8Array(32));
const message = voteSignBytes(CONTEXT.genesisHash, vote);
const signature = signMessage(key, 'zhtp/vote/v1', message);
const rebuild = precommitSignBytes(CONTEXT.genesisHash, { height: 7n, round: 1, blockId: hashOf('block') });

test('what surrounds one verification of a vote', async ({ bench }) => {
  const [sign, id, verify] = [voteSignBytes, voteIdOf, verifyMessage];
  await bench('one ML-DSA-65 verification', () => {
    verify('ML-DSA-65', key.publicKey, 'zhtp/vote/v1', message, signature);
  }).run({ time: 300 });
  await bench('voteSignBytes', () => {
    sign(CONTEXT.genesisHash, vote);
  }).run({ time: 300 });
  await bench('voteIdOf', () => {
    id(vote);
  }).run({ time: 300 });
});

test('a certificate of 100', async ({ bench }) => {
  const [full, id] = [commitChecksFull, blockIdOf];
  await bench('100 × voteSignBytes', () => {
    for (let i = 0; i < 100; i++) voteSignBytes(CONTEXT.genesisHash, vote);
  }).run({ time: 300 });
  await bench('100 × precommitSignBytes', () => {
    for (const { identity } of set.validators) rebuild(identity);
  }).run({ time: 300 });
  await bench('commitChecksFull', () => {
    full(claim);
  }).run({ time: 300 });
  await bench('blockIdOf', () => {
    id(HEADER);
  }).run({ time: 300 });
});
