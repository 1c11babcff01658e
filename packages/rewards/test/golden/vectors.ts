import { calculateRound, DEFAULT_REWARD_RULES, rewardRules, splitFees, type SetMember } from '@zhtp/rewards';
import { rewardRoundCodec, toJson, type Json, type UsefulWorkType } from '@zhtp/types';
import { id, member, range, right } from '../support.ts';

const KINDS: readonly UsefulWorkType[] = ['NetworkRouting', 'DataStorage', 'Computation'];

const membersOf = (size: number): readonly SetMember[] =>
  range(size).map((n) =>
    member(n, BigInt(n * n + 1), { reputation: BigInt(10_000 - 700 * (n % 5)), hasSigned: n % 4 !== 3 }),
  );

/** Rounds and fee splits of fixed sets. */
export const goldenVectors = (): Json => {
  const rounds = [1, 2, 3, 4, 7, 30].map((size) => {
    const members = membersOf(size);
    const work = new Map(
      members.map(({ identity }, n) => [
        identity,
        new Map(KINDS.map((kind, k) => [kind, BigInt(n * (k + 3))] as const)),
      ]),
    );
    const maxSupply = size === 7 ? 65_000_001n : DEFAULT_REWARD_RULES.maxSupply;
    const rules = right(rewardRules({ maxSupply }));
    return toJson(rewardRoundCodec)(
      right(calculateRound(rules, { height: BigInt(size + 1), time: 1_700_000_000n, supply: 1n, members, work })),
    );
  });
  const fees = [1, 2, 3, 4, 7, 30].map((size) => {
    const split = right(
      splitFees({ fees: BigInt(size * 1_000_003), members: membersOf(size), ...(size > 3 ? { proposer: id(3) } : {}) }),
    );
    const validators = Object.fromEntries([...split.validators].map(([who, amount]) => [who, String(amount)]));
    return {
      ubi: String(split.ubi),
      governance: String(split.governance),
      treasury: String(split.treasury),
      validators,
    };
  });
  return { rounds, fees };
};
