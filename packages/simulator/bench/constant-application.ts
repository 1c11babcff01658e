import { option as O, taskEither as TE } from 'fp-ts';
import { ZERO_HASH, type Application, type ApplicationError } from '@zhtp/types';

const DIFFICULTY_BITS = 0x1d00ffff;

const refused: ApplicationError = {
  _tag: 'ApplicationError',
  message: 'the constant application is for measuring: it keeps nothing that could be asked for or restored',
};

/** Decides nothing and keeps one number: what a node costs with it, it costs for consensus. Never started twice. */
export const constantApplication = (): Application => {
  const nothing = TE.right<ApplicationError, void>(undefined);
  const accept = TE.right<ApplicationError, { readonly _tag: 'Accept' }>({ _tag: 'Accept' });
  const finalized = TE.right({
    appHash: ZERO_HASH,
    resultsHash: ZERO_HASH,
    results: [],
    nextValidators: O.none,
    parameters: O.none,
    difficultyBits: DIFFICULTY_BITS,
  });
  return {
    info: () => TE.right({ height: 0n, appHash: ZERO_HASH }),
    initChain: () => TE.right({ appHash: ZERO_HASH, resultsHash: ZERO_HASH, difficultyBits: DIFFICULTY_BITS }),
    checkTx: () => TE.left(refused),
    prepareProposal: ({ transactions }) => TE.right(transactions),
    processProposal: () => accept,
    finalizeBlock: () => finalized,
    commit: () => nothing,
    query: () => TE.right(O.none),
    listSnapshots: () => TE.right([]),
    offerSnapshot: () => TE.left(refused),
    loadSnapshotChunk: () => TE.left(refused),
    applySnapshotChunk: () => TE.left(refused),
  };
};
