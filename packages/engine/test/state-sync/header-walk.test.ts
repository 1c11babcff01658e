import { either as E } from 'fp-ts';
import { blockIdOf, evidenceHashOf } from '@zhtp/chain';
import { ZERO_HASH, type EvidencedHeader, type Hash, type SyncResponse } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { walkDown } from '../../src/state-sync/header-walk.ts';
import { answeringPeers, type Serve } from '../support/answering-peers.ts';
import { peerNamed } from '../support/context.ts';
import { blockAt } from '../support/genesis.ts';
import { hashNamed } from '../support/votes.ts';

const [HONEST, LIAR] = [peerNamed('honest'), peerNamed('liar')];

/** Headers of heights 1 to `count`, each naming the one before. */
const chainOf = (count: number): readonly EvidencedHeader[] => {
  const chain: EvidencedHeader[] = [];
  let lastBlockId: Hash = ZERO_HASH;
  for (let height = 1n; height <= BigInt(count); height++) {
    const header = { ...blockAt(height).header, lastBlockId, evidenceHash: evidenceHashOf([]) };
    chain.push({ header, evidence: [] });
    lastBlockId = blockIdOf(header);
  }
  return chain;
};
const CHAIN = chainOf(400);
const top = (height: number) => {
  const { header } = CHAIN[height - 1] ?? { header: blockAt(1n).header };
  return { height: header.height, blockId: blockIdOf(header) };
};
const range = (from: bigint, count: number): EvidencedHeader[] =>
  CHAIN.slice(Number(from) - 1, Number(from) - 1 + count);

/** Serves at most so many headers in one answer. */
const serving =
  (atMost: number, change: (headers: EvidencedHeader[]) => EvidencedHeader[] = (headers) => headers): Serve =>
  (_peer, request): SyncResponse | undefined =>
    request._tag === 'Headers'
      ? { _tag: 'Headers', headers: change(range(request.fromHeight, Math.min(request.count, atMost))) }
      : undefined;

const walk = (serve: Serve, from: number, until: bigint, names = [HONEST], isTopTrusted = true) => {
  const scene = answeringPeers(names, serve);
  const seen: bigint[] = [];
  let answer: unknown;
  const visit = ({ header }: EvidencedHeader) => {
    seen.push(header.height);
    return header.height === until ? ('enough' as const) : ('on' as const);
  };
  walkDown(scene.peers, 1n, top(from), visit, isTopTrusted)((given) => (answer = given));
  scene.run();
  return { ...scene, seen, answer };
};

const fallingTo = (from: number, to: number): readonly bigint[] =>
  Array.from({ length: from - to + 1 }, (_, i) => BigInt(from - i));

describe('headers from a believed id down', () => {
  test('are visited in falling heights until there are enough, in few and growing requests', () => {
    const { seen, answer, asked } = walk(serving(256), 400, 12n);
    expect(answer).toEqual(E.right(undefined));
    expect(seen).toEqual(fallingTo(400, 12));
    expect(asked.length).toBeLessThan(12);
  });

  test('end with the first height of the chain', () => {
    expect(walk(serving(256), 30, 0n).seen).toEqual(fallingTo(30, 1));
  });

  test('come from peers that send only few at once, as where blocks are large', () => {
    const { seen, answer, reports } = walk(serving(3), 40, 1n);
    expect(answer).toEqual(E.right(undefined));
    expect(seen).toEqual(fallingTo(40, 1));
    expect(reports).toEqual([]);
  });

  test.each([
    [
      'another header',
      (headers: EvidencedHeader[]) =>
        headers.map((each) => ({ ...each, header: { ...each.header, appHash: hashNamed('false') } })),
    ],
    [
      'headers of other heights',
      (headers: EvidencedHeader[]) => headers.toReversed().slice(0, 1).concat(headers.slice(1)),
    ],
    ['more than was asked for', (headers: EvidencedHeader[]) => [...headers, ...headers]],
  ])('with %s from a peer show that it lies, and come from others', (_what, change) => {
    const { seen, reports } = walk(
      (peer, request) => serving(256, peer === LIAR ? change : undefined)(peer, request),
      60,
      5n,
      [LIAR, HONEST],
    );
    expect(seen).toEqual(fallingTo(60, 5));
    expect(reports.filter((report) => report === 'liar: unasked-answer')).toHaveLength(1);
  });

  test('that contradict an id which a person gave accuse nobody, and say after eight what is wrong', () => {
    const { answer, reports, asked } = walk(
      serving(1, (headers) =>
        headers.map((each) => ({ ...each, header: { ...each.header, appHash: hashNamed('x') } })),
      ),
      20,
      20n,
      [HONEST],
      false,
    );
    expect(answer).toEqual(E.left(`the header of height 20 is not that of block ${top(20).blockId}`));
    expect(asked).toHaveLength(8);
    expect(reports).toEqual([]);
  });

  test('that nobody has end the walk', () => {
    const { answer } = walk(() => ({ _tag: 'Headers', headers: [] }), 20, 1n);
    expect(answer).toMatchObject(E.left(expect.stringContaining('it has no header of height 20')));
  });
});
