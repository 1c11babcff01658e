import type { HostedApplication, LedgerMessage } from '@zhtp/ledger';
import { option as O } from 'fp-ts';
import type { MessageMaker } from './message-makers.ts';
import { anybody } from './staking-messages.ts';

const SLOTS = 12;
const FULL = 200;

/** What soak chains host: numbered slots of bytes, and every way in which a call can end. */
export const slotsApplication: HostedApplication = {
  name: 'slots/1',
  call: (state, [slot = 0, ...bytes], { sender }) => {
    const key = `slot/${String(slot)}`;
    if (bytes.length > 0) state.set(`last/${sender}`, Uint8Array.of(slot));
    if (slot >= SLOTS) throw new Error(`there is no slot ${String(slot)}`);
    const before = O.toUndefined(state.get(key)) ?? new Uint8Array(0);
    if (before.length + bytes.length > FULL) return `slot ${String(slot)} is full`;
    if (bytes.length === 0) state.delete(key);
    else state.set(key, Uint8Array.of(...before, ...bytes));
    return undefined;
  },
};

/** About the hosted application. */
export const HOSTED_MAKERS = {
  CallApplication: {
    by: anybody,
    make: ({ random }) => {
      const length = random.chance(200) ? 0 : random.int(1, 60);
      const bytes = Array.from({ length }, () => random.int(0, 255));
      return { _tag: 'CallApplication', payload: Uint8Array.of(random.int(0, SLOTS), ...bytes) };
    },
  },
} as const satisfies { readonly [Tag in LedgerMessage['_tag']]?: MessageMaker<Tag> };
