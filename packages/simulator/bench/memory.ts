import { nullScheme } from '@zhtp/simulator';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { print } from './cpu-time.ts';
import { measuredRun } from './measured-run.ts';

const VALIDATORS = 4;
/** Blocks and decisions that the world keeps: a node's own stores are on disk in life. */
const KEPT_HEIGHTS = 64n;
const MARKS = 5;

/** A full collection of garbage, so that what is left is in use. */
const collector = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('this runtime does not expose its garbage collector');
  return () => {
    for (let pass = 0; pass < 3; pass++) Reflect.apply(collect, undefined, []);
  };
};

const megabytesInUse = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
};

/** Prints memory in use at equal distances along a long run: flat when nothing a height leaves behind stays. */
export const memoryOverHeights = async (heights: number): Promise<void> => {
  const collect = collector();
  const every = Math.max(1, Math.floor(heights / MARKS));
  const marks: string[] = [];
  await measuredRun({
    scheme: nullScheme(),
    validators: VALIDATORS,
    heights,
    // Stores, caches and segments reach the size they keep.
    warmUpHeights: 1_000,
    keptHeights: KEPT_HEIGHTS,
    afterHeight: (height) => {
      if (height % every !== 0) return;
      collect();
      marks.push(`${megabytesInUse().toFixed(1)} at ${String(height)}`);
    },
  });
  print(
    `memory in use, ${String(VALIDATORS)} validators, no signatures, the last ${String(KEPT_HEIGHTS)} blocks kept, MB at heights after 1,000: ${marks.join(', ')}`,
  );
};

const asked = process.argv[2];
if (import.meta.main && asked !== undefined) await memoryOverHeights(Number(asked));
