import { MICRO_PER_ZHTP } from '@zhtp/types';
import { ValidatorManager, type ValidatorEvent } from '@zhtp/validators';
import { option as O } from 'fp-ts';
import { identityNamed, keyOf, right } from './support.ts';

/** A real manager with these validators, of 1000 ZHTP each. */
export interface StakeBook {
  readonly manager: ValidatorManager;
  /** Types of the slashes, with what they took in ZHTP. */
  readonly slashes: readonly string[];
  stakeOf(name: string): bigint;
  statusOf(name: string): string | undefined;
}

export const stakeBook = (...names: readonly string[]): StakeBook => {
  const manager = right(ValidatorManager.create(100, 1n));
  for (const name of names)
    right(
      manager.registerValidator({
        identity: identityNamed(name),
        stake: 1_000n * MICRO_PER_ZHTP,
        storageProvided: 0n,
        consensusKey: keyOf(name).publicKey,
        commissionRate: 5,
        atSeconds: 0n,
      }),
    );
  const slashes: string[] = [];
  manager.events$.subscribe((event: ValidatorEvent) => {
    if (event._tag === 'ValidatorSlashed') slashes.push(`${event.slashType} ${String(event.taken)}`);
  });
  const find = (name: string) => O.toUndefined(manager.getValidator(identityNamed(name)));
  return {
    manager,
    slashes,
    stakeOf: (name) => find(name)?.stake ?? 0n,
    statusOf: (name) => find(name)?.status,
  };
};
