import type { PeerId, SnapshotDescription } from '@zhtp/types';
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

/** The newest first; of one height the one that most peers offer, so that chunks come from many and a lone liar comes last. */
export const candidatesOf = (
  offers: readonly Answered<readonly SnapshotDescription[]>[],
  isRefused: (name: string) => boolean,
): readonly Candidate[] => {
  const byName = new Map<string, { readonly snapshot: SnapshotDescription; readonly peers: Set<PeerId> }>();
  for (const { value, peer } of offers)
    for (const snapshot of value) {
      const name = nameOf(snapshot);
      if (isRefused(name)) continue;
      const candidate = byName.get(name) ?? { snapshot, peers: new Set<PeerId>() };
      candidate.peers.add(peer);
      byName.set(name, candidate);
    }
  return [...byName.values()].sort((a, b) => {
    if (a.snapshot.height !== b.snapshot.height) return a.snapshot.height > b.snapshot.height ? -1 : 1;
    if (a.peers.size !== b.peers.size) return b.peers.size - a.peers.size;
    return compareText(nameOf(a.snapshot), nameOf(b.snapshot));
  });
};
