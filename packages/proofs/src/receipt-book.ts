import {
  checkedAddU64,
  proofVerificationFailed,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { Subject, type Observable } from 'rxjs';
import { asRequired } from './proof-verdict.ts';
import { judgeReceipt, malformedReceipt, type Receipt, type ReceiptContext } from './receipt.ts';
import { notIdentity, notObject, notU64 } from './well-formed.ts';
import type { WorkUnits } from './work-quality.ts';

/** Work of one prover in one epoch that receipts show. Storage has attestations instead. */
export type ReceiptedWork = Pick<WorkUnits, 'routingWork' | 'computeWork'>;

const NO_WORK: ReceiptedWork = { routingWork: 0n, computeWork: 0n };

/** A receipt was used; published after it counts. */
export interface ReceiptAccepted {
  readonly _tag: 'ReceiptAccepted';
  readonly receipt: Receipt;
}

/** The work with one receipt more; undefined beyond 64 bits. */
const withReceipt = (work: ReceiptedWork, { kind, units }: Receipt): ReceiptedWork | undefined => {
  const field = kind === 'Computation' ? 'computeWork' : 'routingWork';
  const sum = checkedAddU64(work[field], units);
  return sum === undefined ? undefined : { ...work, [field]: sum };
};

const serialOf = ({ prover, client, sequence }: Receipt): string => `${prover}/${client}/${String(sequence)}`;

/**
 * The receipts used in the current epoch: each (prover, client, sequence) counts once, whatever it says, and a receipt of
 * another epoch not at all, so that memory ends with the epoch. Mutable inside; the order of receipts does not matter to
 * the sums.
 */
export class ReceiptBook {
  readonly #context: ReceiptContext;
  #epoch: bigint;
  #used = new Set<string>();
  #work = new Map<IdentityId, ReceiptedWork>();
  readonly #events$ = new Subject<ReceiptAccepted>();

  /** Receipts as they are used; nothing is replayed. */
  readonly events$: Observable<ReceiptAccepted> = this.#events$.asObservable();

  private constructor(context: ReceiptContext, epoch: bigint) {
    this.#context = context;
    this.#epoch = epoch;
  }

  static create(context: ReceiptContext, epoch: bigint): ConsensusResult<ReceiptBook> {
    const wrong = notObject('receipt context', context) ?? notU64('epoch', epoch);
    return wrong === undefined ? E.right(new ReceiptBook(context, epoch)) : E.left(wrong);
  }

  get epoch(): bigint {
    return this.#epoch;
  }

  /**
   * Uses a receipt. Refused with ProofVerificationFailed, and nothing changes: malformed, of another epoch, used before,
   * not signed by its client, or more units in sum than fit 64 bits.
   */
  use(receipt: Receipt): ConsensusResult<void> {
    const wrong = malformedReceipt(receipt) ?? this.#unusable(receipt);
    if (wrong !== undefined) return E.left(wrong);
    const judged = asRequired(judgeReceipt(receipt, this.#context));
    if (E.isLeft(judged)) return judged;
    const work = withReceipt(this.#work.get(receipt.prover) ?? NO_WORK, receipt);
    if (work === undefined)
      return E.left(
        proofVerificationFailed(`units of ${receipt.prover} in this epoch would exceed 64 bits`, receipt.units),
      );
    this.#used.add(serialOf(receipt));
    this.#work.set(receipt.prover, work);
    this.#events$.next({ _tag: 'ReceiptAccepted', receipt });
    return E.right(undefined);
  }

  /** What the epoch's receipts show of a prover. */
  workOf(prover: IdentityId): ConsensusResult<ReceiptedWork> {
    const wrong = notIdentity('prover', prover);
    return wrong === undefined ? E.right(this.#work.get(prover) ?? NO_WORK) : E.left(wrong);
  }

  /** Forgets the epoch that ended. Epochs only rise: an earlier one would let its receipts count again. */
  startEpoch(epoch: bigint): ConsensusResult<void> {
    const wrong = notU64('epoch', epoch) ?? this.#notLater(epoch);
    if (wrong !== undefined) return E.left(wrong);
    this.#epoch = epoch;
    this.#used = new Set();
    this.#work = new Map();
    return E.right(undefined);
  }

  #notLater(epoch: bigint): ConsensusError | undefined {
    return epoch > this.#epoch
      ? undefined
      : proofVerificationFailed(`epoch must be above the current ${String(this.#epoch)}`, epoch);
  }

  /** The cheap refusals, before the signature is looked at. */
  #unusable(receipt: Receipt): ConsensusError | undefined {
    if (receipt.epoch !== this.#epoch)
      return proofVerificationFailed(`epoch of the receipt must be the current ${String(this.#epoch)}`);
    return this.#used.has(serialOf(receipt))
      ? proofVerificationFailed(`receipt ${String(receipt.sequence)} of client ${receipt.client} is used already`)
      : undefined;
  }
}
