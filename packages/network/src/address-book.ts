import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import type { IdentityId } from '@zhtp/types';
import type { SignedAnnouncement } from './announcement.ts';

/** The latest verified announcement of each validator: who can be dialled where. Bounded, mutable inside. */
export interface AddressBook {
  readonly get: (validator: IdentityId) => Option<SignedAnnouncement>;
  readonly sequenceOf: (validator: IdentityId) => Option<bigint>;
  /** Replaces the validator's entry; a full book gives up the entry that expires first. */
  readonly put: (entry: SignedAnnouncement) => void;
  /** Removes what has expired and every validator that is in no current set; answers with what was removed. */
  readonly prune: (nowSeconds: bigint, isCurrent: (validator: IdentityId) => boolean) => readonly SignedAnnouncement[];
  readonly entries: () => readonly SignedAnnouncement[];
}

/** @param entriesMax as many validators as a chain can have, by default */
export const createAddressBook = (entriesMax: number): AddressBook => {
  const byValidator = new Map<IdentityId, SignedAnnouncement>();

  const evictFirstToExpire = (): void => {
    let first: SignedAnnouncement | undefined;
    for (const entry of byValidator.values())
      if (first === undefined || entry.announcement.expiresAt < first.announcement.expiresAt) first = entry;
    if (first !== undefined) byValidator.delete(first.announcement.validator);
  };

  return {
    get: (validator) => O.fromNullable(byValidator.get(validator)),
    sequenceOf: (validator) => O.fromNullable(byValidator.get(validator)?.announcement.sequence),
    put: (entry) => {
      byValidator.delete(entry.announcement.validator);
      if (byValidator.size >= entriesMax) evictFirstToExpire();
      byValidator.set(entry.announcement.validator, entry);
    },
    prune: (nowSeconds, isCurrent) => {
      const gone = [...byValidator.values()].filter(
        ({ announcement }) => announcement.expiresAt <= nowSeconds || !isCurrent(announcement.validator),
      );
      for (const { announcement } of gone) byValidator.delete(announcement.validator);
      return gone;
    },
    entries: () => [...byValidator.values()],
  };
};
