import { option as O } from 'fp-ts';
import { accusedBy, duplicateVote, evidenceIdOf, genesisHashOf, sealVote, voteSignBytes } from '@zhtp/chain';
import { signMessage, taggedHash } from '@zhtp/crypto';
import {
  encode,
  gossipMessageCodec,
  peerMessageCodec,
  type ConsensusVote,
  type Evidence,
  type Hash,
  type KeyPair,
  type PeerId,
} from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import {
  createSeededRandom,
  createWorld,
  mlDsaScheme,
  nullScheme,
  type World,
  type WorldOptions,
} from '@zhtp/simulator';

const MALLORY = 'node-99' as PeerId;
const messageBytes = encode(peerMessageCodec);
const gossipBytes = encode(gossipMessageCodec);

/** What each node found in blocks: the height and the id of every piece, in order. */
interface Ledger {
  readonly pieces: readonly string[];
  readonly accused: ReadonlySet<string>;
}

const watched = (options: WorldOptions) => {
  const pieces = new Map<number, string[]>();
  const accused = new Map<number, Set<string>>();
  const found = new Map<number, string[]>();
  const refused: string[] = [];
  const world = createWorld({
    ...options,
    observe: (node, event) => {
      if (event._tag === 'BlockRefused') refused.push(event.reason);
      if (event._tag === 'EvidenceFound') found.set(node, [...(found.get(node) ?? []), evidenceIdOf(event.evidence)]);
      if (event._tag !== 'BlockCommitted') return;
      for (const piece of event.block.evidence) {
        const mine = pieces.get(node) ?? [];
        mine.push(`${String(event.block.header.height)} ${evidenceIdOf(piece)}`);
        pieces.set(node, mine);
        accused.set(node, (accused.get(node) ?? new Set()).add(accusedBy(piece)));
      }
    },
  });
  const all = world.nodes.map((_node, index) => index);
  for (const index of all) world.start(index);
  const ledger = (node: number): Ledger => ({
    pieces: pieces.get(node) ?? [],
    accused: accused.get(node) ?? new Set(),
  });
  return {
    world,
    all,
    ledger,
    refused,
    found: (node: number): readonly string[] => found.get(node) ?? [],
    pool: (node: number): number => world.nodes[node]?.running()?.status()?.evidence.pieces ?? -1,
    counters: (node: number) => world.nodes[node]?.running()?.status()?.counters ?? {},
    cut: (sides: readonly (readonly number[])[] | undefined, withMallory = 0): void => {
      world.network.partition(
        sides?.map(
          (side, i) =>
            new Set([
              ...side.flatMap((index) => world.nodes[index]?.peer ?? []),
              ...(i === withMallory ? [MALLORY] : []),
            ]),
        ),
      );
    },
    pass: (ms: number) => world.runUntil(() => false, world.scheduler.nowMs() + ms),
    until: async (height: bigint, nodes: readonly number[]): Promise<void> => {
      const isThere = (): boolean => nodes.every((index) => world.record.committedBy(index) >= height);
      await world.runUntil(isThere, world.scheduler.nowMs() + 240_000);
      expect(isThere()).toBe(true);
    },
  };
};

/** Everybody has the same evidence in the same blocks, each piece once. */
const expectOnceEverywhere = (nodes: readonly number[], ledger: (node: number) => Ledger): readonly string[] => {
  const first = ledger(nodes[0] ?? 0).pieces;
  for (const node of nodes) expect(ledger(node).pieces).toEqual(first);
  const ids = first.map((entry) => entry.split(' ')[1]);
  expect(new Set(ids).size).toBe(ids.length);
  return first;
};

/** What the checker saw. It does not hear strangers, so what they signed was never sent for it. */
const wrongs = (world: World): readonly string[] =>
  world.checker
    .violations()
    .map(({ property }) => property)
    .filter((property) => property !== 'evidence of what was never sent');

