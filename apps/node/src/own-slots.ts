import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { journalEntryCodec } from '@zhtp/engine';
import { compareSlots, type Slot } from '@zhtp/store';
import { decode, peerMessageCodec, type PeerMessage } from '@zhtp/types';

const decodeEntry = decode(journalEntryCodec);
const decodeMessage = decode(peerMessageCodec);

const slotOfMessage = (message: PeerMessage): Slot | undefined => {
  if (message._tag === 'Propose')
    return { height: message.proposal.height, round: message.proposal.round, step: 'Proposal' };
  if (message._tag !== 'Vote') return undefined;
  const { height, round, voteType } = message.vote;
  switch (voteType) {
    case 'PreVote':
    case 'Against':
      return { height, round, step: 'PreVote' };
    case 'PreCommit':
      return { height, round, step: 'PreCommit' };
    case 'Commit':
      return undefined;
  }
};

/** The last slot the journal shows as signed: what the signer's memory is compared with at the start. */
export const lastJournaledSlot = (records: readonly Uint8Array[]): Option<Slot> => {
  let last: Slot | undefined;
  for (const record of records) {
    const entry = decodeEntry(record);
    if (E.isLeft(entry) || entry.right._tag !== 'Own') continue;
    const message = decodeMessage(entry.right.payload);
    const slot = E.isLeft(message) ? undefined : slotOfMessage(message.right);
    if (slot !== undefined && (last === undefined || compareSlots(slot, last) > 0)) last = slot;
  }
  return O.fromNullable(last);
};
