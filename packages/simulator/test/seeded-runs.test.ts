import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { createWorld, isClean, runPlanned, runSeed, type Fault, type RunPlan } from '@zhtp/simulator';
import { agreeInSeededRuns } from './support/agree-in-seeded-runs.ts';

describe('validators under crashes, partitions, loss, slow disks and wrong clocks', () => {
  agreeInSeededRuns(1, 120);

  test('a run is a function of its seed', async () => {
    const [first, second] = [await runSeed(158), await runSeed(158)];
    expect(second).toEqual(first);
  });
});

const plan = (seed: number, change: Partial<RunPlan>): RunPlan => ({
  seed,
  validators: 4,
  fullNodes: 0,
  twins: [],
  startsAtMs: Array.from({ length: (change.validators ?? 4) + (change.fullNodes ?? 0) }, () => 0),
  transactions: false,
  isChain: false,
  faults: [],
  quietAtMs: 15_000,
  ...change,
});

const expectClean = async (which: RunPlan): Promise<void> => {
  const outcome = await runPlanned(which);
  expect(outcome).toMatchObject({ violations: [], complaints: [] });
  expect(isClean(outcome)).toBe(true);
};

describe('what a run found once', () => {
  test('votes lost between two peers of a chain are passed on again while the height lasts', async () => {
    const loss: Fault = { _tag: 'LossBurst', perMille: 422, atMs: 1_582, forMs: 5_918 };
    await expectClean(plan(115, { validators: 5, transactions: true, isChain: true, faults: [loss] }));
  });

  test('votes cut off by a partition of a chain are passed on again when it heals', async () => {
    const faults: readonly Fault[] = [
      { _tag: 'Crash', node: 1, atMs: 1_765, forMs: 2_764 },
      { _tag: 'Partition', groups: [[1, 3], [], [0, 2, 4]], atMs: 3_686, forMs: 10_872 },
    ];
    await expectClean(plan(167, { validators: 5, transactions: true, isChain: true, faults }));
  });

  test('a proposer whose clock is behind does not build a block for a height that was decided while it waited', async () => {
    const faults: readonly Fault[] = [
      { _tag: 'Crash', node: 0, atMs: 494, forMs: 380 },
      { _tag: 'Crash', node: 2, atMs: 4_475, forMs: 2_144 },
      { _tag: 'ClockError', node: 3, byMs: -6_551, atMs: 8_987, forMs: 972 },
      { _tag: 'Partition', groups: [[0], [2, 3], [1, 4]], atMs: 10_742, forMs: 3_424 },
    ];
    await expectClean(plan(158, { fullNodes: 1, startsAtMs: [0, 6_432, 0, 0, 13_093], faults }));
  });

  test('validators that all crash between signer and journal sign the same again and are not silent', async () => {
    const faults: readonly Fault[] = [
      { _tag: 'CrashAll', atMs: 2_283, forMs: 1_232 },
      { _tag: 'CrashAll', atMs: 5_535, forMs: 1_359 },
      { _tag: 'SlowLinks', minMs: 300, maxMs: 1_834, atMs: 6_849, forMs: 6_178 },
    ];
    await expectClean(plan(498, { fullNodes: 1, transactions: true, faults }));
  });

  test('a node whose every hint of the decided height was lost learns of it again and syncs', async () => {
    const loss: Fault = { _tag: 'LossBurst', perMille: 200, atMs: 0, forMs: 150_000 };
    const dead: Fault = { _tag: 'Crash', node: 3, atMs: 1, forMs: 149_999 };
    await expectClean(plan(7, { faults: [loss, dead], quietAtMs: 150_000 }));
  });

  test('a transaction that comes while a node still opens its application is refused and stops nobody', async () => {
    const world = createWorld({ seed: 1, validators: 4, pace: { diskMinMs: 300, diskMaxMs: 300, verifyMs: 0 } });
    for (let index = 0; index < 4; index++) world.start(index);
    const starting = () => world.nodes[0]?.running();
    await world.runUntil(() => starting() !== undefined, 60_000);
    expect(starting()?.status()).toBeUndefined();
    const answers: unknown[] = [];
    starting()?.submitTransaction(Uint8Array.of(1, 2, 3), (answer) => answers.push(answer));
    for (const node of world.nodes) node.setPace({ diskMinMs: 0, diskMaxMs: 2, verifyMs: 0 });
    await world.runUntil(() => world.record.committedBy(0) >= 1n, 60_000);
    expect(answers).toEqual([
      E.left({
        code: 'NotReady',
        reason: 'the node is still starting: submit the transaction again when it takes part',
      }),
    ]);
    expect(world.nodes[0]?.fault()).toBeUndefined();
    expect(world.record.committedBy(0)).toBe(1n);
    world.stop();
  });
});
