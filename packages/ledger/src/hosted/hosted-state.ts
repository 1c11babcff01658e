import { encodeUtf8 } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { WorkingState } from '../working-state.ts';
import { HOSTED_KEY_BYTES_MAX, HOSTED_VALUE_BYTES_MAX, type HostedState } from './hosted-application.ts';

const checkedKey = (key: string): string => {
  // What no row can be written under would stop the block, and not the call.
  if (typeof key !== 'string' || !key.isWellFormed()) throw new RangeError('a key must be well-formed text');
  const { length } = encodeUtf8(key);
  if (length > HOSTED_KEY_BYTES_MAX)
    throw new RangeError(`a key of ${String(length)} bytes, it may have ${String(HOSTED_KEY_BYTES_MAX)}`);
  return key;
};

const copyOf = (value: Uint8Array): Uint8Array => {
  if (value.length > HOSTED_VALUE_BYTES_MAX)
    throw new RangeError(`a value of ${String(value.length)} bytes, it may have ${String(HOSTED_VALUE_BYTES_MAX)}`);
  return Uint8Array.from(value);
};

/** The entries as they stand in a block under way. */
export const hostedState = (working: WorkingState): HostedState => ({
  get: (key) => O.map((value: Uint8Array) => value.slice())(O.fromNullable(working.domains().hosted.get(key))),
  set: (key, value) => {
    working.setDomains({ hosted: working.domains().hosted.with(checkedKey(key), copyOf(value)) });
  },
  delete: (key) => {
    working.setDomains({ hosted: working.domains().hosted.without(key) });
  },
});
