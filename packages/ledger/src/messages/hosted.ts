import { causeText } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { hostedState } from '../hosted/hosted-state.ts';
import type { WorkingState } from '../working-state.ts';
import { failed, type FailedMessage } from './failed-message.ts';
import type { LedgerMessageOf } from './message.ts';
import type { MessageContext } from './message-context.ts';

type CallApplication = LedgerMessageOf<'CallApplication'>;

/** Whatever it is: to make a text of it must not throw either. */
const spoken = (cause: unknown): string =>
  typeof cause === 'string' || cause instanceof Error ? causeText(cause) : 'it gave no sentence';

/** The one place where code of a user's own runs in a block: whatever it throws is a refusal, never the end of the node. */
export const applyCallApplication = (
  working: WorkingState,
  { sender, height, atSeconds, hosted }: MessageContext,
  { payload }: CallApplication,
): Option<FailedMessage> => {
  if (hosted === undefined) return failed('ApplicationRefused', 'this chain hosts no application');
  try {
    const call = { sender, height, atSeconds, chain: working.domains() };
    const refused: unknown = hosted.call(hostedState(working), payload.slice(), call);
    if (refused === undefined) return O.none;
    return failed('ApplicationRefused', `${hosted.name}: ${spoken(refused)}`);
  } catch (cause) {
    return failed('ApplicationRefused', `${hosted.name} threw: ${spoken(cause)}`);
  }
};
