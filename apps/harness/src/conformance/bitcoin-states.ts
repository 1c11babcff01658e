import { DifficultyManager, encodeCompact, targetFromCompact } from '@zhtp/difficulty';
import { hexToBytes } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import * as t from 'io-ts';
import {
  HEADER_BYTES,
  headerProblem,
  MEDIAN_BLOCKS,
  medianTime,
  readHeader,
  reversed,
  workOf,
} from './bitcoin-chain.ts';
import { difference, failed, notUnderstood, verdictOf, type Outcome } from './case-outcome.ts';
import { closed, count, hasKeys, integer, someIn } from './shape.ts';
import { runList, runSections, type VectorFormat } from './vector-format.ts';

const state = closed({
  block_height: count,
  total_work: integer,
  best_block_hash: t.string,
  current_target: integer,
  epoch_start_time: count,
  prev_timestamps: t.array(count),
});
type State = t.TypeOf<typeof state>;

const block = closed({
  header: closed({ version: count, time: count, bits: count, nonce: count }),
  data: closed({ merkle_root: t.string }, { variant_id: t.literal(0) }),
});

const transition = closed({ name: t.string, chain_state: state, blocks: t.array(block), expected: state });

/** The 80 bytes of a header that continues a chain; hashes are written for people. */
const rawHeader = (parent: string, { header, data }: t.TypeOf<typeof block>): Uint8Array | undefined => {
  const [previous, root] = [hexToBytes(reversed(parent)), hexToBytes(reversed(data.merkle_root))];
  if (E.isLeft(previous) || E.isLeft(root) || previous.right.length !== 32 || root.right.length !== 32)
    return undefined;
  const raw = new Uint8Array(HEADER_BYTES);
  const view = new DataView(raw.buffer);
  view.setUint32(0, header.version, true);
  raw.set(previous.right, 4);
  raw.set(root.right, 36);
  view.setUint32(68, header.time, true);
  view.setUint32(72, header.bits, true);
  view.setUint32(76, header.nonce, true);
  return raw;
};

const manager = DifficultyManager.default();

/** The compact target that the next block must have. */
const expectedBits = (before: State): E.Either<string, number> => {
  const current = encodeCompact(before.current_target);
  if (E.isLeft(current)) return E.left(current.left.message);
  const [start, end] = [BigInt(before.epoch_start_time), BigInt(before.prev_timestamps.at(-1) ?? 0)];
  const adjusted = manager.adjustDifficulty(BigInt(before.block_height) + 1n, current.right, start, end);
  return E.isLeft(adjusted)
    ? E.left(adjusted.left.message)
    : E.right(O.isSome(adjusted.right) ? adjusted.right.value : current.right);
};

/** The chain with one block more, or the rule that block breaks. */
const next = (before: State, added: t.TypeOf<typeof block>): E.Either<string, State> => {
  const raw = rawHeader(before.best_block_hash, added);
  if (raw === undefined) return E.left('a hash or Merkle root is not 32 bytes of hex');
  const header = readHeader(raw);
  const bits = expectedBits(before);
  if (E.isLeft(bits)) return bits;
  const median = medianTime(before.prev_timestamps);
  const broken =
    difference('bits', header.bits, bits.right) ??
    headerProblem(header) ??
    (median !== undefined && header.time <= median ? 'its time is not past the median of the last eleven' : undefined);
  if (broken !== undefined) return E.left(broken);
  const target = targetFromCompact(header.bits);
  if (E.isLeft(target)) return E.left(target.left.message);
  const height = before.block_height + 1;
  return E.right({
    block_height: height,
    total_work: before.total_work + workOf(target.right),
    best_block_hash: reversed(header.hash),
    current_target: target.right,
    epoch_start_time: manager.shouldAdjust(BigInt(height)) ? header.time : before.epoch_start_time,
    prev_timestamps: [...before.prev_timestamps, header.time].slice(-MEDIAN_BLOCKS),
  });
};

const run = ({ chain_state, blocks, expected }: t.TypeOf<typeof transition>): Outcome => {
  if (blocks.length === 0) return notUnderstood('blocks is empty');
  let reached: E.Either<string, State> = E.right(chain_state);
  for (const added of blocks) if (E.isRight(reached)) reached = next(reached.right, added);
  return E.isLeft(reached)
    ? failed(`the block is refused: ${reached.left}`)
    : verdictOf(difference('state', reached.right, expected));
};

/** A chain's state, a header, and the state after it (raito). */
export const headerStates: VectorFormat = {
  name: 'header state transitions',
  recognises: (document) => someIn(document, 'cases', (entry) => hasKeys(entry, 'chain_state', 'blocks', 'expected')),
  run: (document) => runSections(document, { cases: (content) => runList('cases', content, transition, run) }),
};
