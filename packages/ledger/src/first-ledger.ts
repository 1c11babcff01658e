import { genesisHashOf } from '@zhtp/chain';
import type { ApplicationError, Genesis } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { fail } from './application-error.ts';
import { genesisState, readLedgerGenesis } from './genesis.ts';
import { hostedFault, type HostedApplication } from './hosted/hosted-application.ts';
import { appHashOf } from './ledger-state.ts';
import { resultsHashOf } from './receipt.ts';
import type { LedgerMeta, StoredLedger } from './stored-ledger.ts';

/** What a genesis begins with; Left: what is wrong with it, or that it hosts another application than this program. */
export const firstLedger = (
  genesis: Genesis,
  hosting: HostedApplication | undefined,
): Either<ApplicationError, StoredLedger> => {
  const { chainId, signatureAlgorithm: algorithm, initialHeight } = genesis;
  if (initialHeight === 0n) return fail('genesis initialHeight is 0, the first block has at least height 1');
  const read = readLedgerGenesis(genesis.appState, algorithm);
  if (E.isLeft(read)) return fail(`genesis ${read.left}`);
  const { hosted } = read.right;
  const fault = hostedFault({ hosted }, hosting);
  if (fault !== undefined) return fail(fault);
  const first = genesisState(genesis, read.right);
  if (E.isLeft(first)) return fail(`genesis: ${first.left}`);
  const state = first.right;
  const { totals, parameters } = state;
  const meta: LedgerMeta = {
    chainId,
    genesisHash: genesisHashOf(genesis),
    algorithm,
    hosted,
    initialHeight,
    height: initialHeight - 1n,
    appHash: appHashOf(state),
    resultsHash: resultsHashOf([]),
    totals,
    parameters,
  };
  return E.right({ meta, state });
};

/** Why a ledger does not begin with this genesis again; undefined: it stands before its first block. */
export const refusedGenesis = (
  { genesisHash, height, initialHeight }: LedgerMeta,
  genesis: Genesis,
): string | undefined => {
  const asked = genesisHashOf(genesis);
  if (asked !== genesisHash)
    return `the stored state belongs to genesis ${genesisHash}, this is ${asked}: use its own folder for each chain`;
  return height + 1n === initialHeight ? undefined : `initChain after block ${String(height)}`;
};
