import { hashCodec, option, struct, text, type TypeOf } from '@zhtp/types';

const SENTENCE_BYTES_MAX = 4_096;

/** The answer of POST /transactions/check. */
export const trialAnswerCodec = struct('TrialAnswer', {
  id: hashCodec,
  /** What a block would say to it if it were the next one and held nothing else; none: it would apply. */
  refusal: option(text(SENTENCE_BYTES_MAX)),
});
export type TrialAnswer = TypeOf<typeof trialAnswerCodec>;
