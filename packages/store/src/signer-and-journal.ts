import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import { compareSlots, describeSlot, type SignerState, type Slot } from './signer-state.ts';

const describe = (slot: Option<Slot>): string =>
  pipe(
    slot,
    O.match(() => 'nothing', describeSlot),
  );

const isBehind = (a: Option<Slot>, b: Option<Slot>): boolean =>
  O.isSome(b) && (O.isNone(a) || compareSlots(a.value, b.value) < 0);

const signedSlot = (state: SignerState): Option<Slot> =>
  pipe(
    state.last,
    O.map((last) => last.slot),
  );

/**
 * The report due when the signer remembers a later slot than the journal's last own message (protocol.md, Durability).
 * One slot ahead is what a crash between the two flushes leaves; more means that the journal lost or never had records.
 * Either way the node goes on: the signer repeats or refuses.
 */
export const signerAheadOfJournal = (state: SignerState, lastJournaled: Option<Slot>): Option<string> => {
  const signed = signedSlot(state);
  return isBehind(lastJournaled, signed)
    ? O.some(
        `the signer is ahead of the journal: it signed ${describe(signed)}, the journal's last own message is ${describe(lastJournaled)}. ` +
          'The node stays silent in the slots already signed.',
      )
    : O.none;
};

/**
 * The refusal due when the journal holds an own message of a later slot than the signer remembers: a message is journaled
 * only after its slot is durable, so the signer file was restored from an old copy.
 */
export const journalAheadOfSigner = (state: SignerState, lastJournaled: Option<Slot>): Option<string> => {
  const signed = signedSlot(state);
  return isBehind(signed, lastJournaled)
    ? O.some(
        `the signer file is older than the journal: the journal holds ${describe(lastJournaled)}, the signer remembers ${describe(signed)}. ` +
          'Not signing: put back the newest signer file of this key, or register a new consensus key.',
      )
    : O.none;
};
