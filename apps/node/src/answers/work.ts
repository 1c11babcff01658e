import { meanUnits, NO_WORK_RECORD, workRecordCodec, type LedgerState } from '@zhtp/ledger';
import { identityCodec, struct, u64, type IdentityId, type TypeOf } from '@zhtp/types';

/** The answer of GET /staking/validators/:identity/work. */
export const workAnswerCodec = struct('WorkAnswer', {
  validator: identityCodec,
  /** The current epoch, which receipts are for. */
  epoch: u64,
  record: workRecordCodec,
  /** Units per epoch, over the last ten that ended. */
  mean: u64,
});
export type WorkAnswer = TypeOf<typeof workAnswerCodec>;

export const workOf = ({ proofs }: LedgerState, validator: IdentityId): WorkAnswer => ({
  validator,
  epoch: proofs.epoch,
  record: proofs.work.get(validator) ?? NO_WORK_RECORD,
  mean: meanUnits(proofs, validator),
});