describe('a validator that runs twice with one key', () => {
  test.each([1, 2, 3, 4])('is convicted in a block, once on all nodes, and nobody else is: seed %i', async (seed) => {
    const { world, all, ledger, refused, found, pool, cut, pass, until } = watched({
      seed,
      validators: 4,
      twinsOf: [0],
    });
    for (let turn = 0; turn < 2; turn++) {
      cut(
        turn === 0
          ? [
              [0, 1, 2],
              [3, 4],
            ]
          : [
              [0, 1],
              [2, 3, 4],
            ],
      );
      await pass(4_000);
      cut(undefined);
      await pass(4_000);
    }
    await until(22n, all);
    const pieces = expectOnceEverywhere(all, ledger);
    expect(pieces.length).toBeGreaterThan(0);
    for (const node of all) {
      expect([...ledger(node).accused]).toEqual([world.nodes[0]?.identity]);
      expect(pool(node)).toBe(0);
      // Told once, whether it was found here, gossiped or in a block.
      expect(found(node)).toHaveLength(pieces.length);
      expect(new Set(found(node))).toEqual(new Set(pieces.map((entry) => entry.split(' ')[1])));
    }
    expect(refused).toEqual([]);
    expect(wrongs(world)).toEqual([]);
    expect(world.nodes.flatMap((node) => node.fault() ?? [])).toEqual([]);
  });
});

const hashOf = (name: string): Hash => taggedHash(`test/${name}`);

/** Votes as validator 0 would sign them, for a stranger who has its key. */
const signerOf = (world: World, keyPair: KeyPair, isReal: boolean) => {
  const [accomplice] = world.nodes;
  if (accomplice?.identity === undefined) throw new Error('node 0 is a validator');
  const voter = accomplice.identity;
  return (height: bigint, name: string, genesisHash = genesisHashOf(world.genesis)): ConsensusVote => {
    const content = {
      voteType: 'PreVote',
      height,
      round: 0,
      proposalId: O.some(hashOf(name)),
      polRound: O.none,
      appHash: O.none,
      voter,
    } as const;
    const message = voteSignBytes(genesisHash, content);
    const signature = isReal ? signMessage(keyPair, 'zhtp/vote/v1', message) : keyPair.publicKey.slice(0, 16);
    return sealVote(content, { algorithm: keyPair.algorithm, signature, publicKey: O.none });
  };
};

/** Three correct validators, one silent whose key Mallory has, and a full node. */
const withMallory = (seed: number, evidenceAgeMs = 60_000n, isReal = false) => {
  const scheme = isReal ? mlDsaScheme('ML-DSA-44') : nullScheme();
  const scene = watched({ seed, validators: 4, fullNodes: 1, faulty: [0], scheme, parameters: { evidenceAgeMs } });
  const network = scene.world.network.join(MALLORY, undefined, () => 0n);
  network.peers$.subscribe();
  const tell = (node: number, vote: ConsensusVote): void => {
    network.send(scene.world.nodes[node]?.peer ?? MALLORY, messageBytes({ _tag: 'Vote', vote }));
  };
  return { ...scene, network, tell, sign: signerOf(scene.world, scheme.keyPair(0), isReal) };
};

/** Node 0 is down; the watcher alone hears two votes of its key, cut off from everybody else. */
const seenByOneAlone = async (seed: number, watcher: number, evidenceAgeMs?: bigint) => {
  const scene = withMallory(seed, evidenceAgeMs);
  const { world, cut, pass, tell, sign, until, pool, all } = scene;
  world.crash(0);
  await until(3n, [1, 2, 3, 4]);
  cut([[watcher], all.filter((index) => index !== watcher)]);
  await pass(100);
  const height = (world.record.committedBy(watcher) ?? 0n) + 1n;
  tell(watcher, sign(height, 'one'));
  tell(watcher, sign(height, 'other'));
  await pass(1_000);
  expect(pool(watcher)).toBe(1);
  return { ...scene, height };
};

