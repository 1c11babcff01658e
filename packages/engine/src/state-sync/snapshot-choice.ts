import { U64_MAX, type PeerId, type SnapshotDescription } from '@zhtp/types';
import type { Answered } from './asked-peers.ts';

/** A snapshot and who offers exactly this one. */
export interface Candidate {
  readonly snapshot: SnapshotDescription;
  readonly peers: ReadonlySet<PeerId>;
}

/** What two peers must agree on for their chunks to belong together. */
export const nameOf = ({ height, format, chunks, hash }: SnapshotDescription): string =>
  `${String(height)}/${String(format)}/${String(chunks)}/${hash}`;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of the newest that one peer offers: it keeps as many, and whoever invents more is not listened to for longer. */
const PER_PEER = 2;

const newestFirst = (a: SnapshotDescription, b: SnapshotDescription): number =>
  a.height === b.height ? 0 : a.height > b.height ? -1 : 1;

/** Of a block that the chain can have, with the header after it that shows the state, and of something. */
const canBe = ({ height, chunks }: SnapshotDescription, initialHeight: bigint): boolean =>
  height >= initialHeight && height < U64_MAX && chunks > 0;

/**
 * Those that did not fail before come first, then the newest; of one height the one that most peers offer, so that chunks come
 * from many and a lone liar comes last.
 * @param failuresOf how often the snapshot of this name failed; undefined: it was refused for good
 */
export const candidatesOf = (
  offers: readonly Answered<readonly SnapshotDescription[]>[],
  initialHeight: bigint,
  failuresOf: (name: string) => number | undefined,
): readonly Candidate[] => {
  const byName = new Map<
    string,
    { readonly snapshot: SnapshotDescription; readonly peers: Set<PeerId>; readonly failures: number }
  >();
  for (const { value, peer } of offers)
    for (const snapshot of value
      .filter((each) => canBe(each, initialHeight))
      .sort(newestFirst)
      .slice(0, PER_PEER)) {
      const name = nameOf(snapshot);
      const failures = failuresOf(name);
      if (failures === undefined) continue;
      const candidate = byName.get(name) ?? { snapshot, peers: new Set<PeerId>(), failures };
      candidate.peers.add(peer);
      byName.set(name, candidate);
    }
  return [...byName.values()].sort((a, b) => {
    if (a.failures !== b.failures) return a.failures - b.failures;
    if (a.snapshot.height !== b.snapshot.height) return newestFirst(a.snapshot, b.snapshot);
    if (a.peers.size !== b.peers.size) return b.peers.size - a.peers.size;
    return compareText(nameOf(a.snapshot), nameOf(b.snapshot));
  });
};
