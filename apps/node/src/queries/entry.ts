import { bytesToHex, encodeUtf8, equalBytes } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { entryAnswerCodec } from '../answers/entry.ts';
import { queryCommand } from './query-command.ts';

/** Text where the bytes are such, and nothing that a terminal would obey; else hex. */
const shown = (value: Uint8Array): string => {
  const text = new TextDecoder().decode(value);
  return equalBytes(encodeUtf8(text), value) && !/[\p{C}]/u.test(text) ? JSON.stringify(text) : bytesToHex(value);
};

export const entry = queryCommand({
  usage: 'entry <key>',
  description: 'what the application that the chain hosts keeps under a key: text in quotes, other bytes in hex',
  example: 'entry colour',
  path: async (key) => E.right(`/application/${encodeURIComponent(key)}`),
  codec: entryAnswerCodec,
  describe: ({ key, value }) => [
    [
      ['key', JSON.stringify(key)],
      ['value', O.isNone(value) ? 'nothing' : shown(value.value)],
    ],
  ],
});
