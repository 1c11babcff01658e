import { either as E, option as O } from 'fp-ts';
import type { Answer, Genesis } from '@zhtp/types';
import type { ApplicationQueue } from '../application/application-queue.ts';
import type { NodePorts } from '../node-ports.ts';
import { finishJoining, forgetJoining } from './joining-record.ts';

interface Parts {
  readonly genesis: Pick<Genesis, 'initialHeight'>;
  readonly ports: Pick<NodePorts, 'blockStore' | 'chainStates' | 'application'>;
  readonly application: ApplicationQueue;
  /** Joins by a snapshot; undefined: the node executes every block. */
  readonly syncState: ((done: Answer<string, void>) => void) | undefined;
}

/**
 * Brings the stores to where a start can go on from: joins by a snapshot when there is nothing and it is wanted, and finishes
 * what an earlier process began and could not end; see joining-record.ts. Once there are blocks only its record is left to drop.
 */
export const joinFirst = ({ genesis, ports, application, syncState }: Parts, done: Answer<string, void>): void => {
  const bounds = ports.blockStore.bounds();
  if (O.isSome(bounds)) {
    // Blocks from the first on are no state sync's: most nodes need not look.
    if (syncState === undefined && bounds.value.baseHeight === genesis.initialHeight) done(E.right(undefined));
    else forgetJoining(ports, done);
    return;
  }
  application.call(
    'consensus',
    ports.application.info(),
    ({ height }) => {
      if (height >= genesis.initialHeight) finishJoining(ports, height, done);
      else if (syncState === undefined) done(E.right(undefined));
      else syncState(done);
    },
    (error) => {
      done(E.left(`the application does not answer: ${error.message}`));
    },
  );
};
