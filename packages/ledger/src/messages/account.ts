import { equalBytes } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { readAccountKey } from '../account-key.ts';
import type { WorkingState } from '../working-state.ts';
import { failed, type FailedMessage } from './failed-message.ts';
import type { LedgerMessageOf } from './message.ts';
import type { MessageContext } from './message-context.ts';

type ChangeAccountKey = LedgerMessageOf<'ChangeAccountKey'>;

/** The old key, or as many of a policy as it asks for, has signed the transaction: nobody else can give the account away. */
export const applyChangeAccountKey = (
  working: WorkingState,
  { sender, algorithm }: MessageContext,
  { key }: ChangeAccountKey,
): Option<FailedMessage> => {
  const read = readAccountKey(algorithm, key);
  if (E.isLeft(read)) return failed('KeyRefused', `the new key is ${read.left}`);
  // A trial may be of the account's first transaction, and come without its key.
  if (O.exists((now: Uint8Array) => equalBytes(now, key))(working.key(sender)))
    return failed('KeyRefused', `account ${sender} has this key already`);
  working.setKey(sender, key.slice());
  return O.none;
};
