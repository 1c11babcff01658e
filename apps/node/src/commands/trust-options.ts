import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Command } from 'commander';
import type { StateSyncOptions } from '@zhtp/engine';
import { hash } from '@zhtp/types';
import { heightIn } from '../api/height-text.ts';
import { fail, type Failure } from '../outcome.ts';

/** The block from which a new home believes a snapshot of its peers. */
export interface TrustOptions {
  readonly trustHeight?: string;
  readonly trustBlock?: string;
}

export const addTrustOptions = (command: Command): Command =>
  command
    .option(
      '--trust-height <height>',
      'in a home without blocks: take over a snapshot of the peers instead of executing every block, believed from the block of this height; zhtp status of a node that you believe prints both',
    )
    .option('--trust-block <id>', 'id of the block of --trust-height');

/** Undefined: every block is executed. */
export const stateSyncOf = ({
  trustHeight,
  trustBlock,
}: TrustOptions): Either<Failure, StateSyncOptions | undefined> => {
  if (trustHeight === undefined && trustBlock === undefined) return E.right(undefined);
  if (trustHeight === undefined || trustBlock === undefined)
    return fail('--trust-height and --trust-block belong together: a block is believed by its height and id');
  const trustedHeight = heightIn(trustHeight);
  if (trustedHeight === undefined)
    return fail(`--trust-height is "${trustHeight.slice(0, 40)}"; give the number of a block`);
  const trustedBlockId = hash(trustBlock);
  return E.isLeft(trustedBlockId)
    ? fail(`--trust-block is "${trustBlock.slice(0, 80)}"; give the id of a block, 64 hexadecimal digits`)
    : E.right({ trustedHeight, trustedBlockId: trustedBlockId.right });
};
