import type { Receipt } from '@zhtp/proofs';
import { floorDiv, minBigint, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { heightKey } from '../chain-domains.ts';
import { WORK_EPOCHS, type ProofState, type ReceiptedUnits, type WorkRecord } from './proof-state.ts';

/** Receipts of one validator that count in one epoch: its rows stay bounded whatever it pays. */
export const RECEIPTS_PER_EPOCH_MAX = 1_000;
/** Units of one kind that one validator may show in one epoch: far from where a sum or a work proof leaves 64 bits. */
export const WORK_UNITS_PER_EPOCH_MAX = 2n ** 48n;

export const NO_WORK_RECORD: WorkRecord = { receipts: 0, routingWork: 0n, computeWork: 0n, past: [] };
const NO_UNITS: ReceiptedUnits = { routingWork: 0n, computeWork: 0n };

const withUnits = <A extends ReceiptedUnits>(work: A, { kind, units }: Receipt): A =>
  kind === 'Computation'
    ? { ...work, computeWork: work.computeWork + units }
    : { ...work, routingWork: work.routingWork + units };

/** Where receipts of an epoch stand: whatever else a receipt says, this must not come twice. */
const receiptKey = ({ epoch, prover, client, sequence }: Omit<Receipt, 'kind' | 'units' | 'signature'>): string =>
  `${heightKey(epoch)}/${prover}/${client}/${heightKey(sequence)}`;

/** Counts a receipt that its client signed, once; or why it cannot count. */
export const withReceipt = (proofs: ProofState, receipt: Receipt): Either<string, ProofState> => {
  const { epoch, prover, client, sequence, kind, units } = receipt;
  if (epoch !== proofs.epoch)
    return E.left(`it is for epoch ${String(epoch)}, only those of the current one, ${String(proofs.epoch)}, count`);
  const key = receiptKey(receipt);
  if (proofs.receipts.has(key))
    return E.left(`number ${String(sequence)} of client ${client} was used in this epoch already`);
  const before = proofs.work.get(prover) ?? NO_WORK_RECORD;
  if (before.receipts >= RECEIPTS_PER_EPOCH_MAX)
    return E.left(`${String(RECEIPTS_PER_EPOCH_MAX)} receipts count in an epoch: confirm more units by each`);
  const record = withUnits({ ...before, receipts: before.receipts + 1 }, receipt);
  if (record.routingWork > WORK_UNITS_PER_EPOCH_MAX || record.computeWork > WORK_UNITS_PER_EPOCH_MAX)
    return E.left(
      `units of ${kind} in this epoch would exceed ${String(WORK_UNITS_PER_EPOCH_MAX)}, the most that count`,
    );
  return E.right({
    ...proofs,
    receipts: proofs.receipts.with(key, { kind, units }),
    work: proofs.work.with(prover, record),
    unrewarded: proofs.unrewarded.with(prover, withUnits(proofs.unrewarded.get(prover) ?? NO_UNITS, receipt)),
  });
};

/** Rows that one block takes out: an epoch that ended with very many costs several blocks a little each. */
export const FORGOTTEN_PER_BLOCK = 1_000;

/** Without receipts of epochs that ended, as many as one block takes out. */
export const withoutOldReceipts = (proofs: ProofState): ProofState => {
  const current = heightKey(proofs.epoch);
  let { receipts } = proofs;
  let left = FORGOTTEN_PER_BLOCK;
  for (const [key] of proofs.receipts.entries()) {
    if (left === 0 || key >= current) break;
    receipts = receipts.without(key);
    left -= 1;
  }
  return receipts === proofs.receipts ? proofs : { ...proofs, receipts };
};

const isEmpty = ({ receipts, past }: WorkRecord): boolean => receipts === 0 && past.length === 0;

/** The oldest epoch that the mean after an epoch looks at. */
const oldestSeen = (epoch: bigint): bigint => (epoch < BigInt(WORK_EPOCHS) ? 0n : epoch - BigInt(WORK_EPOCHS) + 1n);

/**
 * The epoch ends: its units of every kind become an entry of each record, and the next one begins.
 * @param storage GiB of everybody who has shown any
 */
export const withEpochEnded = (proofs: ProofState, storage: ReadonlyMap<IdentityId, bigint>): ProofState => {
  const { epoch } = proofs;
  const oldest = oldestSeen(epoch);
  let { work } = proofs;
  for (const identity of new Set([...Array.from(work.entries(), ([each]) => each), ...storage.keys()])) {
    const { routingWork, computeWork, past, receipts } = work.get(identity) ?? NO_WORK_RECORD;
    const units = routingWork + computeWork + (storage.get(identity) ?? 0n);
    const isSeen = past.every((each) => each.epoch >= oldest);
    if (units === 0n && receipts === 0 && isSeen) continue;
    const seen = past.filter((each) => each.epoch >= oldest);
    const next = { ...NO_WORK_RECORD, past: units === 0n ? seen : [...seen, { epoch, units }] };
    work = isEmpty(next) ? work.without(identity) : work.with(identity, next);
  }
  return { ...proofs, work, epoch: epoch + 1n };
};

/** Units per epoch over the last ten that ended, or as many as there were (decisions.md §6). */
export const meanUnits = ({ epoch, work }: ProofState, validator: IdentityId): bigint => {
  if (epoch === 0n) return 0n;
  const oldest = oldestSeen(epoch - 1n);
  const past = (work.get(validator) ?? NO_WORK_RECORD).past.filter((each) => each.epoch >= oldest);
  const sum = past.reduce((units, each) => units + each.units, 0n);
  return floorDiv(sum, minBigint(epoch, BigInt(WORK_EPOCHS)));
};
