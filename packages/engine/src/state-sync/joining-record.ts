import { either as E } from 'fp-ts';
import {
  bytesToHex,
  committedBlockCodec,
  decode,
  encode,
  encodeUtf8,
  struct,
  u32,
  type Answer,
  type BlockStore,
  type ChainStateRow,
  type ChainStateStore,
  type CommittedBlock,
  type StateChange,
} from '@zhtp/types';
import { PAST_PREFIX } from '../evidence/past-heights.ts';
import { encodeChainState, type ChainState } from '../height/chain-state.ts';

/*
 * A state that no block of this node led to lies in three stores, and a process may die between any two of them. In this order:
 *
 *   1. one batch of the chain state store: the state after h, what is remembered of the heights before, and the record below
 *      with block h and its certificate;
 *   2. the application, durable at height h when it accepts the last chunk of its snapshot;
 *   3. block h into the block store, which was empty;
 *   4. the record is deleted.
 *
 * The block store is written last, so an empty one says that nothing is finished. A start with an empty block store asks the
 * application where it stands:
 *   - before its first block: 2 did not happen. What 1 wrote is no state of anybody: no state is looked for above the
 *     application's height, remembered heights above the head count for nothing (past-heights.ts), sets and parameters go by
 *     their hashes and are dropped as any others. The state sync, or a sync from genesis, begins anew; the first batch of a
 *     new attempt deletes the remembered heights of this one.
 *   - at the height of the record: 1 and 2 happened, and 3 needs nothing from outside: it is done now.
 *   - elsewhere: the stores do not belong together, which the start says.
 * With a block in the block store 3 happened, and everything is there; the record means nothing any more and goes at the next
 * start. Where somebody gave up after 1 and executes every block it goes at the next start with a state sync.
 */

/** Prefix of the one row of this file in the chain state store. */
const JOINING_PREFIX: Uint8Array = encodeUtf8('state-sync/joining');

const FORMAT_VERSION = 1;
const recordCodec = struct('JoiningRecord', { formatVersion: u32, base: committedBlockCodec });
const writeRecord = encode(recordCodec);
const readRecord = decode(recordCodec);

/** What a node that joins goes on from. */
export interface Joining {
  /** The block that leads to the state, with the certificate that decided it: the first one of the block store. */
  readonly base: CommittedBlock;
  /** After that block. */
  readonly state: ChainState;
  /** Rows of what is remembered and of what the state names. */
  readonly rows: readonly StateChange[];
}

type Stores = {
  readonly chainStates: Pick<ChainStateStore, 'rows' | 'writeRows' | 'save'>;
  readonly blockStore: Pick<BlockStore, 'save'>;
};

/** Step 1. */
export const recordJoining = (
  { chainStates }: Pick<Stores, 'chainStates'>,
  { base, state, rows }: Joining,
  done: Answer<string, void>,
): void => {
  chainStates.rows(PAST_PREFIX, (earlier) => {
    if (E.isLeft(earlier)) {
      done(E.left(`what an earlier state sync remembered could not be read: ${earlier.left.message}`));
      return;
    }
    const written = new Set(rows.map(({ key }) => bytesToHex(key)));
    const stale = earlier.right
      .filter(({ key }) => !written.has(bytesToHex(key)))
      .map(({ key }): StateChange => ({ _tag: 'Delete', key }));
    const record = writeRecord({ formatVersion: FORMAT_VERSION, base });
    chainStates.save(
      state.height,
      encodeChainState(state),
      [...stale, ...rows, { _tag: 'Put', key: JOINING_PREFIX, value: record }],
      (saved) => {
        done(
          E.mapLeft(({ message }: { readonly message: string }) => `the joined state could not be stored: ${message}`)(
            saved,
          ),
        );
      },
    );
  });
};

const dropRecord = ({ chainStates }: Pick<Stores, 'chainStates'>, done: Answer<string, void>): void => {
  chainStates.writeRows([{ _tag: 'Delete', key: JOINING_PREFIX }], (dropped) => {
    done(
      E.mapLeft(({ message }: { readonly message: string }) => `the record of the state sync stays: ${message}`)(
        dropped,
      ),
    );
  });
};

const withRecord = (
  { chainStates }: Pick<Stores, 'chainStates'>,
  done: Answer<string, void>,
  found: (row: ChainStateRow) => void,
): void => {
  chainStates.rows(JOINING_PREFIX, (rows) => {
    if (E.isLeft(rows)) {
      done(E.left(`the record of the state sync could not be read: ${rows.left.message}`));
      return;
    }
    const [row] = rows.right;
    if (row === undefined) done(E.right(undefined));
    else found(row);
  });
};

/** Steps 3 and 4, for an application at this height. Nothing is done when no record is of it. */
export const finishJoining = (stores: Stores, height: bigint, done: Answer<string, void>): void => {
  withRecord(stores, done, ({ value }) => {
    const record = readRecord(value);
    if (E.isLeft(record)) {
      done(E.left(`the record of the state sync is damaged: ${record.left.message}; sync the data folder anew`));
      return;
    }
    const { base } = record.right;
    if (base.block.header.height !== height) {
      done(E.right(undefined));
      return;
    }
    stores.blockStore.save(base, (saved) => {
      if (E.isLeft(saved)) done(E.left(`block ${String(height)} could not be stored: ${saved.left.message}`));
      else dropRecord(stores, done);
    });
  });
};

/** The block store begins with its block: the record has served. */
export const forgetJoining = (stores: Pick<Stores, 'chainStates'>, done: Answer<string, void>): void => {
  withRecord(stores, done, () => {
    dropRecord(stores, done);
  });
};
