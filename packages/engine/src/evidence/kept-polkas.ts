import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Certificate } from '@zhtp/bft';
import { evidenceAgeBlocks } from '@zhtp/chain';
import { schemeOf } from '@zhtp/crypto';
import type { ChainStateRow, ConsensusVote, StateChange } from '@zhtp/types';
import type { NodeContext } from '../node-context.ts';
import type { PastHeights } from './past-heights.ts';
import { indexRow, polkaRow, polkaKey, readIndexRow, type PolkaOfHeight, type PolkasOfHeight } from './polka-rows.ts';

/** A height that is not decided in so many rounds is no ordinary one; of its polkas the latest stay. */
export const POLKAS_PER_HEIGHT_MAX = 64;
/** Of a vote beside its signature: id, voter, block, height, round and the tags of its fields. */
const VOTE_FIELDS_BYTES = 256;

export interface PolkaLimits {
  readonly polkasMax: number;
  readonly bytesMax: number;
}

/**
 * The polkas behind this node's votes, kept for the evidence age (protocol.md, Evidence and accountability): who prevoted
 * against its own precommit by a polka that it names must be able to show it, and after a fork the prevotes in the polkas of
 * the later block are what convicts. Nobody can be asked about a height that its node left in its first round, so nothing is
 * kept of those: votes of such a height rely on no earlier round, and its certificate holds the precommits.
 */
export interface KeptPolkas {
  /** Takes up the index of an earlier process, or says which row is damaged. */
  load(rows: readonly ChainStateRow[]): Either<string, void>;
  /** Before the block of the height is stored: the journal, which would bring them back until then, begins anew after it. */
  save(height: bigint, done: () => void): void;
  /** Forgets what is older than the heights that evidence counts for. */
  heightStarted(): void;
  size(): { readonly polkas: number; readonly bytes: number };
}

/** On average one polka for each height of the evidence age, each with the votes of the whole set. */
const limitsOf = (ctx: NodeContext): PolkaLimits => {
  const { state, sets, signing } = ctx.view();
  const polkasMax = Number(evidenceAgeBlocks(state.parameters));
  const voteBytes = schemeOf(signing.algorithm).signatureBytes + VOTE_FIELDS_BYTES;
  return { polkasMax, bytesMax: polkasMax * voteBytes * sets.current.ids.length };
};

/**
 * @param known every polka this node knows of the height in progress, by round; undefined while it is in its first round
 * @param limits computed from set and evidence age when left out
 */
export const createKeptPolkas = (
  ctx: NodeContext,
  past: Pick<PastHeights, 'bounds'>,
  known: () => readonly Certificate<ConsensusVote>[] | undefined,
  limits: () => PolkaLimits = () => limitsOf(ctx),
): KeptPolkas => {
  /** By height, ascending. */
  const kept = new Map<bigint, readonly PolkaOfHeight[]>();
  let polkas = 0;
  let bytes = 0;

  const add = ({ height, polkas: ofHeight }: PolkasOfHeight): void => {
    kept.set(height, ofHeight);
    polkas += ofHeight.length;
    for (const polka of ofHeight) bytes += polka.bytes;
  };

  const forget = (height: bigint): readonly StateChange[] => {
    const ofHeight = kept.get(height) ?? [];
    kept.delete(height);
    polkas -= ofHeight.length;
    for (const polka of ofHeight) bytes -= polka.bytes;
    return [
      { _tag: 'Delete', key: indexRow({ height, polkas: [] }).key },
      ...ofHeight.map((polka) => ({ _tag: 'Delete' as const, key: polkaKey(height, polka) })),
    ];
  };

  /** The oldest heights leave: they are the next to leave by age. */
  const makeRoom = (): readonly StateChange[] => {
    const { polkasMax, bytesMax } = limits();
    const changes: StateChange[] = [];
    for (const [height, ofHeight] of kept) {
      if (polkas <= polkasMax && bytes <= bytesMax) break;
      ctx.counters.count('polkaDropped', ofHeight.length);
      changes.push(...forget(height));
    }
    return changes;
  };

  const save = (height: bigint, done: () => void): void => {
    const found = known() ?? [];
    const latest = found.slice(-POLKAS_PER_HEIGHT_MAX);
    if (found.length > latest.length) ctx.counters.count('polkaDropped', found.length - latest.length);
    if (latest.length === 0) {
      done();
      return;
    }
    const rows = latest.map(polkaRow);
    // A decision that a crash interrupted is made again, with what the journal kept.
    const replaced = kept.has(height) ? forget(height) : [];
    const entry = { height, polkas: rows.map(({ polka }) => polka) };
    add(entry);
    const room = makeRoom();
    const puts = kept.has(height) ? [indexRow(entry), ...rows.map(({ row }) => row)] : [];
    ctx.ports.chainStates.writeRows(
      [...replaced, ...room, ...puts.map((row) => ({ _tag: 'Put' as const, ...row }))],
      (written) => {
        if (E.isLeft(written))
          ctx.halt(`the polkas of height ${String(height)} could not be stored: ${written.left.message}`);
        else done();
      },
    );
  };

  return {
    load: (rows) => {
      for (const row of rows) {
        const entry = readIndexRow(row);
        if (E.isLeft(entry)) return entry;
        add(entry.right);
      }
      return E.right(undefined);
    },
    save,
    heightStarted: () => {
      const oldest = past.bounds()?.oldest;
      if (oldest === undefined) return;
      const changes: StateChange[] = [];
      for (const height of kept.keys()) {
        if (height >= oldest) break;
        changes.push(...forget(height));
      }
      if (changes.length === 0) return;
      ctx.ports.chainStates.writeRows(changes, (written) => {
        // They are forgotten here; what is left of them on disk is found and forgotten by the next start.
        if (E.isLeft(written)) ctx.counters.count('polkaNotForgotten');
      });
    },
    size: () => ({ polkas, bytes }),
  };
};
