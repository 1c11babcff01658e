import { isQuorum, isSkip } from '@zhtp/bft';
import { option as O } from 'fp-ts';
import type { ConsensusVote, Hash, IdentityId } from '@zhtp/types';
import { reportEvidence } from '../evidence/evidence-report.ts';
import { seenAt, setAt } from '../height/height-view.ts';
import type { JournalEntry } from '../recovery/journal-entry.ts';
import { attestationsIn } from './journaled-attestations.ts';
import type { NodeContext } from '../node-context.ts';
import { payloadOf } from '../gossip/outbox.ts';

/** What executing a block came to: two nodes that differ in either field are on two chains. */
export interface ExecutionResult {
  readonly blockId: Hash;
  readonly appHash: Hash;
}

/**
 * Execution attestations (decisions.md §5): what validators say their application came to after a height. They gate
 * nothing. One validator's two contents of a height convict it; a result that more than a third of the power holds against
 * ours raises an alarm, since then a correct validator contradicts us. Whether this node must stop is decided by the
 * next block alone, whose header carries the result (protocol.md, Blocks).
 *
 * They are journaled like every input (protocol.md, Durability): who attests one result before our restart and another after
 * it has still signed two. What we attested ourselves the signer remembers, by height, and repeats or refuses.
 */
export interface Attestations {
  /** Whether validators attest at this height. */
  areOn(): boolean;
  /** A verified attestation of this height, the one before or the next; own ones too. */
  accept(vote: ConsensusVote): void;
  /** The journal has begun a new segment after this height: what still counts is written again. */
  rotated(height: bigint): void;
  /** Takes up what the journal of an earlier process holds; asked once a height is in progress. */
  restore(entries: readonly JournalEntry[]): void;
  /** What this node came to. */
  executed(height: bigint, result: ExecutionResult): void;
}

interface HeightBook {
  readonly votes: Map<IdentityId, ConsensusVote>;
  /** The second content of who signed two. */
  readonly convicting: Map<IdentityId, ConsensusVote>;
  ours: ExecutionResult | undefined;
  alarm: 'none' | 'third' | 'quorum';
}

const resultOf = ({ proposalId, appHash }: ConsensusVote): ExecutionResult | undefined =>
  O.isSome(proposalId) && O.isSome(appHash) ? { blockId: proposalId.value, appHash: appHash.value } : undefined;

const isSame = (a: ExecutionResult, b: ExecutionResult): boolean => a.blockId === b.blockId && a.appHash === b.appHash;

export const createAttestations = (ctx: NodeContext): Attestations => {
  const books = new Map<bigint, HeightBook>();

  /** One book for the height in progress and one on either side: older ones have done their work, later ones come again. */
  const bookOf = (height: bigint): HeightBook => {
    const nearest = ctx.view().height - 1n;
    for (const kept of books.keys()) if (kept < nearest) books.delete(kept);
    const book: HeightBook = books.get(height) ?? {
      votes: new Map<IdentityId, ConsensusVote>(),
      convicting: new Map<IdentityId, ConsensusVote>(),
      ours: undefined,
      alarm: 'none',
    };
    books.set(height, book);
    return book;
  };

  const compare = (height: bigint, book: HeightBook): void => {
    const { ours, alarm } = book;
    const set = setAt(ctx.view(), height);
    if (ours === undefined || set === undefined || alarm === 'quorum') return;
    const others = new Map<string, { readonly result: ExecutionResult; power: bigint }>();
    let power = 0n;
    for (const vote of book.votes.values()) {
      const result = resultOf(vote);
      if (result === undefined || isSame(result, ours)) continue;
      const key = `${result.blockId}/${result.appHash}`;
      const other = others.get(key) ?? { result, power: 0n };
      other.power += set.powerOf(vote.voter);
      power += set.powerOf(vote.voter);
      others.set(key, other);
    }
    const [largest] = [...others]
      .toSorted(([a, x], [b, y]) => (x.power === y.power ? (a < b ? -1 : 1) : x.power > y.power ? -1 : 1))
      .map(([, other]) => other);
    if (largest === undefined || !isSkip(power, set.totalPower)) return;
    const level = isQuorum(largest.power, set.totalPower) ? 'quorum' : 'third';
    if (level === alarm) return;
    book.alarm = level;
    ctx.counters.count('attestationDiverged');
    ctx.emit({
      _tag: 'ResultDiverged',
      height,
      ours,
      theirs: largest.result,
      power,
      totalPower: set.totalPower,
      decided: level === 'quorum',
    });
  };

  const areOn = (): boolean => ctx.view().state.parameters.executionAttestations;

  const accept = (vote: ConsensusVote): void => {
    const book = bookOf(vote.height);
    const first = book.votes.get(vote.voter);
    if (first === undefined) {
      book.votes.set(vote.voter, vote);
      compare(vote.height, book);
      return;
    }
    // Contents are compared by the id derived from them, never by signature.
    if (first.id === vote.id || book.convicting.has(vote.voter)) return;
    book.convicting.set(vote.voter, vote);
    reportEvidence(ctx, { _tag: 'TwoAttestations', first, second: vote });
  };

  return {
    areOn,
    accept,
    rotated: (height) => {
      if (books.size === 0) return;
      const kept = [...books].filter(([at]) => at >= height).toSorted(([a], [b]) => (a < b ? -1 : 1));
      for (const [, { votes, convicting }] of kept)
        for (const vote of [...votes.values(), ...convicting.values()])
          ctx.record({ _tag: 'Received', payload: payloadOf({ _tag: 'Vote', vote }), timely: true });
    },
    restore: (entries) => {
      if (!areOn()) return;
      for (const vote of attestationsIn(entries)) {
        const seen = seenAt(ctx.view(), vote.height);
        if (seen === undefined) continue;
        seen.add(vote, ctx.nearestFar(vote.height));
        accept(vote);
      }
    },
    executed: (height, result) => {
      const book = bookOf(height);
      book.ours = result;
      compare(height, book);
    },
  };
};
