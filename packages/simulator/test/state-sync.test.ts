import { evidenceIdOf } from '@zhtp/chain';
import { nullScheme, worldGenesis, worldValidators, type PortCall } from '@zhtp/simulator';
import {
  U64_MAX,
  ZERO_HASH,
  type ChainParameters,
  type CommitCertificate,
  type FrozenValidator,
  type Header,
  type SyncResponse,
} from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { evidenceAgainst, gossiped, strangerIn } from './support/late-evidence.ts';
import { ledgerWithSchedule, members, votersBySchedule } from './support/scheduled-changes.ts';
import { FOUNDERS, inPieces, joiningWorld, liarIn, type JoiningWorld } from './support/joining-world.ts';

const HOUR_MS = 3_600_000n;

const expectHealthy = ({ world }: JoiningWorld): void => {
  expect(world.checker.violations()).toEqual([]);
  expect(world.record.disagreements()).toEqual([]);
  expect(world.nodes.flatMap((node) => node.fault() ?? [])).toEqual([]);
};

/** The node goes on with the founders, from a snapshot and with their app hash. */
const expectJoined = async (joining: JoiningWorld, node: number): Promise<void> => {
  const { world, committed, told } = joining;
  const height = world.record.committedBy(0) + 2n;
  const isThere = await committed([...FOUNDERS, node], height);
  expect(isThere, JSON.stringify(told(node).map(({ stage, detail }) => `${stage}: ${detail}`))).toBe(true);
  expect(joining.baseOf(node)).toBeGreaterThan(1n);
  expectHealthy(joining);
};

describe('a validator that comes late', () => {
  const FIFTH = 4;

  test.each([
    ['below its snapshot, by the rules of a light client', 25n],
    ['above its snapshot, by the ids that headers name', 44n],
  ])('votes with the others after a trusted block %s', { timeout: 120_000 }, async (_where, trusted) => {
    const joining = joiningWorld({ validators: 5, stateSync: (node) => (node === FIFTH ? trust() : undefined) });
    const { world, load } = joining;
    const trust = () => {
      const block = world.record.heights().find(({ height }) => height === trusted);
      return block === undefined ? undefined : { trustedHeight: trusted, trustedBlockId: block.blockId };
    };
    await joining.found(44n);
    world.start(FIFTH);
    await expectJoined(joining, FIFTH);
    expect(joining.told(FIFTH).at(-1)?.stage).toBe('Restored');
    expect(joining.baseOf(FIFTH)).toBe(40n);
    const counters = world.nodes[FIFTH]?.running()?.status()?.counters;
    expect(counters?.signed).toBeGreaterThan(1);
    expect(load.included()).toBeGreaterThan(50);
    expect(world.network.counters().offences.size).toBe(0);
    // A node that lacks a founder decides only with the fifth.
    world.crash(0);
    expect(await joining.committed([1, 2, 3, FIFTH], world.record.committedBy(1) + 2n)).toBe(true);
    expectHealthy(joining);
    world.stop();
  });
});

describe('a node that joins by a snapshot', () => {
  test('joins where messages are lost', { timeout: 120_000 }, async () => {
    const joining = joiningWorld({
      fullNodes: 3,
      links: { delayMinMs: 5, delayMaxMs: 60, lossPerMille: 100 },
      application: (_node, opened) => inPieces(opened),
    });
    await joining.found(22n);
    joining.trust(15n);
    for (const node of [4, 5, 6]) joining.world.start(node);
    for (const node of [4, 5, 6]) await expectJoined(joining, node);
    joining.world.stop();
  });

  test('refuses a trusted block that is older than the trusting period, and says so', { timeout: 60_000 }, async () => {
    const joining = joiningWorld({ fullNodes: 1 });
    await joining.found(12n);
    joining.trust(3n, { trustingPeriodMs: 5_000n });
    joining.world.start(4);
    await joining.world.runUntil(() => joining.world.nodes[4]?.fault() !== undefined, 600_000);
    expect(joining.world.nodes[4]?.fault()).toMatch(/more than the trusting period of 5000 ms ago; give a newer one/);
    joining.world.stop();
  });

  test('refuses weighted rotation, whose priorities no header shows', { timeout: 60_000 }, async () => {
    const joining = joiningWorld({ fullNodes: 1, parameters: { proposerRotation: 'Weighted' } });
    await joining.found(3n);
    joining.trust(2n);
    joining.world.start(4);
    await joining.world.runUntil(() => joining.world.nodes[4]?.fault() !== undefined, 600_000);
    expect(joining.world.nodes[4]?.fault()).toMatch(/weighted proposer rotation cannot be joined by a snapshot/);
    joining.world.stop();
  });

  test('serves blocks from its base on only: who needs earlier ones asks elsewhere', { timeout: 120_000 }, async () => {
    const joining = joiningWorld({
      fullNodes: 2,
      stateSync: (node) => (node === 4 ? { trustedHeight: 15n, trustedBlockId: blockId() } : undefined),
    });
    const blockId = () => joining.world.record.heights().find(({ height }) => height === 15n)?.blockId ?? ZERO_HASH;
    await joining.found(22n);
    joining.world.start(4);
    await expectJoined(joining, 4);
    joining.world.start(5);
    const height = joining.world.record.committedBy(0) + 2n;
    expect(await joining.committed([...FOUNDERS, 4, 5], height)).toBe(true);
    expect(joining.baseOf(5)).toBe(1n);
    expectHealthy(joining);
    joining.world.stop();
  });
});

