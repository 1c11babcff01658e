import { either as E, option as O, taskEither as TE } from 'fp-ts';
import type { NodeEvent } from '@zhtp/engine';
import { createWorld, nullScheme, type SimulationScheme, type World, type WorldOptions } from '@zhtp/simulator';
import { keepEverything } from '@zhtp/store';
import {
  bytesToHex,
  decodeUtf8,
  encodeUtf8,
  VOTE_EXTENSION_BYTES_MAX,
  type Application,
  type VoteExtension,
} from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { changedApplication } from './support/changed-application.ts';

const SEED = 31;
const NODES = [0, 1, 2, 3];
const FROM = 3n;

interface Prepared {
  readonly node: number;
  readonly height: bigint;
  readonly extensions: readonly VoteExtension[];
}

interface Extending {
  readonly world: World;
  readonly events: (readonly [node: number, event: NodeEvent])[];
  readonly prepared: Prepared[];
  /** Heights for which an extension was asked of a node's application. */
  readonly asked: (readonly [node: number, height: bigint])[];
}

interface Manners {
  readonly extend: (node: number, height: bigint, call: number) => Uint8Array;
  readonly accepts: (node: number, extension: Uint8Array) => boolean;
}

const plain: Manners = {
  extend: (node, height) => encodeUtf8(`${String(node)}@${String(height)}`),
  accepts: () => true,
};

/** The ledger, extending votes. */
const extending = (ledger: Application, node: number, it: Omit<Extending, 'world'>, manners: Manners): Application => {
  let calls = 0;
  return changedApplication(ledger, {
    prepareProposal: (request) => {
      it.prepared.push({ node, height: request.height, extensions: request.voteExtensions });
      return ledger.prepareProposal(request);
    },
    extendVote: ({ header: { height } }) => {
      it.asked.push([node, height]);
      return TE.right(manners.extend(node, height, calls++));
    },
    verifyVoteExtension: (_height, _voter, extension) =>
      TE.right(manners.accepts(node, extension) ? { _tag: 'Accept' } : { _tag: 'Reject', reason: 'not liked' }),
  });
};

const worldWith = (manners: Partial<Manners> = {}, options: Partial<WorldOptions> = {}): Extending => {
  const it: Omit<Extending, 'world'> = { events: [], prepared: [], asked: [] };
  const world = createWorld({
    seed: SEED,
    validators: 4,
    parameters: { voteExtensionsFrom: FROM },
    application: (node, ledger) => extending(ledger, node, it, { ...plain, ...manners }),
    observe: (node, event) => {
      it.events.push([node, event]);
    },
    ...options,
  });
  return { ...it, world };
};

const startAll = (world: World, nodes: readonly number[] = NODES): void => {
  nodes.forEach((node) => {
    world.start(node);
  });
};

const untilHeight = (
  world: World,
  height: bigint,
  nodes: readonly number[] = NODES,
  untilMs = 60_000,
): Promise<boolean> => world.runUntil(() => nodes.every((node) => world.record.committedBy(node) >= height), untilMs);

const texts = ({ extensions }: Prepared): readonly string[] =>
  extensions.map(({ extension }) => decodeUtf8(extension)).map(String);

