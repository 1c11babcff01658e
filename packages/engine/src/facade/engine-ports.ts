import { either as E, taskEither as TE } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { createVerifier, defaultBackend } from '@zhtp/crypto';
import { LedgerApplication, type HostedApplication } from '@zhtp/ledger';
import { networkStateError, type Application, type ConsensusError, type Genesis, type Network } from '@zhtp/types';
import type { EngineOptions } from './engine-options.ts';
import type { NodePorts } from '../node-ports.ts';
import { inNextTurn, systemClock, systemTimers } from './system-time.ts';
import {
  defaultVerifier,
  volatileBlockStore,
  volatileChainStates,
  volatileJournal,
  volatileSigner,
  volatileStateStore,
} from './volatile-ports.ts';

const DEFAULT_CONCURRENCY = 2;

/** What a validator in production must not do without: the rest has a default that loses nothing. */
const missingInProduction = ({ ports = {}, validator }: EngineOptions): readonly string[] => [
  ...(ports.journal === undefined ? ['journal'] : []),
  ...(ports.blockStore === undefined ? ['blockStore'] : []),
  ...(ports.chainStates === undefined ? ['chainStates'] : []),
  ...(ports.application === undefined ? ['application'] : []),
  ...(validator !== undefined && ports.signer === undefined ? ['signer'] : []),
];

const ledgerInMemory = (
  genesis: Genesis,
  concurrency: number,
  hosted: HostedApplication | undefined,
): TaskEither<ConsensusError, Application> =>
  pipe(
    LedgerApplication.open({
      store: volatileStateStore(),
      ...(hosted === undefined ? {} : { hosted }),
      verifier: createVerifier({
        backend: defaultBackend(genesis.signatureAlgorithm),
        concurrency,
        schedule: inNextTurn,
      }),
    }),
    TE.mapLeft(({ message }) => networkStateError(message)),
  );

/** The given ports, completed by volatile ones in development mode and refused in production. */
export const completePorts = (
  options: EngineOptions,
  genesis: Genesis,
  network: Network,
): TaskEither<ConsensusError, NodePorts> => {
  const { ports = {}, validator, concurrency = DEFAULT_CONCURRENCY, hosted } = options;
  const missing = genesis.parameters.consensus.developmentMode ? [] : missingInProduction(options);
  if (missing.length > 0)
    return TE.left(
      networkStateError(
        `production needs durable ports and ${missing.join(', ')} is missing: pass them (see @zhtp/store), or set developmentMode for a run in memory`,
      ),
    );
  const application =
    ports.application === undefined
      ? ledgerInMemory(genesis, concurrency, hosted)
      : TE.fromEither(E.right<ConsensusError, Application>(ports.application));
  return pipe(
    application,
    TE.map((opened) => ({
      clock: ports.clock ?? systemClock,
      timers: ports.timers ?? systemTimers,
      network: ports.network ?? network,
      journal: ports.journal ?? volatileJournal(),
      blockStore: ports.blockStore ?? volatileBlockStore(),
      chainStates: ports.chainStates ?? volatileChainStates(),
      signer:
        ports.signer ?? (validator === undefined ? undefined : volatileSigner(validator.identity, validator.keyPair)),
      verifier: ports.verifier ?? defaultVerifier(genesis.signatureAlgorithm, concurrency),
      application: opened,
    })),
  );
};
