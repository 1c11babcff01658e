import type { CoreState } from '@zhtp/bft';
import type { BoundedWorld } from './bounded-world.ts';
import { isSettled } from './future-key.ts';

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
    const { machine, progress, votes, proposals } = height;
    const { round, step } = machine;
    const at = (point: { readonly value: string; readonly round: number } | null): string =>
      point === null ? '-' : `${point.value}${String(point.round)}`;
    const parts = [`${String(round)}${step}`, at(machine.locked), at(machine.valid)];
    const flags = [
      step === 'propose' && progress.proposed,
      step === 'prevote' && progress.prevoteTimeoutScheduled,
      progress.polkaObeyed,
      progress.precommitTimeoutScheduled,
    ];
    parts.push(flags.map(Number).join(''));
    for (let of = 0; of < world.proposers.length; of++) {
      for (const kind of ['prevote', 'precommit'] as const) {
        parts.push([...votes.quorumValues(kind, of)].sort().join('.'));
        if (!isSettled(height, kind, of))
          parts.push(
            world.powers
              .map((_power, voter) => {
                const counted = votes.voteOf(kind, of, voter);
                return counted === undefined ? '' : (counted.vote.value ?? 'nil');
              })
              .join('.'),
          );
      }
      const isLie = step !== 'propose' && of === round && world.byzantine.includes(world.proposers[of] ?? -1);
      const proposed = isLie || of < round ? undefined : proposals.round(of);
      for (const signed of [proposed?.first, proposed?.second])
        if (signed !== undefined && signed !== null)
          parts.push(`${signed.proposal.value}@${String(signed.proposal.validRound)}`);
    }
    return parts.join('|');
  };
