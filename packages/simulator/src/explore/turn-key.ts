import type { CoreState } from '@zhtp/bft';
import type { BoundedWorld } from './bounded-world.ts';
import { pointKey, proposalsKey, talliesKey } from './future-key.ts';

/**
 * Equal for local states with one future in a search by turns: the place in the algorithm, quorums known, votes counted in
 * tallies that are not settled (`future-key.ts`), and proposals that a later line can read. Verdicts are left out, since
 * applications answer at once and accept all; so are a liar's proposals that were already voted on, since it can send
 * them at any time.
 */
export const turnKey =
  (world: BoundedWorld) =>
  ({ height }: CoreState<null, null>): string => {
    if (height === null) return '';
    if (height.decision !== null) return 'decided';
    const { machine, progress } = height;
    const { round, step } = machine;
    const parts = [`${String(round)}${step}`, pointKey(machine.locked), pointKey(machine.valid)];
    const flags = [
      step === 'propose' && progress.proposed,
      step === 'prevote' && progress.prevoteTimeoutScheduled,
      progress.polkaObeyed,
      progress.precommitTimeoutScheduled,
    ];
    parts.push(flags.map(Number).join(''));
    for (let of = 0; of < world.proposers.length; of++) {
      parts.push(...talliesKey(world, height, of));
      const isLie = step !== 'propose' && of === round && world.byzantine.includes(world.proposers[of] ?? -1);
      if (of >= round && !isLie) parts.push(...proposalsKey(height, of));
    }
    return parts.join('|');
  };
