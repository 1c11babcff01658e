import { refine, struct, u64, type TypeOf } from '@zhtp/types';

/** Highest values genesis may set: beyond them nobody could pay for a transaction. */
const MIN_FEE_PER_BYTE_MAX = 1_000_000n;
const NEW_ACCOUNT_FEE_MAX = 1_000_000_000_000n;

/** What the ledger charges; part of the state and of the app hash. */
export const ledgerParametersCodec = refine(
  struct('LedgerParameters', {
    /** micro-ZHTP per byte of the encoded transaction; 0 is free. */
    minFeePerByte: u64,
    /** micro-ZHTP, paid by whoever opens an account, on top of what it receives; goes to the treasury. */
    newAccountFee: u64,
  }),
  'LedgerParameters',
  ({ minFeePerByte, newAccountFee }) => {
    if (minFeePerByte > MIN_FEE_PER_BYTE_MAX)
      return `minFeePerByte is ${String(minFeePerByte)}, it must be at most ${String(MIN_FEE_PER_BYTE_MAX)} micro-ZHTP`;
    if (newAccountFee > NEW_ACCOUNT_FEE_MAX)
      return `newAccountFee is ${String(newAccountFee)}, it must be at most ${String(NEW_ACCOUNT_FEE_MAX)} micro-ZHTP`;
    return undefined;
  },
);
export type LedgerParameters = TypeOf<typeof ledgerParametersCodec>;

/** 1 micro-ZHTP per byte (a transfer of about 3.5 KB costs 0.0035 ZHTP); 0.01 ZHTP for a new account. */
export const DEFAULT_LEDGER_PARAMETERS: LedgerParameters = { minFeePerByte: 1n, newAccountFee: 10_000n };