const TRUSTED = 15n;
/** The trusted header stays: one that is not the trusted id's proves no lie, since a person may have mistyped it. */
const forged = (header: Header): Header => (header.height === TRUSTED ? header : { ...header, appHash: ZERO_HASH });
const stronger = ([first, ...rest]: readonly FrozenValidator[]): FrozenValidator[] =>
  first === undefined ? [] : [{ ...first, votingPower: 1_000n }, ...rest];
const badSignature = (certificate: CommitCertificate): CommitCertificate => ({
  ...certificate,
  signatures: certificate.signatures.map((signature) => signature.map((byte) => byte ^ 1)),
});

const LIES: readonly (readonly [string, (answer: SyncResponse) => SyncResponse | Uint8Array])[] = [
  ['bytes that mean nothing', () => Uint8Array.of(1, 2, 3)],
  [
    'a chunk with a changed byte',
    (a) => (a._tag === 'SnapshotChunk' ? { ...a, bytes: a.bytes.map((b, i) => (i === 900 ? b ^ 1 : b)) } : a),
  ],
  [
    'a snapshot with another hash',
    (a) =>
      a._tag === 'Snapshots' ? { ...a, snapshots: a.snapshots.slice(0, 1).map((s) => ({ ...s, hash: ZERO_HASH })) } : a,
  ],
  [
    'forged headers',
    (a) => (a._tag === 'Headers' ? { ...a, headers: a.headers.map((h) => ({ ...h, header: forged(h.header) })) } : a),
  ],
  ['a forged light block', (a) => (a._tag === 'LightBlock' ? { ...a, header: forged(a.header) } : a)],
  ['a set with another power', (a) => (a._tag === 'ValidatorSet' ? { ...a, validators: stronger(a.validators) } : a)],
  [
    'other parameters',
    (a) => (a._tag === 'Parameters' ? { ...a, parameters: { ...a.parameters, maxBlockBytes: 9_999 } } : a),
  ],
  [
    'a certificate of forged signatures',
    (a) =>
      a._tag === 'Blocks'
        ? { ...a, blocks: a.blocks.map((c) => ({ ...c, certificate: badSignature(c.certificate) })) }
        : a,
  ],
];

describe('a chain whose validators and evidence age change', () => {
  const STANDBYS = [4, 5, 6, 7];
  const JOINER = 8;
  const powers = (nodes: readonly number[]): readonly FrozenValidator[] => members(nodes.map((node) => [node, 1n]));
  /** All others from height 14 on: nobody who is trusted at height 8 signs anything later. */
  const SETS = new Map([[12n, powers(STANDBYS)]]);

  test('is joined over the blocks in between, and what was forgotten under a shorter age stays forgotten', async () => {
    const found: string[] = [];
    const base: ChainParameters = worldGenesis(nullScheme(), worldValidators(nullScheme(), 1)).parameters;
    const short: ChainParameters = { ...base, evidenceAgeMs: 5_000n };
    const joining = joiningWorld({
      standbys: STANDBYS.length + 1,
      parameters: { evidenceAgeMs: short.evidenceAgeMs },
      stateSync: (node) => (node === JOINER ? joining.trusted() : undefined),
      openApplication: ledgerWithSchedule({
        sets: SETS,
        parameters: new Map([[16n, base]]),
        snapshots: { every: 10n, kept: 2 },
      }),
      validatorsAt: votersBySchedule(powers(FOUNDERS), SETS),
      faulty: [0],
      observe: (node, event) => {
        if (event._tag === 'EvidenceFound') found.push(`${String(node)} ${evidenceIdOf(event.evidence)}`);
      },
    });
    const { world } = joining;
    for (const node of STANDBYS) world.start(node);
    await joining.found(22n);
    joining.trust(8n, { trustingPeriodMs: HOUR_MS });
    world.start(JOINER);
    const nodes = [...FOUNDERS, ...STANDBYS, JOINER];
    expect(await joining.committed(nodes, world.record.committedBy(0) + 2n)).toBe(true);
    expect(joining.baseOf(JOINER)).toBe(20n);
    const mallory = strangerIn(world, 99);
    await joining.committed(nodes, world.record.committedBy(0) + 1n);
    const [forgotten, remembered] = [evidenceAgainst(world, 0, 8n), evidenceAgainst(world, 0, 13n)];
    for (const evidence of [forgotten, remembered]) mallory.publish('evidence', gossiped(evidence));
    await joining.committed(nodes, world.record.committedBy(0) + 4n);
    // As everybody else, who lived through all of it.
    expect(new Set(found)).toEqual(new Set(nodes.map((node) => `${String(node)} ${evidenceIdOf(remembered)}`)));
    expect(world.nodes.flatMap((node) => node.fault() ?? [])).toEqual([]);
    expect(world.record.disagreements()).toEqual([]);
    world.stop();
  });
});

