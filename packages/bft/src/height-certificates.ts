import type { Certificate } from './certificate.ts';
import type { HeightState } from './state.ts';
import type { SignedVote, ValueId } from './vote.ts';

/** The precommits known for the decision, in validator order; late ones have joined. `null` before the decision. */
export const commitCertificateOf = <S>({ params, decision, votes }: HeightState<S, unknown>): Certificate<S> | null =>
  decision === null ? null : votes.certificate('commit', params.height, decision.round, decision.value);

/** The polka known for this value in this round. */
export const polkaCertificateOf = <S>(
  { params, votes }: HeightState<S, unknown>,
  round: number,
  value: ValueId,
): Certificate<S> | null => votes.certificate('polka', params.height, round, value);

/** Every polka known at this height, by round: what stands behind a node's prevotes. */
export const polkasOf = <S>({ params, votes }: HeightState<S, unknown>): readonly Certificate<S>[] =>
  votes
    .quorumRounds('prevote')
    .flatMap((round) =>
      votes.quorumValues('prevote', round).map((value) => votes.certificate('polka', params.height, round, value)),
    )
    .filter((certificate) => certificate !== null);

/**
 * The votes that moved this node into its round: those of the round itself after a jump (line 55), the precommits of the
 * round before after a timeout (line 65). Empty in the round a height starts with.
 */
export const roundCertificateOf = <S>({
  machine,
  progress,
  votes,
}: HeightState<S, unknown>): readonly SignedVote<S>[] => {
  switch (progress.enteredBy) {
    case 'start':
      return [];
    case 'skip':
      return votes.round(machine.round)?.votes() ?? [];
    case 'timeout':
      return (
        votes
          .round(machine.round - 1)
          ?.tally('precommit')
          .votes() ?? []
      );
  }
};
