import {
  invalidPreviousHash,
  networkStateError,
  type ConsensusError,
  type ConsensusEvent,
  type ConsensusResult,
  type Hash,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ConsensusNode } from '../node-face.ts';

/** The block at `height` builds on `previousHash`: completed once it is committed, failed when it cannot be the next. */
export const awaitBlock =
  (
    node: Pick<ConsensusNode, 'status' | 'events$'>,
    height: bigint,
    previousHash: Hash,
  ): TaskEither<ConsensusError, readonly ConsensusEvent[]> =>
  () => {
    const status = node.status();
    const next = (status?.state.height ?? 0n) + 1n;
    if (height > next)
      return Promise.resolve(
        E.right([
          {
            _tag: 'RoundFailed',
            height,
            error: `height ${String(next)} is in progress; height ${String(height)} cannot be next`,
          },
        ]),
      );
    if (height < next)
      return Promise.resolve(E.left(networkStateError(`height ${String(height)} is decided already`, height)));
    if (status !== undefined && status.state.blockId !== previousHash)
      return Promise.resolve(
        E.left(invalidPreviousHash(`height ${String(height)} builds on ${status.state.blockId}`, previousHash)),
      );
    return new Promise((resolve) => {
      const finish = (answer: ConsensusResult<readonly ConsensusEvent[]>): void => {
        subscription.unsubscribe();
        resolve(answer);
      };
      const subscription = node.events$.subscribe({
        next: (event) => {
          if (event._tag === 'BlockCommitted' && event.block.header.height === height)
            finish(E.right([{ _tag: 'RoundCompleted', height }]));
          if (event._tag === 'Halted') finish(E.right([{ _tag: 'RoundFailed', height, error: event.reason }]));
        },
        complete: () => {
          resolve(E.left(networkStateError(`the engine stopped before height ${String(height)} was decided`)));
        },
      });
    });
  };
