import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  evidenceFileJson,
  findCulprits,
  genesisHashOf,
  readEvidenceFile,
  verifyEvidence,
  verifyNow,
  type CulpritsReport,
  type EvidenceFile,
  type VerifySignature,
} from '@zhtp/chain';
import { createWorld, mlDsaScheme, nullScheme, type SimulationScheme, type World } from '@zhtp/simulator';
import { encode, peerMessageCodec, type Hash } from '@zhtp/types';
import { validatorsFromGenesis } from '@zhtp/validators';
import { collector, forkByAmnesia, forkByTwins, type Collected } from './support/attack.ts';
import { properties } from './support/history.ts';

/** Real signatures once, the test-only scheme over many seeds. */
const REAL: readonly [string, SimulationScheme, readonly number[]] = ['real signatures', mlDsaScheme('ML-DSA-44'), [1]];
const MANY: readonly [string, SimulationScheme, readonly number[]] = [
  'twelve seeds',
  nullScheme(),
  Array.from({ length: 12 }, (_, i) => i + 1),
];

/** The null scheme's signature is the beginning of the key. */
const startsAlike: VerifySignature = ({ publicKey, signature }) =>
  signature.every((byte, i) => byte === publicKey[i]) ? 'valid' : 'invalid';

const verifierOf = (world: World): VerifySignature =>
  world.genesis.signatureAlgorithm === 'ML-DSA-44' ? verifyNow : startsAlike;

const judge = (world: World, collected: Collected): CulpritsReport => {
  const { genesis } = world;
  const context = { genesisHash: genesisHashOf(genesis), algorithm: genesis.signatureAlgorithm };
  const set = validatorsFromGenesis(genesis);
  if (E.isLeft(set)) throw new Error(set.left);
  const verify = verifierOf(world);
  const report = findCulprits(context, set.right, 1n, collected.messages(), verify);
  // What is printed as evidence convicts by the rules of the chain too.
  for (const { evidence } of report.convicted)
    for (const each of evidence) expect(E.isRight(verifyEvidence(context, set.right, each, verify))).toBe(true);
  return report;
};

/** What a node of the world writes for these heights, read back from its JSON. */
const exported = async (world: World, node: number, fromHeight: bigint, toHeight: bigint): Promise<EvidenceFile> => {
  let answer: E.Either<string, EvidenceFile> | undefined;
  // What it had in memory is gone: it can show what it has on its disk.
  world.crash(node);
  world.start(node);
  const isBack = (): boolean => world.nodes[node]?.running()?.status() !== undefined;
  await world.runUntil(isBack, world.scheduler.nowMs() + 1_000);
  world.nodes[node]?.running()?.exportEvidence({ fromHeight, toHeight }, (file) => {
    answer = file;
  });
  await world.runUntil(() => answer !== undefined, world.scheduler.nowMs() + 1_000);
  if (answer === undefined || E.isLeft(answer)) throw new Error(answer?.left ?? 'no answer');
  const read = readEvidenceFile(JSON.parse(JSON.stringify(evidenceFileJson(answer.right))));
  if (E.isLeft(read)) throw new Error(read.left);
  return read.right;
};

/** Who is to blame, by nothing but what one correct node of each side keeps of the height. */
const judgeExports = async (world: World, faultyCount: number): Promise<CulpritsReport> => {
  const sides = new Map<Hash, EvidenceFile>();
  for (const [node] of world.nodes.entries()) {
    if (node < faultyCount || world.record.committedBy(node) < 1n) continue;
    const file = await exported(world, node, 1n, 1n);
    const [decided] = file.headers;
    if (decided !== undefined) sides.set(decided.certificate.blockId, file);
  }
  const collected = collector();
  for (const { messages, headers } of sides.values()) {
    for (const message of messages) collected.hear(encode(peerMessageCodec)(message));
    for (const { certificate } of headers) collected.decided(certificate);
  }
  return judge(world, collected);
};

const named = ({ convicted, asked }: CulpritsReport): ReadonlySet<string> =>
  new Set([...convicted, ...asked].map(({ validator }) => validator));

const SIZES: readonly (readonly [validators: number, faulty: number])[] = [
  [4, 2],
  [7, 3],
];

describe.each([REAL, MANY])('with %s', (_title, scheme, seeds) => {
  describe.each(SIZES)('of %i validators, %i', (validators, faultyCount) => {
    test(
      'that forget what they precommitted fork the chain, and their votes convict them all',
      { timeout: 60_000 },
      async () => {
        for (const seed of seeds) {
          const { world, collected, faulty } = await forkByAmnesia(seed, validators, faultyCount, 'none', scheme);
          expect(properties(world.checker.violations())).toContain('agreement');
          expect(world.checker.equivocations()).toBe(0);
          const report = judge(world, collected);
          expect(report.decided).toHaveLength(2);
          const kept = await judgeExports(world, faultyCount);
          expect(kept.decided).toHaveLength(2);
          expect(kept).toMatchObject({ asked: [], explainsFork: true });
          expect(named(kept)).toEqual(faulty);
          expect(report).toMatchObject({ asked: [], explainsFork: true });
          expect(named(report)).toEqual(faulty);
          expect(report.convicted.map(({ evidence }) => evidence.map(({ _tag }) => _tag))).toEqual(
            Array.from({ length: faultyCount }, () => ['Amnesia']),
          );
          world.stop();
        }
      },
    );

    test('that claim a polka that never was are asked for it by name', { timeout: 60_000 }, async () => {
      for (const seed of seeds) {
        const { world, collected, faulty } = await forkByAmnesia(seed, validators, faultyCount, 'false polka', scheme);
        expect(properties(world.checker.violations())).toContain('agreement');
        const report = judge(world, collected);
        expect(report).toMatchObject({ convicted: [], explainsFork: true });
        expect(named(report)).toEqual(faulty);
        const kept = await judgeExports(world, faultyCount);
        expect(kept).toMatchObject({ convicted: [], explainsFork: true });
        expect(named(kept)).toEqual(faulty);
        world.stop();
      }
    });

    test('that run twice with one key fork the chain, and their votes convict them', { timeout: 60_000 }, async () => {
      for (const seed of seeds) {
        const { world, collected, faulty } = await forkByTwins(seed, validators, faultyCount, scheme);
        expect(properties(world.checker.violations())).toContain('agreement');
        const report = judge(world, collected);
        expect(report).toMatchObject({ asked: [], explainsFork: true });
        expect(named(report)).toEqual(faulty);
        world.stop();
      }
    });
  });
});

describe('while no more than a third is faulty', () => {
  test('messages of a healthy height accuse nobody', async () => {
    const collected = collector();
    const world = createWorld({
      seed: 4,
      validators: 4,
      scheme: mlDsaScheme('ML-DSA-44'),
      delivered: (_node, payload) => {
        collected.hear(payload);
      },
      observe: (_node, event) => {
        if (event._tag === 'BlockCommitted') collected.decided(event.certificate);
      },
    });
    for (let index = 0; index < 4; index++) world.start(index);
    await world.runUntil(() => world.record.committedBy(0) >= 2n, 60_000);
    const report = judge(world, collected);
    expect(report.decided).toHaveLength(1);
    expect(report).toMatchObject({ convicted: [], asked: [], explainsFork: false, ignored: 0 });
    world.stop();
  });
});