describe('vote extensions', () => {
  test('are asked for from the height of the parameter on, and not before', async () => {
    const { world, asked } = worldWith();
    startAll(world);
    expect(await untilHeight(world, 6n)).toBe(true);
    const heights = new Set(asked.map(([, height]) => height));
    expect([FROM - 1n, FROM, FROM + 1n].map((height) => heights.has(height))).toEqual([false, true, true]);
    expect(world.checker.violations()).toEqual([]);
  });

  test('of the precommits that decided a block reach whoever builds the next one', async () => {
    const { world, prepared } = worldWith();
    startAll(world);
    expect(await untilHeight(world, 8n)).toBe(true);
    for (const build of prepared) {
      if (build.height <= FROM) expect(build.extensions).toEqual([]);
      else {
        // A quorum at least: later ones come after the decision.
        expect(build.extensions.length).toBeGreaterThanOrEqual(3);
        for (const { voter, extension } of build.extensions) {
          const node = world.nodes.findIndex(({ identity }) => identity === voter);
          expect(extension).toEqual(encodeUtf8(`${String(node)}@${String(build.height - 1n)}`));
        }
        const voters = build.extensions.map(({ voter }) => voter);
        expect(voters).toEqual([...new Set(voters)].toSorted());
      }
    }
    expect(prepared.filter(({ height }) => height > FROM).length).toBeGreaterThan(2);
  });

  test('that the application rejects are not handed over, and their precommits count', async () => {
    const { world, prepared, events } = worldWith({
      accepts: (_node, extension) => !bytesToHex(extension).startsWith(bytesToHex(encodeUtf8('1@'))),
    });
    // Three of four: without the precommit of node 1 nothing is decided.
    startAll(world, [0, 1, 2]);
    expect(await untilHeight(world, 7n, [0, 1, 2], 120_000)).toBe(true);
    const others = prepared.filter(({ node, height }) => node !== 1 && height > FROM);
    expect(others.length).toBeGreaterThan(0);
    for (const build of others) expect(texts(build).filter((text) => text.startsWith('1@'))).toEqual([]);
    expect(events.some(([node, event]) => node !== 1 && event._tag === 'ExtensionRejected')).toBe(true);
  });

  test('of the longest length are carried; one byte more is an error of the application, said by name', async () => {
    const longest = worldWith({ extend: () => new Uint8Array(VOTE_EXTENSION_BYTES_MAX) });
    startAll(longest.world);
    expect(await untilHeight(longest.world, 5n)).toBe(true);
    expect(longest.prepared.find(({ height }) => height > FROM)?.extensions[0]?.extension.length).toBe(16_384);
    const longer = worldWith({ extend: () => new Uint8Array(VOTE_EXTENSION_BYTES_MAX + 1) });
    startAll(longer.world);
    await longer.world.runUntil(() => longer.world.nodes[0]?.fault() !== undefined, 60_000);
    expect(longer.world.nodes[0]?.fault()).toContain('16385 bytes, 16384 are allowed');
  });

  test('may be empty', async () => {
    const { world, prepared } = worldWith({ extend: () => new Uint8Array(0) });
    startAll(world);
    expect(await untilHeight(world, 5n)).toBe(true);
    expect(prepared.find(({ height }) => height > FROM)?.extensions.length).toBeGreaterThanOrEqual(3);
  });

  test('a node that was away catches up without them, and goes on with those it hears', async () => {
    const { world, prepared } = worldWith();
    startAll(world, [0, 1, 2]);
    expect(await untilHeight(world, 6n, [0, 1, 2], 120_000)).toBe(true);
    world.start(3);
    expect(await untilHeight(world, world.record.committedBy(0) + 8n, NODES, 240_000)).toBe(true);
    expect(world.checker.violations()).toEqual([]);
    const own = prepared.filter(({ node }) => node === 3);
    expect(own.at(-1)?.extensions.length).toBeGreaterThanOrEqual(3);
  });

  test('all are there again after every node restarted at once', async () => {
    const { world, prepared } = worldWith();
    startAll(world);
    expect(await untilHeight(world, 5n)).toBe(true);
    NODES.forEach((node) => {
      world.crash(node);
    });
    prepared.length = 0;
    startAll(world);
    expect(await untilHeight(world, 7n)).toBe(true);
    expect(prepared.length).toBeGreaterThan(0);
    for (const build of prepared)
      expect(build.extensions.length, `height ${String(build.height)}`).toBeGreaterThanOrEqual(3);
  });

  test('of a decision are all stored, though the process died before its block was', async () => {
    const HEIGHT = 5n;
    const storedBy = async (victim: number): Promise<number | undefined> => {
      let died = false;
      const { world } = worldWith(
        {},
        {
          keepUnsynced: keepEverything,
          interrupt: (node) => (call) => {
            const isDeciding = call === 'blockStore.save' && world.record.committedBy(node) === HEIGHT - 1n;
            if (node !== victim || died || !isDeciding) return 'go on';
            died = true;
            world.scheduler.after(1, () => {
              world.start(node);
            });
            return 'before';
          },
        },
      );
      startAll(world);
      expect(await untilHeight(world, HEIGHT, [victim])).toBe(true);
      let stored: number | undefined;
      world.nodes[victim]?.blocks().loadExtensions(HEIGHT, (loaded) => {
        if (E.isRight(loaded) && O.isSome(loaded.right)) stored = loaded.right.value.extensions.length;
      });
      await world.runUntil(() => stored !== undefined, 60_000);
      expect([died, world.checker.violations()]).toEqual([true, []]);
      return stored;
    };
    for (const victim of NODES) expect(await storedBy(victim), `node ${String(victim)}`).toBeGreaterThanOrEqual(3);
  });
});