describe('two votes of one slot that one correct node alone saw', () => {
  test('are in a block soon after it is back, once', async () => {
    const { cut, until, ledger, world, pool, height } = await seenByOneAlone(1, 1);
    cut(undefined);
    await until(height + 12n, [1, 2, 3, 4]);
    expect(expectOnceEverywhere([1, 2, 3, 4], ledger)).toHaveLength(1);
    expect([...ledger(1).accused]).toEqual([world.nodes[0]?.identity]);
    expect([1, 2, 3, 4].map(pool)).toEqual([0, 0, 0, 0]);
    expect(wrongs(world)).toEqual([]);
  });

  test('are so when it is no validator and nobody heard it the first time', async () => {
    const { cut, until, ledger, pool, height, world } = await seenByOneAlone(2, 4);
    cut(undefined);
    await until(height + 40n, [1, 2, 3, 4]);
    expect(expectOnceEverywhere([1, 2, 3, 4], ledger)).toHaveLength(1);
    expect(pool(4)).toBe(0);
    expect(wrongs(world)).toEqual([]);
  });

  test('are so when it is killed and started again in between', async () => {
    const { cut, until, ledger, pool, height, world, pass } = await seenByOneAlone(3, 1);
    world.crash(1);
    cut(undefined);
    await pass(200);
    world.start(1);
    await until(height + 12n, [1, 2, 3, 4]);
    expect(expectOnceEverywhere([1, 2, 3, 4], ledger)).toHaveLength(1);
    expect(pool(1)).toBe(0);
    expect(wrongs(world)).toEqual([]);
  });

  test('are in no block when they come after the evidence age, and leave the pool', async () => {
    const { cut, until, ledger, pool, height, pass } = await seenByOneAlone(4, 4, 5_000n);
    await pass(12_000);
    cut(undefined);
    await until(height + 24n, [1, 2, 3, 4]);
    expect([1, 2, 3, 4].flatMap((node) => ledger(node).pieces)).toEqual([]);
    expect(pool(4)).toBe(0);
  });
});

describe('a restart', () => {
  test.each(['before', 'after'] as const)(
    'of a node that died right %s storing what it found loses nothing',
    async (when) => {
      let died = 0;
      const { world, all, ledger, pool, cut, pass, until } = watched({
        seed: 4,
        validators: 4,
        twinsOf: [0],
        interrupt: (node) => (call) => {
          if (call !== 'chainStates.writeRows' || node !== 3 || died >= 3) return 'go on';
          died += 1;
          world.scheduler.after(300, () => {
            world.start(node);
          });
          return when;
        },
      });
      cut([
        [0, 1, 2],
        [3, 4],
      ]);
      await pass(4_000);
      cut(undefined);
      await pass(4_000);
      await until(22n, all);
      expect(died).toBeGreaterThan(0);
      // What node 3 executes while it comes back, it does not tell as a commit.
      expect(
        expectOnceEverywhere(
          all.filter((node) => node !== 3),
          ledger,
        ).length,
      ).toBeGreaterThan(0);
      expect(all.map(pool)).toEqual(all.map(() => 0));
      expect(wrongs(world)).toEqual([]);
    },
  );

  test('of everybody at once leaves what is in blocks in blocks, and does not put it there again', async () => {
    const scene = withMallory(5);
    const { world, until, tell, sign, ledger, all, pass, network } = scene;
    await until(2n, all);
    const height = world.record.committedBy(1) + 1n;
    const [one, other] = [sign(height, 'one'), sign(height, 'other')];
    tell(1, one);
    tell(1, other);
    await until(height + 6n, all);
    expect(expectOnceEverywhere(all, ledger)).toHaveLength(1);
    for (const index of all) world.crash(index);
    await pass(500);
    for (const index of all) world.start(index);
    await pass(500);
    // Signed anew, which makes it another message of the same content.
    network.publish('evidence', gossipBytes({ _tag: 'Evidence', evidence: duplicateVote(one, sign(height, 'other')) }));
    await until(height + 16n, all);
    expect(expectOnceEverywhere(all, ledger)).toHaveLength(1);
    expect(wrongs(world)).toEqual([]);
  });
});

