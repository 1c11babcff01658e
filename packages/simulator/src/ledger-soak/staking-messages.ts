import { accountOf, type LedgerMessage, type LedgerMessageOf } from '@zhtp/ledger';
import { identityId, MICRO_PER_ZHTP, mulDivFloor, type IdentityId, type Validator } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { drawAmount, partOfAmount } from './amounts.ts';
import { nullSignatureOf, strangeKey, type Person, type Scene } from './cast.ts';
import type { MessageMaker } from './message-makers.ts';

const validatorsOf = ({ state }: Scene): readonly Validator[] =>
  Array.from(state.staking.accounts.entries(), ([, { validator }]) => validator);

export const anybody = ({ random, cast }: Scene): Person => {
  const person = random.pick(random.chance(600) ? cast.principals : cast.everybody);
  if (person === undefined) throw new Error('a run has at least one account');
  return person;
};

/** A validator's owner, by preference one of whom the condition holds; anybody now and then. */
export const ownerWhere =
  (fits: (validator: Validator) => boolean) =>
  (scene: Scene): Person => {
    const { random, cast } = scene;
    if (random.chance(150)) return anybody(scene);
    const validators = validatorsOf(scene);
    const fitting = validators.filter(fits);
    const chosen = random.pick(fitting.length > 0 ? fitting : validators);
    return (chosen === undefined ? undefined : cast.personOf(chosen.identity)) ?? anybody(scene);
  };

/** A validator, or now and then somebody who is none. */
const someValidator = (scene: Scene): IdentityId => {
  const { random, state } = scene;
  if (random.chance(80)) return anybody(scene).identity;
  const [active, all] = [Array.from(state.staking.active.entries(), ([identity]) => identity), validatorsOf(scene)];
  const chosen = random.chance(800) ? random.pick(active) : random.pick(all)?.identity;
  return chosen ?? anybody(scene).identity;
};

const balanceOf = ({ state }: Scene, { identity }: Person): bigint =>
  O.toUndefined(accountOf(state, identity))?.balance ?? 0n;
const stakeOf = ({ state }: Scene, { identity }: Person): bigint =>
  state.staking.accounts.get(identity)?.validator.stake ?? 0n;

interface Pair {
  readonly validator: IdentityId;
  readonly delegator: Person;
}

/** Somebody who has delegated, and to whom. */
const delegated = (scene: Scene): Pair => {
  const { random, state, cast } = scene;
  const key = random.chance(100)
    ? undefined
    : random.pick(Array.from(state.staking.delegations.entries(), ([pair]) => pair));
  const [validator, delegator] = (key ?? '').split('/').map((half) => O.toUndefined(O.fromEither(identityId(half))));
  const person = delegator === undefined ? undefined : cast.personOf(delegator);
  return validator === undefined || person === undefined
    ? { validator: someValidator(scene), delegator: anybody(scene) }
    : { validator, delegator: person };
};

/** One that this person has delegated to, where there is one. */
const validatorOfDelegator = (scene: Scene, { identity }: Person): IdentityId => {
  const { random, state } = scene;
  const theirs: string[] = [];
  for (const [pair] of state.staking.delegations.entries()) if (pair.endsWith(`/${identity}`)) theirs.push(pair);
  const validator = identityId((random.pick(theirs) ?? '').split('/')[0]);
  return E.isRight(validator) ? validator.right : someValidator(scene);
};

const PROOF_FAILS = 50;

/** A new key with its proof of possession; now and then of another key, or of a key that is in use. */
const keyWithProof = ({
  random,
  cast,
  state,
}: Scene): Pick<LedgerMessageOf<'ChangeConsensusKey'>, 'consensusKey' | 'proofOfPossession'> => {
  const used = random.pick(state.staking.members)?.consensusKey;
  const consensusKey = random.chance(50) && used !== undefined ? used.slice() : cast.freshKey();
  return {
    consensusKey,
    proofOfPossession: nullSignatureOf(random.chance(PROOF_FAILS) ? strangeKey(random) : consensusKey),
  };
};

/** What delegators move is a part of what the validator holds for all of them together: small enough, often. */
const ofPool = (scene: Scene, validator: IdentityId): bigint => {
  const pool = scene.state.staking.accounts.get(validator)?.validator.delegatedStake ?? 0n;
  return drawAmount(scene.random, mulDivFloor(pool, 1n, 4n));
};

