import {
  bytesToHex,
  identityCodec,
  publicKeyCodec,
  validatorError,
  type ConsensusError,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { mistyped } from './refusals.ts';
import { keyInUse, notPossessed } from './registry.ts';
import { findAccount, secondsOf, withAccount, type StakingResult, type StakingState } from './staking-state.ts';
import { refusedKey } from './validator-record.ts';

/** Once per unbonding period (decisions.md §4). */
const tooSoon = (changedAt: bigint | undefined, periodSeconds: bigint, at: bigint): ConsensusError | undefined =>
  changedAt === undefined || at >= changedAt + periodSeconds
    ? undefined
    : validatorError(
        `consensusKey was changed ${String(at - changedAt)} s ago, and may be once per unbonding period: again in ${String(changedAt + periodSeconds - at)} s`,
        at,
      );

/** A validator's wish for another consensus key. */
export interface KeyRotation {
  readonly identity: IdentityId;
  readonly consensusKey: Uint8Array;
  /** Asked for where the rules can verify one: a signature by the new key (decisions.md §4). */
  readonly proofOfPossession?: Uint8Array;
}

/**
 * A new consensus key from the next epoch boundary, once per unbonding period. The old one stays attributable and is
 * never used again (decisions.md §4). Before the first block it acts at once.
 */
export const rotateKey = (state: StakingState, rotation: KeyRotation): StakingResult => {
  const wrongType = mistyped({ identity: identityCodec, consensusKey: publicKeyCodec }, rotation);
  if (wrongType !== undefined) return E.left(wrongType);
  const { identity, consensusKey, proofOfPossession } = rotation;
  const account = findAccount(state, identity);
  if (E.isLeft(account)) return account;
  const { keyChangedAt, validator } = account.right;
  const at = secondsOf(state);
  const refused =
    refusedKey(state.rules.algorithm, consensusKey) ??
    (validator.status === 'Slashed'
      ? validatorError(`validator ${identity} is tombstoned with all its keys`)
      : undefined) ??
    tooSoon(keyChangedAt, state.rules.unbondingSeconds, at) ??
    keyInUse(state, consensusKey) ??
    notPossessed(state, identity, consensusKey, proofOfPossession);
  if (refused !== undefined) return E.left(refused);
  const taken = { ...state, keys: state.keys.with(bytesToHex(consensusKey), identity) };
  return E.right({
    state: withAccount(
      taken,
      state.now === undefined
        ? { ...account.right, validator: { ...validator, consensusKey } }
        : { ...account.right, pendingKey: consensusKey, keyChangedAt: at },
    ),
    events: state.now === undefined ? [{ _tag: 'ConsensusKeyChanged', validator: identity }] : [],
    value: undefined,
  });
};
