import {
  found,
  identityCodec,
  rewardError,
  u32,
  u64,
  VALIDATORS_MAX,
  type ConsensusError,
  type ConsensusResult,
  type FrozenValidator,
  type IdentityId,
  type Option,
  type Validator,
} from '@zhtp/types';
import { effectiveReputation } from '@zhtp/validators';
import { either as E, option as O } from 'fp-ts';
import { isList, isObject, mistyped, notAnObject } from './refusals.ts';

/** One validator of the frozen set whose block is rewarded. */
export interface SetMember {
  readonly identity: IdentityId;
  readonly votingPower: bigint;
  /** Effective reputation, basis points: 0 to 10 000. */
  readonly reputation: bigint;
  /** Whether its precommit stands in the certificate of the previous block. */
  readonly hasSigned: boolean;
}

/** What a reward round asks of a validator registry; a ValidatorManager answers it. */
export interface RewardedRegistry {
  getActiveValidators(): readonly RewardedValidator[];
  getValidator(identity: IdentityId): Option<RewardedValidator>;
}
type RewardedValidator = Pick<Validator, 'identity' | 'votingPower' | 'reputation' | 'slashCount'>;

/** The frozen set of a height; a ValidatorSet is one. */
export interface RewardedSet {
  readonly validators: readonly Pick<FrozenValidator, 'identity' | 'votingPower'>[];
}

/** Whose precommits stand in a certificate. */
export type Signers = readonly IdentityId[] | ReadonlySet<IdentityId>;

const EFFECTIVE_REPUTATION_MAX = 10_000n;

const refusedMember = (member: SetMember, before: SetMember | undefined): ConsensusError | undefined => {
  if (!isObject(member)) return rewardError(`a member of the set is ${found(member)}, it must be an object`);
  const { identity, votingPower, reputation, hasSigned } = member;
  return (
    mistyped('identity of a member', identityCodec, identity) ??
    mistyped(`votingPower of ${identity}`, u64, votingPower) ??
    mistyped(`reputation of ${identity}`, u64, reputation) ??
    (reputation <= EFFECTIVE_REPUTATION_MAX
      ? undefined
      : rewardError(`reputation of ${identity} must be at most 10000 basis points`, reputation)) ??
    (typeof hasSigned === 'boolean'
      ? undefined
      : rewardError(`hasSigned of ${identity} is ${found(hasSigned)}, it must be true or false`)) ??
    (before?.identity === identity ? rewardError(`validator ${identity} occurs twice in the set`) : undefined)
  );
};

const byIdentity = (a: unknown, b: unknown): number => (nameOf(a) < nameOf(b) ? -1 : 1);
const nameOf = (member: unknown): string =>
  isObject(member) && 'identity' in member && typeof member.identity === 'string' ? member.identity : '';

/** The members in identity order; refused: more than a set may hold, one twice, a field out of its range. */
export const orderedMembers = (members: readonly SetMember[]): ConsensusResult<readonly SetMember[]> => {
  if (!isList(members) || members.length > VALIDATORS_MAX)
    return E.left(rewardError(`members must be a list of at most ${String(VALIDATORS_MAX)} validators`));
  const ordered = [...members].sort(byIdentity);
  for (const [i, member] of ordered.entries()) {
    const refused = refusedMember(member, ordered[i - 1]);
    if (refused !== undefined) return E.left(refused);
  }
  return E.right(ordered);
};

const isSet = (value: unknown): value is ReadonlySet<unknown> => value instanceof Set;

/** Refused: more signers than a set has members, what is no identity, and one counted twice. */
const signerSet = (signers: Signers): ConsensusResult<ReadonlySet<IdentityId>> => {
  if (!isList(signers) && !isSet(signers))
    return E.left(rewardError(`signers is ${found(signers)}, it must be a list or set of identities`));
  const seen = new Set<IdentityId>();
  for (const signer of signers) {
    const refused =
      mistyped('a signer', identityCodec, signer) ??
      (seen.has(signer) ? rewardError(`signer ${signer} is listed twice; name each signer once`) : undefined);
    if (refused !== undefined) return E.left(refused);
    seen.add(signer);
    if (seen.size > VALIDATORS_MAX)
      return E.left(rewardError(`signers has more than ${String(VALIDATORS_MAX)} entries, more than any set`));
  }
  return E.right(seen);
};

const isOption = (value: unknown): value is Option<unknown> => isObject(value) && '_tag' in value;

const isRegistry = (registry: unknown): registry is RewardedRegistry =>
  isObject(registry) &&
  'getActiveValidators' in registry &&
  typeof registry.getActiveValidators === 'function' &&
  'getValidator' in registry &&
  typeof registry.getValidator === 'function';

const memberOf = (
  registry: RewardedRegistry,
  { identity, votingPower }: Pick<FrozenValidator, 'identity' | 'votingPower'>,
  signers: ReadonlySet<IdentityId> | undefined,
): ConsensusResult<SetMember> => {
  const validator = registry.getValidator(identity);
  if (!isOption(validator) || O.isNone(validator))
    return E.left(rewardError(`Validator not found: ${found(identity)} is in the rewarded set`));
  const refused =
    mistyped(`reputation of ${identity}`, u32, validator.value.reputation) ??
    mistyped(`slashCount of ${identity}`, u32, validator.value.slashCount);
  if (refused !== undefined) return E.left(refused);
  const reputation = effectiveReputation(validator.value);
  return E.right({ identity, votingPower, reputation, hasSigned: signers?.has(identity) ?? true });
};

/**
 * The members of the set that is rewarded: the given frozen set, by default the active validators with their present
 * power; whoever is among the signers has signed, by default everybody. A signer outside the set is refused, because a
 * certificate cannot hold one.
 */
export const membersOf = (
  registry: RewardedRegistry,
  extras: { readonly set?: RewardedSet; readonly signers?: Signers },
): ConsensusResult<readonly SetMember[]> => {
  const untyped = notAnObject('the extras', extras);
  if (untyped !== undefined) return E.left(untyped);
  if (!isRegistry(registry))
    return E.left(rewardError(`the validator manager is ${found(registry)}, give a ValidatorManager`));
  const set = isObject(extras.set) ? extras.set.validators : (extras.set ?? registry.getActiveValidators());
  if (!isList(set) || !set.every(isObject))
    return E.left(rewardError(`the rewarded set is ${found(set)}, give the frozen set of the previous height`));
  const signers = extras.signers === undefined ? E.right(undefined) : signerSet(extras.signers);
  if (E.isLeft(signers)) return signers;
  const members: SetMember[] = [];
  for (const validator of set) {
    const member = memberOf(registry, validator, signers.right);
    if (E.isLeft(member)) return member;
    members.push(member.right);
  }
  const present = new Set(members.map(({ identity }) => identity));
  const stranger = [...(signers.right ?? [])].find((signer) => !present.has(signer));
  return stranger === undefined
    ? orderedMembers(members)
    : E.left(rewardError(`signer ${stranger} is not in the rewarded set; take signers from its own certificate`));
};