describe('a process that dies at any call while votes are extended', () => {
  /** Genesis hash, height, round, voter and block id: what an extension is signed for. */
  const SLOT_BYTES = 32 + 8 + 4 + 32 + 32;

  /** Whatever any key signs as an extension, by slot. */
  const recording = (signed: Map<string, Set<string>>): SimulationScheme => {
    const scheme = nullScheme();
    return {
      ...scheme,
      signFunction: (keyPair) => {
        const sign = scheme.signFunction(keyPair);
        return (request, done) => {
          if (request._tag === 'Extension') {
            const slot = bytesToHex(request.message.subarray(0, SLOT_BYTES));
            signed.set(slot, (signed.get(slot) ?? new Set()).add(bytesToHex(request.message.subarray(SLOT_BYTES))));
          }
          sign(request, done);
        };
      },
    };
  };

  test(
    'never signs two extensions for one slot, though its application says something else each time',
    { timeout: 120_000 },
    async () => {
      const extend = (node: number, height: bigint, call: number): Uint8Array =>
        encodeUtf8(`${String(node)}@${String(height)}#${String(call)}/${String(nonce++)}`);
      let nonce = 0;
      let calls = 0;
      const counted = worldWith(
        { extend },
        {
          parameters: { voteExtensionsFrom: 1n },
          interrupt: (node) => () => {
            if (node === 0) calls += 1;
            return 'go on';
          },
        },
      );
      startAll(counted.world);
      await untilHeight(counted.world, 2n);
      expect(calls).toBeGreaterThan(30);
      for (let at = 0; at < calls; at += 2) {
        let made = 0;
        let died = false;
        const signed = new Map<string, Set<string>>();
        const { world } = worldWith(
          { extend },
          {
            parameters: { voteExtensionsFrom: 1n },
            interrupt: (node) => () => {
              if (node !== 0 || died || made++ !== at) return 'go on';
              died = true;
              world.scheduler.after(300, () => {
                world.start(0);
              });
              return at % 4 === 0 ? 'before' : 'after';
            },
            scheme: recording(signed),
          },
        );
        startAll(world);
        expect(await untilHeight(world, 4n, NODES, 120_000), `call ${String(at)}`).toBe(true);
        expect(world.checker.violations(), `call ${String(at)}`).toEqual([]);
        const twice = [...signed.values()].filter((extensions) => extensions.size > 1);
        expect(twice, `call ${String(at)}`).toEqual([]);
        expect(signed.size).toBeGreaterThan(0);
      }
    },
  );
});

test('an application that extends no votes cannot run a chain that asks for it', async () => {
  const world = createWorld({ seed: SEED, validators: 4, parameters: { voteExtensionsFrom: 1n } });
  world.start(0);
  await world.runUntil(() => world.nodes[0]?.fault() !== undefined, 10_000);
  expect(world.nodes[0]?.fault()).toContain('the application has no extendVote');
});
