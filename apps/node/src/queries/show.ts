import { bytesToHex, formatZhtp } from '@zhtp/types';

export const zhtp = (micro: bigint): string => `${formatZhtp(micro)} ZHTP`;

const MS_PER_SECOND = 1_000;

/** Unix seconds of block time. */
export const time = (seconds: bigint): string => {
  const ms = Number(seconds) * MS_PER_SECOND;
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${String(seconds)} s` : date.toISOString().replace('.000Z', 'Z');
};

const KEY_DIGITS_SHOWN = 32;

/** The beginning of a public key, as far as `zhtp keys show` prints it. */
export const key = (publicKey: Uint8Array): string => `${bytesToHex(publicKey).slice(0, KEY_DIGITS_SHOWN)}…`;
