import { mapFrom, mapRoot, updateMap, type LedgerState } from '@zhtp/ledger';
import { option as O } from 'fp-ts';
import { KEY, person } from './accounts.ts';
import { print, secondsOf } from './measure.ts';

/** What a root costs after so many changes, beside that of building the map anew. */
export const benchRoot = ({ accounts }: LedgerState, size: number): void => {
  const rebuild = secondsOf(
    () => mapRoot(mapFrom(Array.from({ length: size }, (_, n) => [person(n), KEY] as const))),
    2,
  );
  for (const changed of [1, 10, 100, 1_000, 10_000]) {
    let round = 0;
    const update = secondsOf(() => {
      round += 1;
      const value = Uint8Array.of(round >> 8, round);
      mapRoot(
        updateMap(
          accounts,
          new Map(Array.from({ length: changed }, (_, n) => [person(n * 7), O.some(value)] as const)),
        ),
      );
    });
    print(
      `root after ${String(changed)} changed keys: ${((update * 1e6) / changed).toFixed(1)} µs per key, ${(rebuild / update).toFixed(0)} times cheaper than a rebuild`,
    );
  }
};
