import { possessionSignBytes } from '@zhtp/chain';
import { signMessage, type SigningOptions } from '@zhtp/crypto';
import type { IdentityId, KeyPair } from '@zhtp/types';
import type { LedgerMessageOf } from '../messages/message.ts';

/** Whose consensus key it is to be: a proof of possession holds for one chain, account and key. */
export interface KeyHolder {
  readonly chainId: string;
  readonly identity: IdentityId;
  /** Signs nothing but the proof here. */
  readonly consensusKey: KeyPair;
}

/** What a validator registers with. */
export interface Registration extends KeyHolder {
  /** micro-ZHTP of the sender's balance. */
  readonly stake: bigint;
  /** Bytes; none when left out. */
  readonly storageProvided?: bigint;
  /** Whole percent, 0 to 100. */
  readonly commissionRate: number;
  /** What the rate may ever be; 100 when left out. */
  readonly maxRate?: number;
  /** Points per day; 5 when left out. */
  readonly maxDailyChange?: number;
}

/** economics.md, Validators: Register. */
const MAX_RATE = 100;
const MAX_DAILY_CHANGE = 5;

const prove = ({ chainId, identity, consensusKey }: KeyHolder, options: SigningOptions): Uint8Array =>
  signMessage(
    consensusKey,
    'zhtp/possession/v1',
    possessionSignBytes(chainId, identity, consensusKey.publicKey),
    options,
  );

/** Registers a validator, with the proof that whoever registers it holds its consensus key. */
export const registerValidator = (
  registration: Registration,
  options: SigningOptions = {},
): LedgerMessageOf<'RegisterValidator'> => {
  const { stake, storageProvided = 0n, commissionRate, maxRate, maxDailyChange, consensusKey } = registration;
  return {
    _tag: 'RegisterValidator',
    stake,
    storageProvided,
    consensusKey: consensusKey.publicKey,
    proofOfPossession: prove(registration, options),
    commissionRate,
    maxRate: maxRate ?? MAX_RATE,
    maxDailyChange: maxDailyChange ?? MAX_DAILY_CHANGE,
  };
};

/** Gives a validator another consensus key, with the same proof. */
export const changeConsensusKey = (
  holder: KeyHolder,
  options: SigningOptions = {},
): LedgerMessageOf<'ChangeConsensusKey'> => ({
  _tag: 'ChangeConsensusKey',
  consensusKey: holder.consensusKey.publicKey,
  proofOfPossession: prove(holder, options),
});
