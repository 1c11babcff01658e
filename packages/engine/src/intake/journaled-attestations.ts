import { either as E } from 'fp-ts';
import { decode, peerMessageCodec, type ConsensusVote } from '@zhtp/types';
import type { JournalEntry } from '../recovery/journal-entry.ts';

const decodeMessage = decode(peerMessageCodec);

/**
 * The attestations that these records hold, own ones too, in order. They belong to the height before their record as often
 * as to the one in progress, so all records of the journal are looked at, not those of one height.
 */
export const attestationsIn = (entries: readonly JournalEntry[]): readonly ConsensusVote[] =>
  entries.flatMap((entry): readonly ConsensusVote[] => {
    if (entry._tag !== 'Received' && entry._tag !== 'Own') return [];
    const message = decodeMessage(entry.payload);
    if (E.isLeft(message) || message.right._tag !== 'Vote' || message.right.vote.voteType !== 'Commit') return [];
    return [message.right.vote];
  });
