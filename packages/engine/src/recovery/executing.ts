import { either as E, option as O } from 'fp-ts';
import { blockIdOf, genesisHashOf } from '@zhtp/chain';
import {
  type Answer,
  type Block,
  type CommittedBlock,
  type FinalizeBlockResult,
  type Genesis,
  type Hash,
  type StateChange,
} from '@zhtp/types';
import { validatorsFromGenesis } from '@zhtp/validators';
import type { ApplicationQueue } from '../application/application-queue.ts';
import { checkedChanges } from '../height/decided-changes.ts';
import {
  afterBlock,
  decodeChainState,
  encodeChainState,
  genesisChainState,
  readChainState,
  setsNamedBy,
  type ChainState,
} from '../height/chain-state.ts';
import type { NodePorts } from '../node-ports.ts';
import type { Remembered } from '../evidence/remembered-rows.ts';

export interface Executed {
  readonly state: ChainState;
  readonly result: FinalizeBlockResult;
}

type Ports = Pick<NodePorts, 'application' | 'chainStates' | 'blockStore'>;

/** The changes of rows with the state of a height: what it names by hash lies beside it. */
const namedBy = ({ sets, parameters }: Remembered, state: ChainState): readonly StateChange[] => [
  ...sets.changesWith(state.height, setsNamedBy(state)),
  ...parameters.changesWith(state.height, state.parameters),
];

/**
 * Execute, remember, commit: the chain state of a height is on disk before the application commits it, so whichever
 * height the application restarts from, the state that belongs to it is there. Answers with words an operator can act on.
 */
export const executeBlock = (
  ports: Ports,
  queue: ApplicationQueue,
  remembered: Remembered,
  { signatureAlgorithm }: Pick<Genesis, 'signatureAlgorithm'>,
  before: ChainState,
  block: Block,
  done: Answer<string, Executed>,
): void => {
  const at = `height ${String(block.header.height)}`;
  queue.call(
    'consensus',
    ports.application.finalizeBlock(block),
    (finalized) => {
      const checked = checkedChanges(signatureAlgorithm, finalized, ports.application);
      if (E.isLeft(checked)) {
        done(E.left(`what the application decided at ${at} cannot be: ${checked.left}`));
        return;
      }
      const result = checked.right;
      const state = afterBlock(before, blockIdOf(block.header), block.header, result);
      const past = remembered.past.record(before, block, state);
      const rows = [...past, ...namedBy(remembered, state)];
      ports.chainStates.save(state.height, encodeChainState(state), rows, (saved) => {
        if (E.isLeft(saved)) {
          done(E.left(`the state after ${at} could not be stored: ${saved.left.message}`));
          return;
        }
        queue.call(
          'consensus',
          ports.application.commit(),
          () => {
            done(E.right({ state, result }));
          },
          (error) => {
            done(E.left(`the application failed to commit ${at}: ${error.message}`));
          },
        );
      });
    },
    (error) => {
      done(E.left(`the application failed to execute ${at}: ${error.message}`));
    },
  );
};

/** State and head from which a node goes on after a start. */
export interface Recovered {
  readonly state: ChainState;
  readonly head: CommittedBlock | undefined;
  /** Blocks that were decided and stored but not yet executed before the stop. */
  readonly executed: number;
}

const beforeFirst = (genesis: Genesis): bigint => genesis.initialHeight - 1n;

const wrongChain = (stored: Hash, given: Hash): string =>
  `the stored data is of the chain with genesis hash ${stored}, this genesis has ${given}; start it with the genesis it was made with, or give this chain a data folder of its own`;

