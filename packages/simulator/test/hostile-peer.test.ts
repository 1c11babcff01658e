import { option as O } from 'fp-ts';
import { sealVote } from '@zhtp/chain';
import {
  encode,
  peerMessageCodec,
  syncRequestCodec,
  type ConsensusVote,
  type IdentityId,
  type Network,
  type PeerId,
  type PeerMessage,
} from '@zhtp/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom, createWorld, mlDsaScheme, type World } from '@zhtp/simulator';

/** Of ML-DSA-44. */
const SIGNATURE_BYTES = 2_420;
const MALLORY = 'node-99' as PeerId;
const NODES = [0, 1, 2, 3];

/** Four validators and a peer without a node, which says what the test wants. */
const worldWithStranger = async (seed: number) => {
  const seen: Uint8Array[] = [];
  // Real signatures: a stranger must not be able to speak for others.
  const world = createWorld({ seed, validators: 4, scheme: mlDsaScheme('ML-DSA-44') });
  for (const index of NODES) world.start(index);
  await world.runUntil(() => world.record.committedBy(0) >= 1n, 60_000);
  const network = world.network.join(MALLORY, undefined, () => 0n);
  network.inbound$.subscribe(({ payload }) => seen.push(payload));
  network.peers$.subscribe();
  await world.runUntil(() => world.record.committedBy(0) >= 2n, 60_000);
  const tellAll = (payload: Uint8Array): void => {
    for (const { peer } of world.nodes) network.send(peer, payload);
  };
  return { world, network, seen, tellAll };
};

const goesOn = async (world: World): Promise<void> => {
  const target = world.record.committedBy(0) + 3n;
  const isDone = (): boolean => NODES.every((index) => world.record.committedBy(index) >= target);
  await world.runUntil(isDone, world.scheduler.nowMs() + 60_000);
  expect(isDone()).toBe(true);
  expect(world.checker.violations()).toEqual([]);
  expect(world.nodes.flatMap((node) => node.fault() ?? [])).toEqual([]);
};

const messageBytes = encode(peerMessageCodec);

const forged = (voter: IdentityId, height: bigint, round: number): ConsensusVote =>
  sealVote(
    { voteType: 'PreCommit', height, round, proposalId: O.none, polRound: O.none, appHash: O.none, voter },
    { algorithm: 'ML-DSA-44', signature: new Uint8Array(SIGNATURE_BYTES), publicKey: O.none },
  );

describe('a hostile peer', () => {
  test('may send any bytes: they are counted, nobody stops, and the height is decided', async () => {
    const { world, tellAll } = await worldWithStranger(1);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        tellAll(bytes);
      }),
      { numRuns: 300, seed: 5 },
    );
    await goesOn(world);
    expect(world.nodes[0]?.running()?.status()?.counters.undecodable).toBeGreaterThan(100);
  });

  test('may send real messages with any byte changed, cut or appended', async () => {
    const { world, seen, tellAll } = await worldWithStranger(2);
    const random = createSeededRandom(3);
    expect(seen.length).toBeGreaterThan(5);
    for (const payload of seen.slice(0, 40)) {
      const damaged = payload.slice();
      const at = random.int(0, damaged.length - 1);
      damaged[at] = (damaged[at] ?? 0) ^ random.int(1, 255);
      tellAll(damaged);
      tellAll(payload.subarray(0, random.int(0, payload.length - 1)));
      tellAll(Uint8Array.from([...payload, 0]));
    }
    await goesOn(world);
  });

  test('may ask for and claim anything', async () => {
    const { world, network, tellAll } = await worldWithStranger(4);
    const far = 2n ** 64n - 1n;
    const here = world.record.committedBy(0) + 1n;
    const identity = world.nodes[1]?.identity;
    if (identity === undefined) throw new Error('node 1 is a validator');
    const messages: readonly PeerMessage[] = [
      { _tag: 'Status', height: far },
      { _tag: 'Status', height: 0n },
      { _tag: 'RoundRequest', height: far, round: 0 },
      { _tag: 'RoundRequest', height: here, round: 4_000_000 },
      { _tag: 'Round', votes: [] },
      { _tag: 'Polka', votes: [] },
      { _tag: 'Neighbours', validators: [] },
      { _tag: 'Vote', vote: forged(identity, here, 0) },
      { _tag: 'Vote', vote: forged(identity, far, 0) },
      { _tag: 'Vote', vote: forged(identity, here, 4_000_000_000) },
      { _tag: 'Polka', votes: [forged(identity, here, 0)] },
      { _tag: 'Round', votes: [forged(identity, here + 1n, 1)] },
    ];
    for (const message of messages) tellAll(messageBytes(message));
    for (const { peer } of world.nodes) {
      network.request(peer, Uint8Array.of(1, 2, 3), () => undefined);
      network.request(
        peer,
        encode(syncRequestCodec)({ _tag: 'Blocks', fromHeight: far, count: 65_535 }),
        () => undefined,
      );
    }
    await goesOn(world);
    expect(world.network.counters().offences.get('bad-signature')).toBeGreaterThan(0);
  });

  test('that promises blocks it never sends does not keep a node that is behind from catching up', async () => {
    const world = createWorld({ seed: 6, validators: 4 });
    const liar: Network = world.network.join(MALLORY, undefined, () => 0n);
    liar.peers$.subscribe((event) => {
      if (event._tag === 'Connected') liar.send(event.peer, messageBytes({ _tag: 'Status', height: 1_000_000n }));
    });
    for (const index of [0, 1, 2]) world.start(index);
    await world.runUntil(() => world.record.committedBy(0) >= 40n, 120_000);
    world.start(3);
    const isDone = (): boolean => world.record.committedBy(3) >= 42n;
    await world.runUntil(isDone, world.scheduler.nowMs() + 60_000);
    expect(isDone()).toBe(true);
    expect(world.checker.violations()).toEqual([]);
  });
});

describe('passing messages on', () => {
  const relayedIn = async (areLinked: (a: number, b: number) => boolean) => {
    const world = createWorld({ seed: 8, validators: 4, areLinked });
    for (const index of NODES) world.start(index);
    // Until everyone knows everyone's neighbours, some messages are passed on that need not be.
    await world.runUntil(() => world.record.committedBy(0) >= 2n, 60_000);
    const sums = (): number =>
      world.nodes.reduce((sum, node) => sum + (node.running()?.status()?.counters.relayed ?? 0), 0);
    const before = sums();
    await world.runUntil(() => NODES.every((index) => world.record.committedBy(index) >= 12n), 120_000);
    return { perHeight: (sums() - before) * 0.1, violations: world.checker.violations() };
  };

  test('in a full mesh nobody passes anything on', async () => {
    expect(await relayedIn(() => true)).toEqual({ perHeight: 0, violations: [] });
  });

  test('over a chain of peers each message is passed on once per link it has to cross', async () => {
    const { perHeight, violations } = await relayedIn((a, b) => Math.abs(a - b) === 1);
    // Nine messages a height; those of the ends cross two more links, those of the middle one more.
    expect(perHeight).toBeGreaterThanOrEqual(12);
    expect(perHeight).toBeLessThanOrEqual(16);
    expect(violations).toEqual([]);
  });
});
