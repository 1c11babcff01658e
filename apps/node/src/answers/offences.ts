import type { LedgerState } from '@zhtp/ledger';
import { array, boolean, identityCodec, struct, text, u64, type TypeOf } from '@zhtp/types';

const OFFENCES_MAX = 100_000;
const DETAIL_BYTES_MAX = 4_096;

/** The answer of GET /offences: what validators did wrong by the evidence in blocks, as far back as evidence counts. */
export const offencesAnswerCodec = struct('OffencesAnswer', {
  offences: array(
    struct('Offence', {
      validator: identityCodec,
      fault: text(32),
      height: u64,
      /** It was slashed or jailed for it. */
      isPunished: boolean,
      detail: text(DETAIL_BYTES_MAX),
    }),
    OFFENCES_MAX,
  ),
  /** Double signs that were slashed; amounts in micro-ZHTP. */
  convictions: array(
    struct('ConvictionAnswer', { validator: identityCodec, height: u64, bonded: u64, taken: u64 }),
    OFFENCES_MAX,
  ),
});
export type OffencesAnswer = TypeOf<typeof offencesAnswerCodec>;

export const offencesOf = ({ faults, staking }: LedgerState): OffencesAnswer => ({
  offences: [...faults.entries()].flatMap(([validator, { records }]) =>
    records.map(({ faultType, height, isPunished, detail }) => ({
      validator,
      fault: faultType,
      height,
      isPunished,
      detail,
    })),
  ),
  convictions: [...staking.convictions.values()].map(({ identity, infractionHeight, base, taken }) => ({
    validator: identity,
    height: infractionHeight,
    bonded: base,
    taken,
  })),
});
