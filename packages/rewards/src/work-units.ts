import {
  found,
  identityCodec,
  rewardError,
  u64,
  usefulWorkTypeCodec,
  VALIDATORS_MAX,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
  type UsefulWorkType,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { isMap, mistyped } from './refusals.ts';
import type { SetMember } from './set-members.ts';
import { USEFUL_WORK_TYPES, type WorkMultipliers } from './work-multiplier.ts';

/**
 * Units proven since the last round, by validator and kind: routing and computation from receipts, storage in GiB from
 * the latest valid attestation. Validation needs no entry, it is the power signed; bridge work is 0 until there is a bridge.
 */
export type ProvenWork = ReadonlyMap<IdentityId, ReadonlyMap<UsefulWorkType, bigint>>;

/** Work of one member, in units times basis points. */
export interface WeighedWork {
  readonly total: bigint;
  /** By kind, in documented order; kinds without weight are left out. */
  readonly byType: readonly (readonly [UsefulWorkType, bigint])[];
}

const refusedUnits = (identity: string, units: unknown): ConsensusError | undefined => {
  if (!isMap(units))
    return rewardError(`work of ${identity} is ${found(units)}, it must be a Map from work type to units`);
  for (const [workType, count] of units) {
    const refused =
      mistyped(`a work type of ${identity}`, usefulWorkTypeCodec, workType) ??
      mistyped(`${found(workType)} units of ${identity}`, u64, count);
    if (refused !== undefined) return refused;
  }
  return undefined;
};

/** What is wrong with the work as given, or undefined. */
const refusedWork = (work: ProvenWork, members: readonly SetMember[]): ConsensusError | undefined => {
  if (!isMap(work)) return rewardError(`work is ${found(work)}, it must be a Map from identity to units by work type`);
  if (work.size > VALIDATORS_MAX)
    return rewardError(`work has ${String(work.size)} entries, more than the ${String(VALIDATORS_MAX)} of any set`);
  if (work.size === 0) return undefined;
  const signed = new Map(
    members.map(({ identity, votingPower, hasSigned }) => [identity, hasSigned ? votingPower : 0n]),
  );
  for (const [identity, units] of work) {
    const refused = mistyped('a validator of work', identityCodec, identity) ?? refusedUnits(identity, units);
    if (refused !== undefined) return refused;
    const validation = units.get('Validation');
    if (validation !== undefined && validation !== (signed.get(identity) ?? 0n))
      return rewardError(`Validation units of ${identity} are the power signed; leave them out`, validation);
    const bridge = units.get('BridgeOperations') ?? 0n;
    if (bridge > 0n)
      return rewardError(`BridgeOperations units of ${identity} must be 0, there is no bridge to prove them`, bridge);
  }
  return undefined;
};

/**
 * wᵢ = Σ units · multiplier (economics.md, Rewards). The power of an absentee weighs like a signature of it: nobody earns by
 * it, and whoever leaves a late precommit out does not enlarge the others' share.
 */
const weighedWork = (
  member: SetMember,
  units: ReadonlyMap<UsefulWorkType, bigint> | undefined,
  multipliers: WorkMultipliers,
): WeighedWork => {
  const byType: (readonly [UsefulWorkType, bigint])[] = [];
  let total = 0n;
  for (const workType of USEFUL_WORK_TYPES) {
    const count = workType === 'Validation' ? member.votingPower : (units?.get(workType) ?? 0n);
    const weight = count * (multipliers.get(workType) ?? 0n);
    if (weight === 0n) continue;
    byType.push([workType, weight]);
    total += weight;
  }
  return { total, byType };
};

/** Everybody's work, in the order of the members. Work of others earns nothing and dilutes nobody. */
export const weighedWorkOf = (
  members: readonly SetMember[],
  work: ProvenWork,
  multipliers: WorkMultipliers,
): ConsensusResult<readonly WeighedWork[]> => {
  const refused = refusedWork(work, members);
  return refused === undefined
    ? E.right(members.map((member) => weighedWork(member, work.get(member.identity), multipliers)))
    : E.left(refused);
};
