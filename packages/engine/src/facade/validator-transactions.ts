import { possessionSignBytes } from '@zhtp/chain';
import { signMessage } from '@zhtp/crypto';
import type { LedgerMessage, LedgerState } from '@zhtp/ledger';
import {
  equalBytes,
  validatorError,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
  type KeyPair,
} from '@zhtp/types';
import { either as E, taskEither as TE } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { EngineRegistration } from './engine-options.ts';
import type { OwnTransactions } from './own-transactions.ts';

/** The documented registration gives neither: any commission, changed by at most 5 points a day (economics.md, Validators). */
const MAX_RATE = 100;
const MAX_DAILY_CHANGE = 5;

/** The proof that was given, or our own when the key is ours. */
const possessionOf = (
  { identity, consensusKey, proofOfPossession }: EngineRegistration,
  chainId: string,
  keyPair: KeyPair | undefined,
): ConsensusResult<Uint8Array> => {
  if (proofOfPossession !== undefined) return E.right(proofOfPossession);
  return keyPair !== undefined && equalBytes(keyPair.publicKey, consensusKey)
    ? E.right(signMessage(keyPair, 'zhtp/possession/v1', possessionSignBytes(chainId, identity, consensusKey)))
    : E.left(
        validatorError(
          'proofOfPossession is missing: sign chain id, identity and consensusKey with that key (possessionSignBytes)',
        ),
      );
};

const registrationMessage = (
  registration: EngineRegistration,
  chainId: string,
  keyPair: KeyPair | undefined,
): ConsensusResult<LedgerMessage> =>
  E.map((proofOfPossession: Uint8Array): LedgerMessage => {
    const { stake, storageCapacity, consensusKey, commissionRate } = registration;
    return {
      _tag: 'RegisterValidator',
      stake,
      storageProvided: storageCapacity,
      consensusKey,
      proofOfPossession,
      commissionRate,
      maxRate: MAX_RATE,
      maxDailyChange: MAX_DAILY_CHANGE,
    };
  })(possessionOf(registration, chainId, keyPair));

/** One transaction about the validator of the engine's own account. */
const submitFor = (
  own: OwnTransactions,
  identity: IdentityId,
  messages: readonly LedgerMessage[],
): TaskEither<ConsensusError, void> =>
  identity === own.identity
    ? pipe(
        own.submit(messages, validatorError),
        TE.map(() => undefined),
      )
    : TE.left(
        validatorError(
          `validator ${identity} acts through its own account, this engine signs for ${own.identity}: ask its operator`,
        ),
      );

/** Registers on a running chain. @param keyPair the consensus key this engine signs with, if any */
export const submitRegistration = (
  own: OwnTransactions,
  registration: EngineRegistration,
  chainId: string,
  keyPair: KeyPair | undefined,
): TaskEither<ConsensusError, void> =>
  pipe(
    registrationMessage(registration, chainId, keyPair),
    TE.fromEither,
    TE.chain((message) => submitFor(own, registration.identity, [message])),
  );

/** Out of the set from the next epoch boundary. */
export const submitLeave = (own: OwnTransactions, identity: IdentityId): TaskEither<ConsensusError, void> =>
  submitFor(own, identity, [{ _tag: 'LeaveSet' }]);

export const noRegisteredKeys = (identity: IdentityId): ConsensusError =>
  validatorError(`validator ${identity} has no registered keys: register it with its consensus key`);

/** Brings a registered validator in with `stake`: the rest of the stake, and out of Inactive. Nothing to do when it is in. */
export const submitJoin = (
  own: OwnTransactions,
  { staking }: LedgerState,
  identity: IdentityId,
  stake: bigint,
): TaskEither<ConsensusError, void> => {
  const account = staking.accounts.get(identity);
  if (account === undefined) return TE.left(noRegisteredKeys(identity));
  const { validator } = account;
  const missing = stake - validator.stake;
  const messages: readonly LedgerMessage[] = [
    ...(missing > 0n ? [{ _tag: 'AddStake', amount: missing } as const] : []),
    ...(validator.status === 'Inactive' ? [{ _tag: 'RejoinSet' } as const] : []),
  ];
  return messages.length === 0 ? TE.right(undefined) : submitFor(own, identity, messages);
};
