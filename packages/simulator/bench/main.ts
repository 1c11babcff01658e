import { nullScheme } from '@zhtp/simulator';
import { countedScheme, type CountedScheme } from './counted-scheme.ts';
import { cpuSecondsOf, micros, millis, print } from './cpu-time.ts';
import { measuredRun } from './measured-run.ts';

/** How many signatures one sample of the unit costs makes and verifies. */
const SAMPLE = 12;
const CONTEXT = new Uint8Array(12);

/** Mean costs of one signature and of one verification, sampled all along the run they are compared with. */
const createUnitCosts = (scheme: CountedScheme) => {
  const { uncounted } = scheme;
  let samples = 0;
  let signSeconds = 0;
  let verifySeconds = 0;
  return {
    sample: (): void => {
      const { algorithm, publicKey, secretKey } = scheme.keyPair(samples % 4);
      const messages = Array.from({ length: SAMPLE }, (_, i) => Uint8Array.of(samples, samples >> 8, i));
      const signed: Uint8Array[] = [];
      samples += 1;
      signSeconds += cpuSecondsOf(() => {
        for (const message of messages)
          signed.push(uncounted.sign({ algorithm, seed: secretKey, context: CONTEXT, message, deterministic: false }));
      });
      verifySeconds += cpuSecondsOf(() => {
        for (const [i, message] of messages.entries()) {
          const signature = signed[i] ?? new Uint8Array(0);
          if (uncounted.verify({ algorithm, publicKey, context: CONTEXT, message, signature }) !== 'valid')
            throw new Error('the back end refused its own signature');
        }
      });
    },
    sign: () => signSeconds / (samples * SAMPLE),
    verify: () => verifySeconds / (samples * SAMPLE),
  };
};

const withoutCryptography = async (validators: number, heights: number): Promise<number> => {
  const run = await measuredRun({ scheme: nullScheme(), validators, heights });
  const perMessage = run.cpuSeconds / run.deliveries;
  print(
    `plumbing, ${String(validators)} validators: ${micros(perMessage)} per delivered message ` +
      `(${String(run.deliveries)} deliveries, ${String(heights)} heights, ${millis(run.cpuSeconds / heights)} per height)`,
  );
  return perMessage;
};

const withSignatures = async (validators: number, heights: number): Promise<void> => {
  const scheme = countedScheme();
  const costs = createUnitCosts(scheme);
  let before: ReturnType<CountedScheme['counts']> | undefined;
  const run = await measuredRun({
    scheme,
    validators,
    heights,
    betweenHeights: () => {
      before ??= scheme.counts();
      costs.sample();
    },
  });
  const after = scheme.counts();
  const signs = after.signs - (before?.signs ?? 0);
  const verifies = after.verifies - (before?.verifies ?? 0);
  const floor = signs * costs.sign() + verifies * costs.verify();
  print(
    `ML-DSA-65, ${String(validators)} validators: ${(run.cpuSeconds / floor).toFixed(2)} x the floor ` +
      `(${millis(run.cpuSeconds / heights)} / ${millis(floor / heights)} per height; ${String(signs)} signs at ${micros(costs.sign())}, ` +
      `${String(verifies)} verifies at ${micros(costs.verify())}, ${String(run.deliveries)} deliveries)`,
  );
};

const withSharedVerifier = async (validators: number, heights: number, perMessage: number): Promise<void> => {
  const scheme = countedScheme(true);
  const run = await measuredRun({ scheme, validators, heights });
  print(
    `ML-DSA-65, ${String(validators)} validators, one memoised verifier for all: ${millis(run.cpuSeconds / heights)} per height, ` +
      `${(run.cpuSeconds / (run.deliveries * perMessage)).toFixed(2)} x its deliveries at the cost without cryptography`,
  );
};

print('one process, virtual network, every message through bytes, empty blocks; CPU time of all threads');
await measuredRun({ scheme: nullScheme(), validators: 7, heights: 60 });
await withoutCryptography(4, 400);
await withoutCryptography(10, 120);
await withoutCryptography(50, 10);
const at100 = await withoutCryptography(100, 4);
await withSignatures(4, 60);
await withSignatures(10, 20);
await withSignatures(50, 3);
await withSharedVerifier(100, 2, at100);
