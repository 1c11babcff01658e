import { floorDiv } from '@zhtp/types';

const DAY_SECONDS = 86_400n;
/** Days of 400 Gregorian years. */
const ERA_DAYS = 146_097n;
/** Days from 0000-03-01 to 1970-01-01, in the calendar continued backward. */
const EPOCH_DAYS = 719_468n;
/** Days from the first of March to the first of January. */
const MARCH_TO_JANUARY_DAYS = 306n;

/**
 * The Gregorian year, UTC, of unix seconds ≥ 0: years counted from March, so that the leap day comes last
 * (H. Hinnant, chrono-compatible low-level date algorithms, `civil_from_days`).
 */
export const yearOf = (seconds: bigint): bigint => {
  const days = floorDiv(seconds, DAY_SECONDS) + EPOCH_DAYS;
  const era = floorDiv(days, ERA_DAYS);
  const dayOfEra = days - era * ERA_DAYS;
  const yearOfEra = floorDiv(
    dayOfEra - floorDiv(dayOfEra, 1_460n) + floorDiv(dayOfEra, 36_524n) - floorDiv(dayOfEra, 146_096n),
    365n,
  );
  const dayOfYear = dayOfEra - (365n * yearOfEra + floorDiv(yearOfEra, 4n) - floorDiv(yearOfEra, 100n));
  return yearOfEra + era * 400n + (dayOfYear >= MARCH_TO_JANUARY_DAYS ? 1n : 0n);
};
