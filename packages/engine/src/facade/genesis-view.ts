import { DaoEngine } from '@zhtp/dao';
import { genesisState, readLedgerGenesis, type LedgerState } from '@zhtp/ledger';
import type { Genesis } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';

/** The ledger's state that a genesis begins with; Left where its application state is not the ledger's. */
export const ledgerAtGenesis = (genesis: Genesis): Either<string, LedgerState> =>
  pipe(
    readLedgerGenesis(genesis.appState, genesis.signatureAlgorithm),
    E.chain((ledger) => genesisState(genesis, ledger)),
  );

/** Governance at genesis: the ledger's, or one by configuration alone beside an application of somebody's own. */
export const daoAtGenesis = (genesis: Genesis): DaoEngine =>
  pipe(
    ledgerAtGenesis(genesis),
    E.map(({ governance }) => DaoEngine.of(governance)),
    E.altW(() => DaoEngine.create({ chainId: genesis.chainId, config: genesis.parameters.consensus })),
    E.getOrElse(() => new DaoEngine()),
  );
