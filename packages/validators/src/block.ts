import {
  identityCodec,
  u64,
  validatorError,
  VALIDATORS_MAX,
  array,
  type ConsensusError,
  type FrozenValidator,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { decideSet, firstSet } from './epoch.ts';
import { countBlock } from './liveness-window.ts';
import { matured } from './maturity.ts';
import { mistyped } from './refusals.ts';
import { gainReputation } from './reputation.ts';
import type { ValidatorEvent } from './staking-event.ts';
import { withCounts, type BlockPoint, type StakingResult, type StakingState } from './staking-state.ts';
import type { ValidatorAccount } from './validator-account.ts';
import { withActivity } from './validator-record.ts';

const notNext = ({ now }: StakingState, { height, atSeconds }: BlockPoint): ConsensusError | undefined => {
  if (now === undefined) return undefined;
  if (height !== now.height + 1n)
    return validatorError(`height must be ${String(now.height + 1n)}, one above the last block`, height);
  return atSeconds >= now.atSeconds
    ? undefined
    : validatorError(`atSeconds must not be before the last block's ${String(now.atSeconds)}`, atSeconds);
};

/**
 * A block begins. The first one freezes the set of everybody active and starts the first epoch; from then on changes wait
 * for boundaries. Matured stake becomes liquid.
 */
export const beginBlock = (state: StakingState, block: BlockPoint): StakingResult => {
  const refused = mistyped({ height: u64, atSeconds: u64 }, block) ?? notNext(state, block);
  if (refused !== undefined) return E.left(refused);
  const now: BlockPoint = { height: block.height, atSeconds: block.atSeconds };
  if (state.now !== undefined) return E.right(matured({ ...state, now }, now));
  const epoch = { start: now.height - 1n, length: state.rules.epochLengthBlocks };
  return E.right({ state: firstSet({ ...state, now, epoch }, now), events: [], value: undefined });
};

/** The set decided by a block, which acts two heights later; undefined when it stays as it was. */
export interface SetChange {
  readonly actsAt: bigint;
  /** In identity order. */
  readonly validators: readonly FrozenValidator[];
}

/** A block ends: what it changes in the set. Refused before the first block began. */
export const endBlock = (state: StakingState): StakingResult<SetChange | undefined> => {
  const { now } = state;
  if (now === undefined) return E.left(validatorError('no block has begun; call beginBlock first'));
  const { state: next, events, changed } = decideSet(state, now);
  const value = changed ? { actsAt: now.height + 2n, validators: next.members } : undefined;
  return E.right({ state: next, events, value });
};

/** Who was to sign a block and who did, as its commit certificate in the next block says. */
export interface Signing {
  readonly height: bigint;
  readonly proposer: IdentityId;
  /** The frozen set of that height. */
  readonly members: readonly IdentityId[];
  readonly signers: readonly IdentityId[];
}

const identities = array(identityCodec, VALIDATORS_MAX);
const SIGNING = { height: u64, proposer: identityCodec, members: identities, signers: identities } as const;

/**
 * Counts a block for everybody in its set: reputation and activity of who signed or proposed, the liveness window of all
 * that are not jailed. Answers who is at fault by the window; what that costs is the penalty table's business.
 */
export const countSigning = (state: StakingState, signing: Signing): StakingResult<readonly IdentityId[]> => {
  const refused = mistyped(SIGNING, signing);
  if (refused !== undefined) return E.left(refused);
  const { height, proposer, members, signers } = signing;
  const signed = new Set(signers);
  const atSeconds = state.now?.atSeconds ?? 0n;
  const counts: ValidatorAccount[] = [];
  const faulty: IdentityId[] = [];
  const events: ValidatorEvent[] = [];
  for (const identity of new Set(members)) {
    const account = state.accounts.get(identity);
    if (account === undefined || account.validator.status === 'Slashed') continue;
    const blocks = (signed.has(identity) ? 1 : 0) + (identity === proposer ? 1 : 0);
    const gained =
      blocks === 0 ? account.validator : withActivity(gainReputation(account.validator, blocks), atSeconds);
    const counted =
      account.validator.status === 'Jailed'
        ? { window: account.liveness, fault: false }
        : countBlock(state.rules, account.liveness, signed.has(identity));
    counts.push({ ...account, validator: gained, liveness: counted.window });
    if (!counted.fault) continue;
    faulty.push(identity);
    events.push({ _tag: 'LivenessFault', validator: identity, height });
  }
  return E.right({ state: withCounts(state, counts), events, value: faulty });
};
