import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { blockIdOf } from '@zhtp/chain';
import { storageError, type CommitCertificate, type CommittedBlock, type StorageError } from '@zhtp/types';

/** First and last stored height. */
export interface Bounds {
  readonly baseHeight: bigint;
  readonly headHeight: bigint;
}

/** What saving a block of this height means: a new head, or a block that is there already. */
export const placeOf = (bounds: Option<Bounds>, height: bigint): Either<StorageError, 'next' | 'stored'> => {
  if (O.isNone(bounds) || height === bounds.value.headHeight + 1n) return E.right('next');
  const { baseHeight, headHeight } = bounds.value;
  if (height >= baseHeight && height <= headHeight) return E.right('stored');
  return E.left(
    storageError(
      `block of height ${String(height)} does not follow the stored blocks, ${String(baseHeight)} to ${String(headHeight)}; the next is ${String(headHeight + 1n)}.`,
    ),
  );
};

/** A block is stored only with a certificate of its own height and id. */
export const checkPair = ({ block, certificate }: CommittedBlock): Either<StorageError, void> => {
  const { height } = block.header;
  if (certificate.height !== height)
    return E.left(
      storageError(
        `block of height ${String(height)} came with a certificate of height ${String(certificate.height)}.`,
      ),
    );
  const blockId = blockIdOf(block.header);
  return certificate.blockId === blockId
    ? E.right(undefined)
    : E.left(
        storageError(
          `block ${blockId} of height ${String(height)} came with a certificate of block ${certificate.blockId}.`,
        ),
      );
};

/** The head's certificate gives way only to one of the same block. */
export const checkHeadCertificate = (
  head: Option<Pick<CommitCertificate, 'height' | 'blockId'>>,
  certificate: CommitCertificate,
): Either<StorageError, void> => {
  if (O.isNone(head)) return E.left(storageError('there is no stored block whose certificate could be replaced.'));
  const { height, blockId } = head.value;
  return certificate.height === height && certificate.blockId === blockId
    ? E.right(undefined)
    : E.left(
        storageError(
          `the head is block ${blockId} of height ${String(height)}; a certificate of block ${certificate.blockId} of height ${String(certificate.height)} is not its.`,
        ),
      );
};

export const otherBlock = (height: bigint): StorageError =>
  storageError(`height ${String(height)} already holds another block; a decided block is never replaced.`);