const affordable = (scene: Scene, person: Person): bigint =>
  drawAmount(scene.random, mulDivFloor(balanceOf(scene, person), 1n, 8n));

const isActive = ({ status }: Validator): boolean => status === 'Active';

/** About stake: who asks, and for what. */
export const STAKING_MAKERS = {
  RegisterValidator: {
    by: (scene) => {
      const unregistered = scene.cast.principals.filter(({ identity }) => !scene.state.staking.accounts.has(identity));
      return (scene.random.chance(850) ? scene.random.pick(unregistered) : undefined) ?? anybody(scene);
    },
    make: (scene) => ({
      _tag: 'RegisterValidator',
      stake: scene.random.chance(100)
        ? 1n
        : scene.state.staking.rules.minStake + partOfAmount(scene.random, 20_000n * MICRO_PER_ZHTP),
      storageProvided: scene.state.staking.rules.minStorage + BigInt(scene.random.int(0, 4)) * 1024n ** 3n,
      ...keyWithProof(scene),
      commissionRate: scene.random.int(0, 30),
      maxRate: scene.random.int(25, 101),
      maxDailyChange: scene.random.int(0, 20),
    }),
  },
  AddStake: {
    by: ownerWhere(({ status }) => status !== 'Slashed'),
    make: (scene, sender) => ({ _tag: 'AddStake', amount: affordable(scene, sender) }),
  },
  RemoveStake: {
    by: ownerWhere(({ stake }) => stake > 0n),
    make: (scene, sender) => {
      const own = stakeOf(scene, sender);
      const left = scene.state.staking.accounts.get(sender.identity)?.validator.status !== 'Active';
      return {
        _tag: 'RemoveStake',
        amount: left && own > 0n ? own : drawAmount(scene.random, mulDivFloor(own, 1n, 10n)),
      };
    },
  },
  LeaveSet: { by: ownerWhere(isActive), make: () => ({ _tag: 'LeaveSet' }) },
  RejoinSet: { by: ownerWhere(({ status }) => status === 'Inactive'), make: () => ({ _tag: 'RejoinSet' }) },
  ReleaseFromJail: {
    by: ownerWhere(({ status }) => status === 'Jailed'),
    make: () => ({ _tag: 'ReleaseFromJail' }),
  },
  ChangeCommission: {
    by: ownerWhere(isActive),
    make: ({ random, state }, { identity }) => {
      const now = state.staking.accounts.get(identity)?.validator.commissionRate ?? 0;
      const rate = random.chance(100) ? random.int(0, 255) : now + random.int(-3, 3);
      return { _tag: 'ChangeCommission', rate: Math.max(0, rate) };
    },
  },
  ChangeConsensusKey: {
    by: ownerWhere(isActive),
    make: (scene) => ({ _tag: 'ChangeConsensusKey', ...keyWithProof(scene) }),
  },
  Delegate: {
    by: anybody,
    make: (scene, sender) => ({ _tag: 'Delegate', validator: someValidator(scene), amount: affordable(scene, sender) }),
  },
  Undelegate: {
    by: (scene) => delegated(scene).delegator,
    make: (scene, sender) => {
      const validator = validatorOfDelegator(scene, sender);
      return { _tag: 'Undelegate', validator, amount: ofPool(scene, validator) };
    },
  },
  Redelegate: {
    by: (scene) => delegated(scene).delegator,
    make: (scene, sender) => {
      const source = validatorOfDelegator(scene, sender);
      return { _tag: 'Redelegate', source, destination: someValidator(scene), amount: ofPool(scene, source) };
    },
  },
  ClaimRewards: {
    by: (scene) => (scene.random.chance(300) ? ownerWhere(isActive)(scene) : delegated(scene).delegator),
    make: (scene, sender) => {
      const isOwner = scene.state.staking.accounts.has(sender.identity) && scene.random.chance(500);
      return { _tag: 'ClaimRewards', validator: isOwner ? sender.identity : validatorOfDelegator(scene, sender) };
    },
  },
} as const satisfies { readonly [Tag in LedgerMessage['_tag']]?: MessageMaker<Tag> };