describe('bytes that no correct validator signs', () => {
  test('are in a block soon, once on all nodes, whoever heard them', async () => {
    const { world, network, all, until, sign, ledger, found } = withMallory(8, 60_000n, true);
    await until(2n, all);
    const height = world.record.committedBy(1);
    const named = sign(height, 'one');
    const body = voteSignBytes(genesisHashOf(world.genesis), named);
    body[32] = 9;
    const signature = signMessage(mlDsaScheme('ML-DSA-44').keyPair(0), 'zhtp/vote/v1', body);
    const bytes = messageBytes({ _tag: 'Vote', vote: { ...named, signature: { ...named.signature, signature } } });
    // After the tag: id, voter, the flag of the proposal and its id.
    bytes[1 + 32 + 32 + 1 + 32] = 9;
    network.send(world.nodes[2]?.peer ?? MALLORY, bytes);
    await until(height + 4n, all);
    expect(expectOnceEverywhere(all, ledger)).toHaveLength(1);
    expect([...ledger(1).accused]).toEqual([named.voter]);
    for (const node of all) expect(found(node)).toHaveLength(1);
    expect(wrongs(world)).toEqual([]);
  });
});

describe('nobody is accused of what they did not sign', () => {
  test('whatever a stranger gossips', async () => {
    const { world, network, until, sign, ledger, all, counters, pass } = withMallory(6, 60_000n, true);
    await until(2n, all);
    const height = 2n;
    const good = duplicateVote(sign(height, 'one'), sign(height, 'other'));
    if (good._tag !== 'DuplicateVote') throw new Error('two votes make a DuplicateVote');
    const [, victim] = world.nodes;
    const as = (vote: ConsensusVote): ConsensusVote =>
      sealVote({ ...vote, voter: victim?.identity ?? vote.voter }, vote.signature);
    const elsewhere = taggedHash('another chain');
    const forged: readonly Evidence[] = [
      { ...good, voteA: good.voteB, voteB: good.voteA },
      duplicateVote(as(good.voteA), as(good.voteB)),
      duplicateVote(sign(height, 'one', elsewhere), sign(height, 'other', elsewhere)),
      duplicateVote(sign(height, 'one'), sign(height, 'one')),
      duplicateVote(sign(height, 'one'), sign(1n, 'other')),
      duplicateVote(sign(9_999n, 'one'), sign(9_999n, 'other')),
    ];
    for (const evidence of forged) {
      network.publish('evidence', gossipBytes({ _tag: 'Evidence', evidence }));
      await pass(50);
    }
    const random = createSeededRandom(7);
    const bytes = gossipBytes({ _tag: 'Evidence', evidence: good });
    for (let i = 0; i < 60; i++) {
      const damaged = bytes.slice();
      const at = random.int(0, damaged.length - 1);
      damaged[at] = (damaged[at] ?? 0) ^ random.int(1, 255);
      network.publish('evidence', damaged);
      await pass(20);
    }
    network.publish('evidence', gossipBytes({ _tag: 'Transactions', transactions: [] }));
    network.publish('evidence', new Uint8Array(2 * 1024 * 1024));
    await until(world.record.committedBy(0) + 4n, all);
    for (const node of all) {
      expect(ledger(node).pieces).toEqual([]);
      expect(counters(node).evidenceRefused).toBeGreaterThanOrEqual(5 + 25);
      expect(counters(node).evidenceOutOfAge).toBeGreaterThanOrEqual(1);
      expect(counters(node).undecodable).toBeGreaterThanOrEqual(2);
    }
    expect(wrongs(world)).toEqual([]);
    // The same evidence undamaged is taken.
    network.publish('evidence', bytes);
    await until(world.record.committedBy(0) + 4n, all);
    expect(expectOnceEverywhere(all, ledger)).toHaveLength(1);
  });

  test('in runs under faults: no honest validator ever convicts or is convicted', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { world, all, ledger, found, cut, pass, until } = watched({ seed, validators: 4, scheme: nullScheme() });
      for (const node of all) {
        cut([[node], all.filter((other) => other !== node)]);
        await pass(1_500);
        world.crash(node);
        cut(undefined);
        await pass(500);
        world.start(node);
      }
      await until(12n, all);
      expect(all.flatMap((node) => [...ledger(node).pieces, ...found(node)])).toEqual([]);
    }
  });
});
