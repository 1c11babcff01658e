import { either as E, option as O, taskEither as TE } from 'fp-ts';
import { taggedHash } from '@zhtp/crypto';
import { hashToBytes, ZERO_HASH, type Application, type Block, type Hash } from '@zhtp/types';

/** An application that knows no accounts: every block it prepares holds `bytes` bytes, and its hash follows from all of them. */
export const fillingApplication = (bytes: number): Application => {
  let state: { readonly height: bigint; readonly appHash: Hash } = { height: 0n, appHash: ZERO_HASH };
  let next = state;
  const executed = ({ header, transactions }: Block) => ({
    height: header.height,
    appHash: taggedHash('test/filling', hashToBytes(state.appHash), ...transactions),
  });
  const noSnapshots = { _tag: 'Reject' as const, reason: 'no snapshots here' };
  return {
    info: () => TE.right(state),
    initChain: () => TE.right({ appHash: ZERO_HASH, resultsHash: ZERO_HASH, difficultyBits: 0 }),
    checkTx: () => TE.right({ _tag: 'Rejected', code: 'Full', reason: 'blocks are filled already' }),
    prepareProposal: ({ height }) =>
      TE.right([0, 1].map((half) => new Uint8Array(bytes >> 1).fill(Number(height) * 2 + half))),
    processProposal: () => TE.right({ _tag: 'Accept' }),
    finalizeBlock: (block) => () => {
      next = executed(block);
      return Promise.resolve(
        E.right({
          appHash: next.appHash,
          resultsHash: ZERO_HASH,
          results: [],
          nextValidators: O.none,
          parameters: O.none,
          difficultyBits: 0,
        }),
      );
    },
    commit: () => () => {
      state = next;
      return Promise.resolve(E.right(undefined));
    },
    query: () => TE.right(O.none),
    listSnapshots: () => TE.right([]),
    offerSnapshot: () => TE.right(noSnapshots),
    loadSnapshotChunk: () => TE.right(O.none),
    applySnapshotChunk: () => TE.right(noSnapshots),
  };
};
