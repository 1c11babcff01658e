import { option, refine, text, type Codec } from '@zhtp/types';
import type { Option } from 'fp-ts/lib/Option.js';
import { HOSTED_NAME_BYTES_MAX } from './hosted-application.ts';

const nameCodec = refine(text(HOSTED_NAME_BYTES_MAX), 'hosted', (name) =>
  name === '' ? 'the name of a hosted application has at least one character' : undefined,
);

/** Which application a chain hosts, if any. Written out: an inferred Option would be declared under a module name that no importer can resolve. */
export const hostedNameCodec: Codec<Option<string>> = option(nameCodec);
