import { floorDiv, type SlashType, type Validator } from '@zhtp/types';
import { jailed } from './jail.ts';
import { loseReputation } from './reputation.ts';

/** One: fractions of stake are parts per million. */
export const PPM = 1_000_000n;
/** Parts per million in one percent. */
export const PPM_PER_PERCENT = 10_000n;

/** From this share on a slash jails, whatever it is for. */
const JAILING_PPM = 10n * PPM_PER_PERCENT;
/** From this many slashes on every slash jails. */
const JAILING_COUNT = 3;
/** One slash is forgotten after so long without another. */
const SLASH_MEMORY_SECONDS = 30n * 86_400n;

/** Parameters (economics.md, Validators). */
export interface JailTerms {
  readonly jailSeconds: bigint;
  readonly livenessJailSeconds: bigint;
}

/** Slashes still counted, and since when none was forgotten. */
export interface SlashMemory {
  readonly slashCount: number;
  readonly countedFrom: bigint;
}

/** One slash less per 30 days without one. */
export const forgotten = ({ slashCount, countedFrom }: SlashMemory, atSeconds: bigint): SlashMemory => {
  if (slashCount === 0 || atSeconds <= countedFrom) return { slashCount, countedFrom };
  const periods = floorDiv(atSeconds - countedFrom, SLASH_MEMORY_SECONDS);
  return {
    slashCount: periods >= BigInt(slashCount) ? 0 : slashCount - Number(periods),
    countedFrom: countedFrom + periods * SLASH_MEMORY_SECONDS,
  };
};

/** What a slash does to a validator beside the amount: count, reputation, jail, tombstone. */
export const punished = (
  validator: Validator,
  slashType: SlashType,
  ppm: bigint,
  terms: JailTerms,
  atSeconds: bigint,
): Validator => {
  const counted = loseReputation({ ...validator, slashCount: validator.slashCount + 1 }, slashType);
  if (validator.status === 'Slashed') return counted;
  if (slashType === 'DoubleSign') return { ...counted, status: 'Slashed' };
  const harsh = ppm >= JAILING_PPM || counted.slashCount >= JAILING_COUNT;
  const forShare = harsh ? jailed(counted, terms.jailSeconds, atSeconds) : counted;
  return slashType === 'Liveness' ? jailed(forShare, terms.livenessJailSeconds, atSeconds) : forShare;
};
