import { CHAIN_PARAMETERS } from '@zhtp/dao';
import { refine, struct, u64, type TypeOf } from '@zhtp/types';

const { minFeePerByteMicro, newAccountFeeMicro } = CHAIN_PARAMETERS;

/** What the ledger charges; part of the state and of the app hash. Governance may change it at an epoch boundary. */
export const ledgerParametersCodec = refine(
  struct('LedgerParameters', {
    /** micro-ZHTP per byte of the encoded transaction; 0 is free. */
    minFeePerByte: u64,
    /** micro-ZHTP, paid by whoever opens an account, on top of what it receives; goes to the treasury. */
    newAccountFee: u64,
  }),
  'LedgerParameters',
  ({ minFeePerByte, newAccountFee }) => {
    if (minFeePerByte > minFeePerByteMicro.max)
      return `minFeePerByte is ${String(minFeePerByte)}, it must be at most ${String(minFeePerByteMicro.max)} micro-ZHTP`;
    if (newAccountFee > newAccountFeeMicro.max)
      return `newAccountFee is ${String(newAccountFee)}, it must be at most ${String(newAccountFeeMicro.max)} micro-ZHTP`;
    return undefined;
  },
);
export type LedgerParameters = TypeOf<typeof ledgerParametersCodec>;

/** 1 micro-ZHTP per byte (a transfer of about 3.5 KB costs 0.0035 ZHTP); 0.01 ZHTP for a new account. */
export const DEFAULT_LEDGER_PARAMETERS: LedgerParameters = {
  minFeePerByte: minFeePerByteMicro.initial,
  newAccountFee: newAccountFeeMicro.initial,
};
