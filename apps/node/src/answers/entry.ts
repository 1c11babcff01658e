import { HOSTED_KEY_BYTES_MAX, HOSTED_VALUE_BYTES_MAX } from '@zhtp/ledger';
import { bytes, option, struct, text } from '@zhtp/types';

/** The answer of GET /application/:key. */
export const entryAnswerCodec = struct('EntryAnswer', {
  key: text(HOSTED_KEY_BYTES_MAX),
  /** None where nothing stands under the key. */
  value: option(bytes(HOSTED_VALUE_BYTES_MAX)),
});
