import { nullScheme } from '@zhtp/simulator';
import { constantApplication } from './constant-application.ts';
import { secondsOfAll, sumsSince, timerCost } from './call-timer.ts';
import { countedScheme, type CountedScheme } from './counted-scheme.ts';
import { micros, millis, print } from './cpu-time.ts';
import { measuredRun, WARM_UP_HEIGHTS, type MeasuredRun, type RunOptions } from './measured-run.ts';
import { memoryOverHeights } from './memory.ts';
import { verificationSeconds } from './verification-unit.ts';
import { worldSecondsPerDelivery } from './virtual-world-alone.ts';

const perMessage = ({ seconds, deliveries }: MeasuredRun): number => seconds / deliveries;
const ofAllThreads = ({ allThreadsSeconds, deliveries }: MeasuredRun): number => allThreadsSeconds / deliveries;
const perHeight = ({ seconds, heights }: MeasuredRun): number => seconds / heights;

/** Blocks that the world keeps: in life they are on disk. */
const KEPT_HEIGHTS = 64n;

/** For what a node does for consensus alone. */
const decidesNothing = { openApplication: () => Promise.resolve(constantApplication()) };

/** What a node does for consensus, the application left out: it decides nothing. */
const plumbingOf = (validators: number, heights: number, warmUpHeights: number, checks: 'all' | 'none' = 'none') =>
  measuredRun({
    scheme: nullScheme(),
    validators,
    heights,
    warmUpHeights,
    checks,
    keptHeights: KEPT_HEIGHTS,
    ...decidesNothing,
  });

const withoutCryptography = async (
  validators: number,
  heights: number,
  warmUpHeights: number,
): Promise<MeasuredRun> => {
  const run = await plumbingOf(validators, heights, warmUpHeights);
  const world = worldSecondsPerDelivery(run, validators);
  print(
    `plumbing, ${String(validators)} validators: ${micros(perMessage(run) - world)} per delivered message; ` +
      `with the virtual world's own ${micros(world)}: ${micros(perMessage(run))}, of all threads ${micros(ofAllThreads(run))} ` +
      `(${String(run.deliveries)} deliveries, ${String(run.events)} events, ${String(heights)} heights, ${millis(perHeight(run))} per height; ` +
      `one verification of ML-DSA-65 takes this machine ${micros(verificationSeconds())} now)`,
  );
  return run;
};

/** Pairs of runs one after the other: the host's speed changes within a minute. */
const PAIRS = 5;

/** A height of 100 validators against its deliveries at the cost per message of 50: linear is 1. */
const costByMessages = async (): Promise<void> => {
  const quotients: number[] = [];
  let growth = 0;
  for (let pair = 0; pair < PAIRS; pair++) {
    const fifty = await plumbingOf(50, 8, 4);
    const hundred = await plumbingOf(100, 2, 2);
    quotients.push(perMessage(hundred) / perMessage(fifty));
    growth = hundred.deliveries / hundred.heights / (fifty.deliveries / fifty.heights);
  }
  const sorted = quotients.toSorted((a, b) => a - b).map((quotient) => quotient.toFixed(2));
  print(
    `a height of 100 validators costs ${sorted[Math.floor(PAIRS / 2)] ?? ''} x its deliveries at the cost per message of 50, ` +
      `in the median of ${String(PAIRS)} pairs (${sorted.join(', ')}), with ${growth.toFixed(2)} x the messages: linear is 1`,
  );
};

/** What the default application does in every block besides: staking, evidence, rewards, epochs and the app hash. */
const ledgerAdds = async (validators: number, heights: number, without: MeasuredRun): Promise<void> => {
  const run = await measuredRun({
    scheme: nullScheme(),
    validators,
    heights,
    warmUpHeights: heights,
    keptHeights: KEPT_HEIGHTS,
  });
  const adds = perHeight(run) - perHeight(without);
  print(
    `the ledger as application, ${String(validators)} validators, empty blocks: ${millis(adds / validators)} more per node and height ` +
      `(${millis(perHeight(run))} per height, ${(perHeight(run) / perHeight(without)).toFixed(2)} x)`,
  );
};

