import { readFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { HOSTED_PAYLOAD_BYTES_MAX } from '@zhtp/ledger';
import { encodeUtf8, hexToBytes } from '@zhtp/types';
import { attemptFile, fail, failure, type Failure, type Outcome } from '../../outcome.ts';
import { messageCommand } from '../message-command.ts';

/** The payload, in one of three forms. */
interface CallOptions {
  readonly text?: string;
  readonly hex?: string;
  readonly file?: string;
}

const fromHex = (hex: string): Either<Failure, Uint8Array> =>
  E.mapLeft((reason: string) => failure(`--hex: ${reason}`))(hexToBytes(hex));

const payloadOf = async ({ text, hex, file }: CallOptions): Outcome<Uint8Array> => {
  if ([text, hex, file].filter((form) => form !== undefined).length === 1) {
    if (text !== undefined) return E.right(encodeUtf8(text));
    if (hex !== undefined) return fromHex(hex);
    if (file !== undefined)
      return attemptFile('reading the payload', file, async () => new Uint8Array(await readFile(file)));
  }
  return fail('say what the application is called with: --text, --hex or --file, one of the three');
};

export const call = messageCommand<'CallApplication', CallOptions>({
  name: 'call',
  description: 'call the application that the chain hosts beside its own rules; what a payload means is its affair',
  example: "call --from ./testnet/accounts/alice.json --text 'colour=green' --wait",
  addOptions: (command) =>
    command
      .option('--text <text>', 'the payload as text, handed over as UTF-8')
      .option('--hex <digits>', 'the payload as bytes in hex')
      .option('--file <file>', 'a file with it'),
  message: async (options) => {
    const payload = await payloadOf(options);
    if (E.isLeft(payload)) return payload;
    const { length } = payload.right;
    return length > HOSTED_PAYLOAD_BYTES_MAX
      ? fail(`the payload has ${String(length)} bytes; a call takes at most ${String(HOSTED_PAYLOAD_BYTES_MAX)}`)
      : E.right({ _tag: 'CallApplication', payload: payload.right });
  },
});