/** Brings the application up to the block store: nothing that was decided is lost, whatever the instruction it stopped at. */
export const recover = (
  ports: Ports,
  queue: ApplicationQueue,
  remembered: Remembered,
  genesis: Genesis,
  done: Answer<string, Recovered>,
): void => {
  const fail = (message: string): void => {
    done(E.left(message));
  };
  const bounds = ports.blockStore.bounds();
  const genesisHash = genesisHashOf(genesis);
  const headHeight = O.isSome(bounds) ? bounds.value.headHeight : beforeFirst(genesis);

  const finish = (state: ChainState, executed: number): void => {
    if (O.isNone(bounds)) {
      done(E.right({ state, head: undefined, executed }));
      return;
    }
    ports.blockStore.load(headHeight, (head) => {
      if (E.isLeft(head)) fail(`the head block could not be read: ${head.left.message}`);
      else if (O.isNone(head.right))
        fail(
          `the block store names head ${String(headHeight)} but does not hold it; restore the data folder from a backup or sync it anew`,
        );
      else done(E.right({ state, head: head.right.value, executed }));
    });
  };

  const catchUp = (state: ChainState, executed: number): void => {
    if (state.height === headHeight) {
      finish(state, executed);
      return;
    }
    ports.blockStore.load(state.height + 1n, (stored) => {
      if (E.isLeft(stored)) fail(`block ${String(state.height + 1n)} could not be read: ${stored.left.message}`);
      else if (O.isNone(stored.right))
        fail(
          `block ${String(state.height + 1n)} is missing below head ${String(headHeight)}; restore the data folder from a backup or sync it anew`,
        );
      else
        executeBlock(ports, queue, remembered, genesis, state, stored.right.value.block, (result) => {
          if (E.isLeft(result)) done(result);
          else catchUp(result.right.state, executed + 1);
        });
    });
  };

  const fromGenesis = (): void => {
    const validators = validatorsFromGenesis(genesis);
    if (E.isLeft(validators)) {
      fail(validators.left);
      return;
    }
    queue.call(
      'consensus',
      ports.application.initChain(genesis),
      (first) => {
        const state = genesisChainState(genesis, validators.right.validators, first);
        // Kept before the first block too, so that nothing decided on one chain is ever continued on another.
        ports.chainStates.save(state.height, encodeChainState(state), namedBy(remembered, state), (saved) => {
          if (E.isLeft(saved)) fail(`the state of genesis could not be stored: ${saved.left.message}`);
          else catchUp(state, 0);
        });
      },
      (error) => {
        fail(`the application refused genesis: ${error.message}`);
      },
    );
  };

  /** Nothing is committed. A state that was kept at an earlier start says whose records these are. */
  const afresh = (): void => {
    ports.chainStates.load(beforeFirst(genesis), (stored) => {
      if (E.isLeft(stored)) {
        fail(`the state of genesis could not be read: ${stored.left.message}`);
        return;
      }
      const state = O.isNone(stored.right) ? undefined : readChainState(stored.right.value);
      if (state !== undefined && E.isLeft(state)) fail(`the chain state of genesis ${state.left}`);
      else if (state !== undefined && state.right.genesisHash !== genesisHash)
        fail(wrongChain(state.right.genesisHash, genesisHash));
      else fromGenesis();
    });
  };

  queue.call(
    'consensus',
    ports.application.info(),
    ({ height, appHash }) => {
      if (height > headHeight) {
        fail(
          `the application is at height ${String(height)}, the block store at ${String(headHeight)}: the stores do not belong together; restore both from one backup`,
        );
        return;
      }
      if (height <= beforeFirst(genesis)) {
        afresh();
        return;
      }
      ports.chainStates.load(height, (stored) => {
        if (E.isLeft(stored)) {
          fail(`the state after height ${String(height)} could not be read: ${stored.left.message}`);
          return;
        }
        const state = O.isNone(stored.right)
          ? E.left('is missing; restore the data folder from a backup or sync it anew')
          : decodeChainState(stored.right.value, (set) => remembered.sets.get(set));
        if (E.isLeft(state)) fail(`the chain state after height ${String(height)} ${state.left}`);
        else if (state.right.genesisHash !== genesisHash) fail(wrongChain(state.right.genesisHash, genesisHash));
        else if (state.right.appHash !== appHash)
          fail(
            `the application's hash after height ${String(height)} is ${appHash}, consensus had ${state.right.appHash}; restore the data folder from a backup or sync it anew`,
          );
        else if ((remembered.past.bounds()?.newest ?? 0n) < height)
          fail(
            `of the heights behind evidence ${String(height)} is not remembered; restore the data folder from a backup or sync it anew`,
          );
        else catchUp(state.right, 0);
      });
    },
    (error) => {
      fail(`the application does not answer: ${error.message}`);
    },
  );
};