const withChecker = async (validators: number, heights: number, without: MeasuredRun): Promise<void> => {
  const run = await plumbingOf(validators, heights, WARM_UP_HEIGHTS, 'all');
  print(
    `the same with the world's safety checker, which is no part of a node: ${micros(perMessage(run))}, ` +
      `${(perMessage(run) / perMessage(without)).toFixed(2)} x`,
  );
};

/** The time of a run over the time inside the calls that sign and verify, with and without the default application. */
const withSignatures = async (validators: number, heights: number, warmUpHeights = 3): Promise<void> => {
  await overFloor('consensus alone', decidesNothing, validators, heights, warmUpHeights);
  await overFloor('with the ledger', {}, validators, heights, warmUpHeights);
};

const overFloor = async (
  what: string,
  application: Pick<RunOptions, 'openApplication'>,
  validators: number,
  heights: number,
  warmUpHeights: number,
): Promise<void> => {
  const scheme = countedScheme();
  let before: ReturnType<CountedScheme['counts']> | undefined;
  const run = await measuredRun({
    ...application,
    scheme,
    validators,
    heights,
    warmUpHeights,
    begin: () => {
      before = scheme.counts();
    },
  });
  const after = scheme.counts();
  const signs = sumsSince(after.signs, before?.signs);
  const verifies = sumsSince(after.verifies, before?.verifies);
  const timer = timerCost();
  const timing = (signs.timed + verifies.timed) * timer.seconds;
  const signSeconds = secondsOfAll(signs, timer);
  const verifySeconds = secondsOfAll(verifies, timer);
  const floor = signSeconds + verifySeconds;
  const seconds = run.seconds - timing;
  const world = worldSecondsPerDelivery(run, validators) * run.deliveries;
  const over = (measured: number): string => `${(measured / floor).toFixed(2)} x`;
  print(
    `ML-DSA-65, ${String(validators)} validators, ${what}: ${over(seconds - world)} the floor; with the virtual world's own ${over(seconds)}, ` +
      `with all threads ${over(run.allThreadsSeconds - timing)} ` +
      `(${millis(seconds / heights)} / ${millis(floor / heights)} per height; ${String(signs.calls)} signs at ${micros(signSeconds / signs.calls)}, ` +
      `${String(verifies.calls)} verifies at ${micros(verifySeconds / verifies.calls)}, ${String(run.deliveries)} deliveries, ` +
      `${micros((seconds - world - floor) / run.deliveries)} beyond the floor for each)`,
  );
};

const withSharedVerifier = async (validators: number, heights: number, plumbing: number): Promise<void> => {
  const scheme = countedScheme(true);
  const run = await measuredRun({ scheme, validators, heights });
  print(
    `ML-DSA-65, ${String(validators)} validators, one memoised verifier for all: ${millis(run.seconds / heights)} per height, ` +
      `${(run.seconds / (run.deliveries * plumbing)).toFixed(2)} x its deliveries at the cost without cryptography`,
  );
};

print(
  'one process, virtual network, every message through bytes, empty blocks; CPU time of the thread that runs the world',
);
print('plumbing: engine, core, codecs, journal, signer and stores under an application that decides nothing;');
print('the virtual world (scheduler, network, memory disk) is measured under stubs that send and store as much');
print('all nodes of a world share one heap: its young generation is 64 MB where the flag of the bench target is given');
print('no safety checker unless said; the floor is the time inside the calls that sign and verify, in the same run');
// Until V8 has compiled what runs often: the first thousand heights cost twice what later ones do.
await plumbingOf(4, 1, 2_500);
const at4 = await withoutCryptography(4, 1_500, 200);
await withChecker(4, 400, at4);
await withoutCryptography(10, 250, 80);
const at50 = await withoutCryptography(50, 24, 12);
await withChecker(50, 12, at50);
const at100 = await withoutCryptography(100, 6, 4);
await costByMessages();
await ledgerAdds(4, 400, at4);
await ledgerAdds(100, 4, at100);
await withSignatures(4, 60);
await withSignatures(10, 20);
await withSignatures(50, 2);
await withSignatures(100, 1, 1);
await withSharedVerifier(100, 2, perMessage(at100));
await memoryOverHeights(1_000);
