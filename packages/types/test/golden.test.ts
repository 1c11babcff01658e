import { either as E } from 'fp-ts';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytesToHex, decode, encode, fromJson, hexToBytes, toJson } from '@zhtp/types';
import { codecCases } from './arbitraries/all.ts';
import { goldenMessages, type GoldenMessage } from './golden/messages.ts';

const stored = JSON.parse(readFileSync(new URL('golden/messages.json', import.meta.url), 'utf8')) as GoldenMessage[];

/** Reads both stored forms with the codec of that name and writes each from the other. */
const translated = ({ codec: name, hex, json }: GoldenMessage): readonly unknown[] =>
  codecCases.flatMap(({ use }) =>
    use((codec) => {
      if (codec.name !== name) return [];
      const fromHex = E.chainW(decode(codec))(hexToBytes(hex));
      const fromText = fromJson(codec)(json);
      return [E.map(toJson(codec))(fromHex), E.map(bytesToHex)(E.map(encode(codec))(fromText))];
    }),
  );

describe('golden messages', () => {
  test('today’s code writes what the file holds', () => {
    expect(goldenMessages()).toEqual(stored);
    expect(stored.length).toBeGreaterThan(70);
  });

  test.each(stored.map((message, i) => ({ i, ...message })))('$i: $codec reads back in both forms', (message) => {
    expect(translated(message)).toEqual([E.right(message.json), E.right(message.hex)]);
  });
});
