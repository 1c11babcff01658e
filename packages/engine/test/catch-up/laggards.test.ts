import { expect, test } from 'vitest';
import { answerLaggard } from '../../src/catch-up/laggards.ts';
import { peerNamed, testContext } from '../support/context.ts';
import { committedAt } from '../support/genesis.ts';
import { identityNamed, vote } from '../support/votes.ts';
import type { Peer } from '../../src/gossip/peers.ts';

const V0 = identityNamed('v0');

const laggard = (change: Partial<Peer> = {}): Peer => ({
  id: peerNamed('late'),
  validator: V0,
  headHeight: 0n,
  neighbours: [],
  hasCount: 0,
  firstHeld: [],
  deaf: undefined,
  sent: new Set(),
  answeredHeight: 0n,
  ...change,
});

const answers = (peer: Peer, height = 5n, times = 1): readonly string[] => {
  const { ctx, sent, blocks } = testContext(9n);
  for (let stored = 1n; stored <= 8n; stored++) blocks.set(stored, committedAt(stored));
  for (let i = 0; i < times; i++) answerLaggard(ctx, peer, vote({ height }));
  return sent.map(({ message }) =>
    message._tag === 'Decision' ? `decision ${String(message.committed.block.header.height)}` : message._tag,
  );
};

test('a vote of a decided height is answered with that height, once per peer and height', () => {
  expect(answers(laggard(), 5n, 3)).toEqual(['decision 5']);
});

test('only the voter itself is answered: a vote passed on says nothing of who passes it on', () => {
  expect(answers(laggard({ validator: identityNamed('v1') }))).toEqual([]);
  expect(answers(laggard({ validator: undefined }))).toEqual([]);
});

test('a peer that has said it is past the height is not answered', () => {
  expect(answers(laggard({ headHeight: 5n }))).toEqual([]);
  expect(answers(laggard({ headHeight: 4n }))).toEqual(['decision 5']);
});

test('a height that is not stored is not answered', () => {
  expect(answers(laggard(), 20n)).toEqual([]);
});