describe('evidence of heights before the snapshot', () => {
  test('is judged by who joined, and what is in a block is not taken again', { timeout: 120_000 }, async () => {
    const found: string[] = [];
    const inBlocks: string[] = [];
    const joining = joiningWorld({
      fullNodes: 1,
      faulty: [0],
      observe: (node, event) => {
        if (node === 4 && event._tag === 'EvidenceFound') found.push(evidenceIdOf(event.evidence));
        if (node === 1 && event._tag === 'BlockCommitted') inBlocks.push(...event.block.evidence.map(evidenceIdOf));
      },
    });
    const { world, committed } = joining;
    await joining.found(8n);
    const mallory = strangerIn(world, 99);
    const early = evidenceAgainst(world, 0, 5n);
    await committed(FOUNDERS, 9n);
    mallory.publish('evidence', gossiped(early));
    await committed(FOUNDERS, 22n);
    expect(inBlocks).toEqual([evidenceIdOf(early)]);
    joining.trust(15n);
    world.start(4);
    await committed([...FOUNDERS, 4], world.record.committedBy(0) + 2n);
    expect(joining.baseOf(4)).toBe(20n);
    const own = world.nodes[4]?.peer ?? mallory.peer;
    world.network.partition([new Set([own, mallory.peer])]);
    const late = evidenceAgainst(world, 0, 6n);
    for (const evidence of [early, late]) mallory.publish('evidence', gossiped(evidence));
    await world.runUntil(() => found.length > 0, world.scheduler.nowMs() + 5_000);
    expect(found).toEqual([evidenceIdOf(late)]);
    expect(world.nodes[4]?.running()?.status()?.evidence.pieces).toBe(1);
    world.network.partition(undefined);
    expect(await committed([1, 2, 3, 4], world.record.committedBy(1) + 4n)).toBe(true);
    expect(inBlocks).toEqual([early, late].map(evidenceIdOf));
    expect(world.record.disagreements()).toEqual([]);
    expect(world.nodes.flatMap((node) => node.fault() ?? [])).toEqual([]);
    world.stop();
  });
});

describe('a peer that lies to who joins by a snapshot', () => {
  test('is reported and not believed, whatever it lies about', { timeout: 170_000 }, async () => {
    const joining = joiningWorld({ fullNodes: LIES.length });
    const { world } = joining;
    await joining.found(22n);
    joining.trust(TRUSTED, { trustingPeriodMs: HOUR_MS });
    const offences = (): number =>
      [...world.network.counters().offences.values()].reduce((sum, count) => sum + count, 0);
    for (const [i, [name, change]] of LIES.entries()) {
      const node = FOUNDERS.length + i;
      const before = offences();
      const liar = liarIn(joining, 90 + i, change);
      const peers = world.nodes.map(({ peer }) => peer);
      const own = world.nodes[node]?.peer ?? liar;
      // At first only the liar is to be reached.
      world.network.partition([new Set([...peers.filter((peer) => peer !== own), liar]), new Set([own, liar])]);
      world.start(node);
      const isCaught = await world.runUntil(() => offences() > before, world.scheduler.nowMs() + 60_000);
      expect(isCaught, `${name}: ${JSON.stringify(joining.told(node).map(({ detail }) => detail))}`).toBe(true);
      expect(world.nodes[node]?.running()?.status(), name).toBeUndefined();
      world.network.partition(undefined);
      await expectJoined(joining, node);
      world.network.leave(liar);
      world.crash(node);
    }
    world.stop();
  });
});

