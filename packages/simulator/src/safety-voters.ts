import type { FrozenValidator, Genesis, IdentityId } from '@zhtp/types';

/** Whom the checker watches, and by which sets it judges. */
export interface SafetyCheckerOptions {
  readonly genesis: Genesis;
  /** Whose key each node signs with; undefined for a full node. */
  readonly nodes: readonly (IdentityId | undefined)[];
  /** Validators that may do anything: nothing is demanded of them or of nodes with their key. */
  readonly faulty?: ReadonlySet<IdentityId>;
  /** The set of each height in identity order, where an application changes it: no node is asked. */
  readonly votersAt?: VotersAt;
}

/** Who votes at a height and with what power, in identity order: the order of a certificate's bits. The same set is the same array. */
export type VotersAt = (height: bigint) => readonly Pick<FrozenValidator, 'identity' | 'votingPower'>[];

/** Who may vote, propose and be believed, counted by the checker alone. Validators have a number that no height changes. */
export interface Voters {
  /** −1 for strangers. */
  numberOf(identity: IdentityId): number;
  /** The number of the key a node signs with; −1 on a full node. */
  ofNode(node: number): number;
  /** A validator whose nodes all run the shipping program, each key on one of them. */
  isCorrect(voter: number): boolean;
  /** The members of a height, by the bits of its certificates. */
  members(height: bigint): readonly number[];
  /** 0 for who is no member. */
  powerOf(height: bigint, voter: number): bigint;
  /** More than two thirds of the power. */
  isQuorum(height: bigint, power: bigint): boolean;
  isThird(height: bigint, power: bigint): boolean;
  /** Less than a third of the power is faulty: what needs that is asked only then. */
  isSafe(height: bigint): boolean;
  /** Round robin by decisions.md §6; undefined where rotation is weighted, which is not judged here. */
  proposerOf(height: bigint, round: number): number | undefined;
}

/** Voters of one kind, and their power. */
export interface Tally {
  readonly voters: Set<number>;
  power: bigint;
}

/** Counts a voter once; answers the tally. */
export const count = (tallies: Map<string, Tally>, key: string, voter: number, power: bigint): Tally => {
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = { voters: new Set(), power: 0n };
    tallies.set(key, tally);
  }
  if (!tally.voters.has(voter)) {
    tally.voters.add(voter);
    tally.power += power;
  }
  return tally;
};

interface Electorate {
  readonly members: readonly number[];
  readonly powers: ReadonlyMap<number, bigint>;
  readonly total: bigint;
  readonly isSafe: boolean;
}

/** The founders, each with the same power, at every height. */
export const votersOfGenesis = (genesis: Genesis): VotersAt => {
  const set = genesis.validators.map(({ identity }) => ({ identity, votingPower: 1n }));
  const ordered = set.toSorted((a, b) => (a.identity < b.identity ? -1 : 1));
  return () => ordered;
};

export const createVoters = (options: SafetyCheckerOptions): Voters => {
  const { genesis, nodes, faulty = new Set(), votersAt = votersOfGenesis(genesis) } = options;
  const numbers = new Map<IdentityId, number>();
  const faultyNumbers = new Set<number>();
  /** One set serves many heights; which one a height has can be decided after somebody signed for it. */
  const bySet = new Map<ReturnType<VotersAt>, Electorate>();

  const numberOf = (identity: IdentityId): number => {
    const known = numbers.get(identity);
    if (known !== undefined) return known;
    const number = numbers.size;
    numbers.set(identity, number);
    if (faulty.has(identity)) faultyNumbers.add(number);
    return number;
  };

  const electorateOf = (set: ReturnType<VotersAt>): Electorate => {
    const powers = new Map(set.map(({ identity, votingPower }) => [numberOf(identity), votingPower]));
    let total = 0n;
    let faultyPower = 0n;
    for (const [voter, power] of powers) {
      total += power;
      if (faultyNumbers.has(voter)) faultyPower += power;
    }
    return { members: [...powers.keys()], powers, total, isSafe: 3n * faultyPower < total };
  };

  const at = (height: bigint): Electorate => {
    const set = votersAt(height);
    const known = bySet.get(set);
    if (known !== undefined) return known;
    const electorate = electorateOf(set);
    bySet.set(set, electorate);
    return electorate;
  };

  for (const { identity } of votersAt(genesis.initialHeight)) numberOf(identity);
  const ofNode = nodes.map((identity) => (identity === undefined ? -1 : numberOf(identity)));

  return {
    numberOf: (identity) => numbers.get(identity) ?? -1,
    ofNode: (node) => ofNode[node] ?? -1,
    isCorrect: (voter) => voter >= 0 && !faultyNumbers.has(voter),
    members: (height) => at(height).members,
    powerOf: (height, voter) => at(height).powers.get(voter) ?? 0n,
    isQuorum: (height, power) => 3n * power > 2n * at(height).total,
    isThird: (height, power) => 3n * power > at(height).total,
    isSafe: (height) => at(height).isSafe,
    proposerOf: (height, round) => {
      if (genesis.parameters.proposerRotation !== 'RoundRobin') return undefined;
      const { members } = at(height);
      return members[Number((height + BigInt(round)) % BigInt(members.length))];
    },
  };
};
