import { chainParameter, type ChainParameterName, type GovernanceState } from '@zhtp/dao';
import { ceilDiv, consensusConfigCodec, encode, equalBytes, type ChainParameters } from '@zhtp/types';
import type { GovernedRules } from '@zhtp/validators';
import type { LedgerParameters } from '../parameters.ts';

/** What staking goes by, as governance has it in force (economics.md, Validators). */
export const governedRules = ({ configInForce, chainParameters }: GovernanceState): GovernedRules => {
  const value = (name: ChainParameterName): bigint => chainParameter(chainParameters, name);
  const { consensusType, minStake, minStorage, maxValidators, epochLengthBlocks, slashDoubleSign, blockTime } =
    configInForce;
  const unbondingSeconds = value('unbondingSeconds');
  return {
    consensusType,
    minStake,
    minStorage,
    maxValidators,
    epochLengthBlocks,
    slashDoubleSign,
    unbondingSeconds,
    evidenceBlocks: ceilDiv(unbondingSeconds, BigInt(blockTime)),
    livenessJailSeconds: value('livenessJailSeconds'),
    jailSeconds: value('jailSeconds'),
    signedBlocksWindow: Number(value('signedBlocksWindow')),
    minSignedPercent: Number(value('minSignedPercent')),
  };
};

const encodeConfig = encode(consensusConfigCodec);

/** By value: a state that was read back holds two copies of one configuration, and must not answer otherwise for it. */
const same = (a: ChainParameters, b: ChainParameters): boolean =>
  equalBytes(encodeConfig(a.consensus), encodeConfig(b.consensus)) &&
  a.maxBlockBytes === b.maxBlockBytes &&
  a.precisionMs === b.precisionMs &&
  a.messageDelayMs === b.messageDelayMs &&
  a.evidenceAgeMs === b.evidenceAgeMs;

/** What consensus goes by; the very same value when governance changed nothing of it. */
export const governedParameters = (
  before: ChainParameters,
  { configInForce, chainParameters }: GovernanceState,
): ChainParameters => {
  const value = (name: ChainParameterName): bigint => chainParameter(chainParameters, name);
  const next = {
    ...before,
    consensus: configInForce,
    maxBlockBytes: Number(value('maxBlockBytes')),
    precisionMs: Number(value('precisionMs')),
    messageDelayMs: Number(value('messageDelayMs')),
    evidenceAgeMs: value('evidenceAgeMs'),
  };
  return same(before, next) ? before : next;
};

/** What the ledger charges; the very same value when governance changed nothing of it. */
export const governedPrices = (before: LedgerParameters, { chainParameters }: GovernanceState): LedgerParameters => {
  const minFeePerByte = chainParameter(chainParameters, 'minFeePerByteMicro');
  const newAccountFee = chainParameter(chainParameters, 'newAccountFeeMicro');
  return before.minFeePerByte === minFeePerByte && before.newAccountFee === newAccountFee
    ? before
    : { minFeePerByte, newAccountFee };
};
