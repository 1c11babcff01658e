import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { either as E } from 'fp-ts';
import { writeGenesisText } from '@zhtp/chain';
import { createWorld, mlDsaScheme, type World } from '@zhtp/simulator';
import { decode, peerMessageCodec, toJson } from '@zhtp/types';
import { readMessages } from '../src/culprits-files.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'culprits-'));
const file = (name: string): string => join(folder, name);
const harness = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--conditions=@zhtp/source', 'src/main.ts', 'culprits', ...args], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
  });

const read = decode(peerMessageCodec);
const write = toJson(peerMessageCodec);

/** Two of four validators run twice with one key; what nodes 2 and 3 received goes to a file each. */
const fork = async (): Promise<World> => {
  const received = new Map<number, unknown[]>([
    [2, []],
    [3, []],
  ]);
  const hear = (node: number, payload: Uint8Array): void => {
    const message = read(payload);
    if (E.isRight(message)) received.get(node)?.push(write(message.right));
  };
  const world = createWorld({
    seed: 1,
    validators: 4,
    twinsOf: [0, 1],
    scheme: mlDsaScheme('ML-DSA-44'),
    sent: hear,
    delivered: hear,
  });
  world.nodes.forEach((_node, index) => {
    world.start(index);
  });
  const sides = [
    [0, 1, 2],
    [4, 5, 3],
  ];
  world.network.partition(sides.map((side) => new Set(side.flatMap((index) => world.nodes[index]?.peer ?? []))));
  const hasDecided = (node: number): boolean => world.record.committedBy(node) >= 1n;
  await world.runUntil(() => world.record.disagreements().length > 0 && hasDecided(2) && hasDecided(3), 15_000);
  world.stop();
  writeFileSync(file('genesis.json'), writeGenesisText(world.genesis));
  for (const [node, messages] of received) writeFileSync(file(`node-${String(node)}.json`), JSON.stringify(messages));
  return world;
};

describe('harness culprits', () => {
  let world: World;
  beforeAll(async () => {
    world = await fork();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('names exactly those who forked the chain, with the votes that convict them', () => {
    const { status, stdout } = harness(file('genesis.json'), file('node-2.json'), file('node-3.json'));
    expect(status).toBe(1);
    const convicted = [...stdout.matchAll(/convicted ([0-9a-f]{64})/g)].map(([, identity]) => identity);
    expect(new Set(convicted)).toEqual(new Set([0, 1].map((index) => world.nodes[index]?.identity)));
    expect(stdout).toContain('height 1: a fork, 2 blocks decided');
    expect(stdout).toContain('two contents in one slot');
    expect(stdout).toContain('2 of 4 power named');
  });

  test('names nobody from the messages of one side', () => {
    const { status, stdout } = harness(file('genesis.json'), file('node-2.json'));
    expect(stdout).toMatch(/^Nobody is named: \d+ heights looked at\.\n$/);
    expect(status).toBe(0);
  });

  test('refuses a file that is missing, no JSON or no message, by name', () => {
    writeFileSync(file('text.json'), 'no JSON');
    writeFileSync(file('object.json'), '{}');
    writeFileSync(file('other.json'), '[{"_tag":"Vote"}]');
    for (const [name, says] of [
      ['missing.json', 'cannot be read'],
      ['text.json', 'is not JSON'],
      ['object.json', 'must hold a JSON array'],
      ['other.json', 'message 1:'],
    ] as const) {
      const messages = readMessages(file(name));
      expect(E.isLeft(messages) ? messages.left : '').toContain(`${file(name)}`);
      expect(E.isLeft(messages) ? messages.left : '').toContain(says);
    }
    const { status, stderr } = harness(file('genesis.json'), file('text.json'));
    expect(status).toBe(2);
    expect(stderr).toContain('text.json is not JSON');
  });
});
