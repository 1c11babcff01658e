import { either as E } from 'fp-ts';
import type { Certificate } from '@zhtp/bft';
import { decode, peerMessageCodec, type ConsensusVote, type PeerMessage } from '@zhtp/types';
import type { HeightView } from '../height/height-view.ts';
import type { JournalEntry } from '../recovery/journal-entry.ts';
import { readEntries } from '../recovery/replay.ts';

const decodeMessage = decode(peerMessageCodec);
const NO_BODY = new Uint8Array(0);

/** What convicts is signed: bodies are left out. */
const messageOf = (entry: JournalEntry): readonly PeerMessage[] => {
  if (entry._tag !== 'Received' && entry._tag !== 'Own') return [];
  const message = decodeMessage(entry.payload);
  if (E.isLeft(message)) return [];
  const { right } = message;
  if (right._tag === 'Propose') return [{ _tag: 'Propose', proposal: { ...right.proposal, blockData: NO_BODY } }];
  return right._tag === 'Vote' || right._tag === 'Polka' ? [right] : [];
};

/** Votes, proposals and polkas that the journal of a stopped node holds, or which record is not of this version. */
export const messagesOfJournal = (records: readonly Uint8Array[]): E.Either<string, readonly PeerMessage[]> =>
  E.map((entries: readonly JournalEntry[]) => entries.flatMap(messageOf))(readEntries(records));

/** What a running node holds of the height in progress and its neighbours; proposals are in its journal alone. */
export const messagesInView = (
  { seenLast, seen, seenNext }: HeightView,
  polkas: readonly Certificate<ConsensusVote>[],
): readonly PeerMessage[] => [
  ...[seenLast, seen, seenNext].flatMap((votes) => votes.all()).map((vote): PeerMessage => ({ _tag: 'Vote', vote })),
  ...polkas.map(({ votes }): PeerMessage => ({ _tag: 'Polka', votes: votes.map(({ signed }) => signed) })),
];
