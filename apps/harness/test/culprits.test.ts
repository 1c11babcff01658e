import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { either as E, option as O, taskEither as TE } from 'fp-ts';
import { evidenceFileJson, writeGenesisText, type EvidenceFile } from '@zhtp/chain';
import { createWorld, mlDsaScheme, worldValidators, type World } from '@zhtp/simulator';
import {
  decode,
  peerMessageCodec,
  toJson,
  type Application,
  type Block,
  type FinalizeBlockResult,
  type FrozenValidator,
} from '@zhtp/types';
import { readShownFile } from '../src/culprits-files.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'culprits-'));
const file = (name: string): string => join(folder, name);
const harness = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--conditions=@zhtp/source', 'src/main.ts', 'culprits', ...args], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
  });

afterAll(() => {
  rmSync(folder, { recursive: true });
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

/** From height 3 on everybody has five times the power: another set. */
const strengthened = (ledger: Application, set: readonly FrozenValidator[]): Application =>
  new Proxy(ledger, {
    get: (target, name): unknown => {
      const member: unknown = Reflect.get(target, name);
      if (name === 'finalizeBlock')
        return (block: Block) =>
          TE.map((result: FinalizeBlockResult) => ({
            ...result,
            nextValidators: block.header.height === 1n ? O.some(set) : O.none,
          }))(ledger.finalizeBlock(block));
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });

/** Two of four validators run twice with one key from height 4 on, under a set that genesis does not know. */
const forkUnderAnotherSet = async (): Promise<World> => {
  const scheme = mlDsaScheme('ML-DSA-44');
  const set = worldValidators(scheme, 4)
    .map(({ identity, keyPair }) => ({ identity, consensusKey: keyPair.publicKey, votingPower: 5n }))
    .toSorted((a, b) => (a.identity < b.identity ? -1 : 1));
  const world = createWorld({
    seed: 2,
    validators: 4,
    twinsOf: [0, 1],
    scheme,
    checks: 'none',
    application: (_node, ledger) => strengthened(ledger, set),
  });
  const start = (nodes: readonly number[]): void => {
    for (const node of nodes) world.start(node);
  };
  const cut = (sides: readonly (readonly number[])[]): void => {
    world.network.partition(sides.map((side) => new Set(side.flatMap((index) => world.nodes[index]?.peer ?? []))));
  };
  start([0, 1, 2, 3]);
  await world.runUntil(() => [0, 1, 2, 3].every((node) => world.record.committedBy(node) >= 4n), 120_000);
  cut([
    [0, 1, 2],
    [4, 5, 3],
  ]);
  start([4, 5]);
  // Until the nodes that are asked have decided as well: before, one side has fewer precommits to show than a quorum.
  const hasForked = (): boolean =>
    world.record.disagreements().some(({ height }) => [2, 3].every((node) => world.record.committedBy(node) >= height));
  await world.runUntil(hasForked, 400_000);
  expect(hasForked()).toBe(true);
  return world;
};

const exportOf = async (world: World, node: number, fromHeight: bigint, toHeight: bigint): Promise<EvidenceFile> => {
  let answer: E.Either<string, EvidenceFile> | undefined;
  world.nodes[node]?.running()?.exportEvidence({ fromHeight, toHeight }, (file) => {
    answer = file;
  });
  await world.runUntil(() => answer !== undefined, world.scheduler.nowMs() + 1_000);
  if (answer === undefined || E.isLeft(answer)) throw new Error(answer?.left ?? 'no answer');
  return answer.right;
};

describe('what nodes export', () => {
  let world: World;
  let height: bigint;
  const files = new Map<number, EvidenceFile>();
  const written = (name: string, evidence: EvidenceFile): string => {
    writeFileSync(file(name), JSON.stringify(evidenceFileJson(evidence)));
    return file(name);
  };
  beforeAll(async () => {
    world = await forkUnderAnotherSet();
    height = world.record.disagreements()[0]?.height ?? 0n;
    for (const node of [2, 3]) files.set(node, await exportOf(world, node, height, height));
    writeFileSync(file('later-genesis.json'), writeGenesisText(world.genesis));
  }, 60_000);

  const of = (node: number): EvidenceFile => {
    const found = files.get(node);
    if (found === undefined) throw new Error(`node ${String(node)} exported nothing`);
    return found;
  };
  const culprits = (...args: readonly string[]) => harness(file('later-genesis.json'), ...args);

  test('names who forked the chain under a set that genesis does not know', () => {
    expect(height).toBeGreaterThan(4n);
    const { status, stdout } = culprits(written('side-2.json', of(2)), written('side-3.json', of(3)));
    expect(stdout).toContain(`height ${String(height)}: a fork, 2 blocks decided`);
    const convicted = [...stdout.matchAll(/convicted ([0-9a-f]{64})/g)].map(([, identity]) => identity);
    expect(new Set(convicted)).toEqual(new Set([0, 1].map((index) => world.nodes[index]?.identity)));
    // The power of that set, not of genesis.
    expect(stdout).toContain('10 of 20 power named');
    expect(status).toBe(1);
  });

  test('is refused when the header that shows the set is left out, or another set is put in its place', () => {
    const { headers, sets } = of(2);
    const headless = culprits(written('headless.json', { ...of(2), headers: headers.slice(1) }));
    expect(headless.status).toBe(2);
    expect(headless.stderr).toContain('headless.json does not verify');
    expect(headless.stderr).toContain('headers between them are missing');
    const weak = sets.map((set) => set.map((validator) => ({ ...validator, votingPower: 9n })));
    const swapped = culprits(written('swapped.json', { ...of(2), sets: weak }));
    expect(swapped.status).toBe(2);
    expect(swapped.stderr).toContain('follows a change to a set that the file does not hold');
  });

  test('needs no header from genesis on where a block is trusted by name', () => {
    const { headers } = of(2);
    const rest = { ...of(2), headers: headers.slice(1) };
    const [first] = rest.headers;
    if (first === undefined) throw new Error('no header');
    const trusted = `${String(first.header.height)}:${first.certificate.blockId}`;
    const { status, stdout } = culprits(
      '--trusted',
      trusted,
      written('rest.json', rest),
      written('side-3.json', of(3)),
    );
    expect(stdout).toContain('a fork, 2 blocks decided');
    expect(status).toBe(1);
    const wrong = culprits('--trusted', 'latest', file('rest.json'));
    expect(wrong.stderr).toContain('is no trusted block; give <height>:<block id>');
    expect(wrong.status).toBe(2);
  });

  test('is refused of another chain and of another format, by name', () => {
    const other = culprits(
      written('other.json', { ...of(2), genesisHash: of(2).headers[0]?.certificate.blockId ?? of(2).genesisHash }),
    );
    expect(other.stderr).toContain('other.json is of the chain with genesis hash');
    writeFileSync(file('new.json'), JSON.stringify({ formatVersion: 2 }));
    const future = culprits(file('new.json'));
    expect(future.stderr).toContain('formatVersion is 2, this program reads 1');
    expect([other.status, future.status]).toEqual([2, 2]);
  });

  test('says which heights it cannot judge', () => {
    const { messages, headers } = of(3);
    const bare = { ...of(3), headers: [], messages, evidence: [] };
    writeFileSync(file('bare.json'), JSON.stringify(evidenceFileJson({ ...bare, headers: headers.slice(0, 1) })));
    const { status, stdout } = culprits(file('bare.json'));
    expect(stdout).toContain(`Not judged: no file shows the validator set of height ${String(height)}`);
    expect(status).toBe(2);
  });
});

describe('harness culprits', () => {
  let world: World;
  beforeAll(async () => {
    world = await fork();
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
      ['object.json', 'is neither a JSON array of messages nor an export of a node: it has no formatVersion'],
      ['other.json', 'message 1:'],
    ] as const) {
      const messages = readShownFile(file(name));
      expect(E.isLeft(messages) ? messages.left : '').toContain(`${file(name)}`);
      expect(E.isLeft(messages) ? messages.left : '').toContain(says);
    }
    const { status, stderr } = harness(file('genesis.json'), file('text.json'));
    expect(status).toBe(2);
    expect(stderr).toContain('text.json is not JSON');
  });
});
