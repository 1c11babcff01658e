import * as C from './codec.ts';

/** Bitcoin's first target, 0xffff · 2²⁰⁸, in compact form: the easiest one its chain allows. */
export const BITCOIN_COMPACT_LIMIT = 0x1d00_ffff;

/** Policy of the compact difficulty target. Difficulties are compact (nBits) values: larger is easier (economics.md, Difficulty). */
export const difficultyConfigCodec = C.struct('DifficultyConfig', {
  initialDifficulty: C.u32,
  /** Blocks. */
  adjustmentInterval: C.u64,
  /** Seconds. */
  targetTimespan: C.u64,
  /** Bound on the compact value as a number, after `powLimit`; 1 means none. */
  minDifficulty: C.u32,
  /** Bound on the compact value as a number, after `powLimit`; 0xffffffff means none. */
  maxDifficulty: C.u32,
  maxAdjustmentFactor: C.u64,
  /** Easiest target, compact. Not in the reference; {@link BITCOIN_COMPACT_LIMIT} unless set. */
  powLimit: C.u32,
});
export type DifficultyConfig = C.TypeOf<typeof difficultyConfigCodec>;

/** Bitcoin's values: 2016 blocks in two weeks. */
export const DEFAULT_DIFFICULTY_CONFIG: DifficultyConfig = {
  initialDifficulty: BITCOIN_COMPACT_LIMIT,
  adjustmentInterval: 2_016n,
  targetTimespan: 1_209_600n,
  minDifficulty: 1,
  maxDifficulty: 0xffff_ffff,
  maxAdjustmentFactor: 4n,
  powLimit: BITCOIN_COMPACT_LIMIT,
};