describe('a peer that offers snapshots which no chain can have', () => {
  test('keeps nobody from joining', { timeout: 60_000 }, async () => {
    const joining = joiningWorld({ fullNodes: 1 });
    await joining.found(22n);
    joining.trust(TRUSTED);
    const [above, empty] = [{ height: U64_MAX }, { chunks: 0 }];
    liarIn(joining, 90, (answer) =>
      answer._tag === 'Snapshots'
        ? {
            ...answer,
            snapshots: answer.snapshots.slice(0, 1).flatMap((s) => [above, empty].map((lie) => ({ ...s, ...lie }))),
          }
        : answer,
    );
    joining.world.start(4);
    await expectJoined(joining, 4);
    expect(joining.told(4).map(({ stage }) => stage)).not.toContain('Refused');
    joining.world.stop();
  });
});

describe('a node that dies while it joins', () => {
  const DOWN_MS = 300;
  /** The calls by which joining has an effect outside the process. */
  const EFFECTS: readonly PortCall[] = [
    'application.applySnapshotChunk',
    'application.offerSnapshot',
    'blockStore.save',
    'chainStates.save',
    'chainStates.writeRows',
    'network.request',
    'timers.start',
    'verifier.verifyBatch',
  ];
  const DEATHS_MAX = 140;

  test.each([
    ['chainStates.save', 'executes every block: half of a state is none', 1n],
    ['application.applySnapshotChunk', 'goes on from there: all that was missing lay on its disk', 20n],
  ] as const)('after %s and starts without a state sync %s', { timeout: 60_000 }, async (call, _what, base) => {
    const NODE = FOUNDERS.length;
    let hasDied = false;
    const joining = joiningWorld({
      fullNodes: 1,
      stateSync: (node) => (node === NODE && !hasDied ? joining.trusted() : undefined),
      interrupt: (node) => (made) => {
        if (node !== NODE || hasDied || made !== call) return 'go on';
        hasDied = true;
        return 'after';
      },
    });
    const { world, committed } = joining;
    await joining.found(22n);
    joining.trust(15n);
    world.start(NODE);
    await world.runUntil(() => hasDied, world.scheduler.nowMs() + 60_000);
    world.start(NODE);
    expect(await committed([...FOUNDERS, NODE], world.record.committedBy(0) + 3n)).toBe(true);
    expect(joining.baseOf(NODE)).toBe(base);
    expect(joining.told(NODE).map(({ stage }) => stage)).not.toContain('Restored');
    // And what it remembers of past heights is in order: it starts once more.
    world.crash(NODE);
    world.start(NODE);
    expect(await committed([...FOUNDERS, NODE], world.record.committedBy(0) + 2n)).toBe(true);
    expectHealthy(joining);
    world.stop();
  });

  test('joins anew or finishes, died before or after any effect', { timeout: 170_000 }, async () => {
    const calls: PortCall[] = [];
    const died: string[] = [];
    /** The node that joins now, and the call at which it dies. */
    let mortal: { readonly node: number; readonly at: number; readonly when: 'before' | 'after' } | undefined;
    let counted = 0;
    const hasJoined = new Set<number>();
    const joining = joiningWorld({
      fullNodes: DEATHS_MAX,
      application: (_node, opened) => inPieces(opened),
      interrupt: (node) => (call) => {
        if (hasJoined.has(node)) return 'go on';
        if (node === FOUNDERS.length) calls.push(call);
        if (mortal?.node !== node || counted++ !== mortal.at) return 'go on';
        died.push(`${mortal.when} ${call}`);
        world.scheduler.after(DOWN_MS, () => {
          world.start(node);
        });
        return mortal.when;
      },
      observe: (node, event) => {
        if (event._tag === 'HeightStarted') hasJoined.add(node);
      },
    });
    const { world } = joining;
    await joining.found(22n);
    joining.trust(TRUSTED, { trustingPeriodMs: HOUR_MS });
    world.start(FOUNDERS.length);
    await expectJoined(joining, FOUNDERS.length);
    world.crash(FOUNDERS.length);
    expect(new Set(calls)).toEqual(new Set(EFFECTS));
    let node = FOUNDERS.length;
    for (let at = 0; died.length === 2 * at; at++)
      for (const when of ['before', 'after'] as const) {
        node += 1;
        counted = 0;
        mortal = { node, at, when };
        world.start(node);
        await expectJoined(joining, node);
        world.crash(node);
      }
    expect(new Set(died.map((each) => each.slice(each.indexOf(' ') + 1)))).toEqual(new Set(EFFECTS));
    world.stop();
  });
});
