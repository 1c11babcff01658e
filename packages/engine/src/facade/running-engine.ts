import {
  encode,
  invalidConsensusType,
  networkError,
  networkStateError,
  peerMessageCodec,
  type ConsensusError,
  type ConsensusEvent,
  type ConsensusResult,
  type Genesis,
  type PeerMessage,
} from '@zhtp/types';
import { either as E, option as O, taskEither as TE } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { createConsensusNode } from '../consensus-node.ts';
import type { ConsensusNode } from '../node-face.ts';
import type { NodePorts } from '../node-ports.ts';
import { awaitBlock } from './await-block.ts';
import { createBroadcasterNetwork } from './broadcaster-network.ts';
import { ledgerBehind, type CommittedLedger } from './committed-ledger.ts';
import type { EngineOptions } from './engine-options.ts';
import { completePorts } from './engine-ports.ts';
import type { Movement } from './founding.ts';
import { ownTransactions, type OwnTransactions } from './own-transactions.ts';
import { submitJoin, submitLeave } from './validator-transactions.ts';

const encodeMessage = encode(peerMessageCodec);

/** The engine after the start: a node, and who signs transactions to it. */
export interface RunningEngine {
  readonly node: ConsensusNode;
  readonly ledger: CommittedLedger | undefined;
  /** Who signs transactions; refused where there is no ledger or no key. */
  readonly own: ConsensusResult<OwnTransactions>;
  /** A message that the embedding program received for us. */
  deliver(message: PeerMessage): ConsensusResult<void>;
}

export const notRunning = (): ConsensusError =>
  networkStateError('the engine is not running: call startConsensus first');

/** Most types require proofs in every proposal (decisions.md §6), which the application issues. */
const refusedApplication = (genesis: Genesis, { application }: NodePorts): ConsensusError | undefined => {
  const { consensusType } = genesis.parameters.consensus;
  return consensusType === 'ByzantineFaultTolerance' || application.proposalProof !== undefined
    ? undefined
    : invalidConsensusType(
        `${consensusType} requires proofs in every proposal, and the application has no proposalProof: set consensusType to ByzantineFaultTolerance, or pass one that proves`,
        consensusType,
      );
};

/**
 * A node on the given ports, completed; it is not started yet.
 * @param broadcastFailed told why the broadcaster did not distribute a message
 */
export const assembleEngine = (
  options: EngineOptions,
  genesis: Genesis,
  broadcastFailed: (reason: string) => void,
): TaskEither<ConsensusError, RunningEngine> => {
  const others = genesis.validators
    .map(({ identity }) => identity)
    .filter((identity) => identity !== options.validator?.identity);
  const network = createBroadcasterNetwork(options.broadcaster, () => others, broadcastFailed);
  return pipe(
    completePorts(options, genesis, network),
    TE.chainEitherK((ports) => {
      const refused = refusedApplication(genesis, ports);
      if (refused !== undefined) return E.left(refused);
      const node = createConsensusNode({ genesis, ports, journalRecords: options.journalRecords ?? [] });
      const ledger = ledgerBehind(options.ledger, ports.application);
      return E.right({
        node,
        ledger,
        own: ownTransactions(node, ledger, options.account ?? options.validator, genesis),
        deliver: (message: PeerMessage) => {
          if (options.ports?.network !== undefined)
            return E.left(networkError('messages come through the network port that was passed to create'));
          network.deliver(encodeMessage(message), ports.clock.nowMs());
          return E.right(undefined);
        },
      });
    }),
  );
};

/** The height in progress; 0 while the node still recovers. */
export const heightInProgress = ({ node }: RunningEngine): bigint => node.currentRound()?.height ?? 0n;

const moved = ({ own, ledger }: RunningEngine, movement: Movement): TaskEither<ConsensusError, void> => {
  if (E.isLeft(own)) return TE.left(own.left);
  if (movement._tag === 'ValidatorLeave') return submitLeave(own.right, movement.identity);
  const state = ledger?.committedState() ?? O.none;
  return O.isNone(state)
    ? TE.left(notRunning())
    : submitJoin(own.right, state.value, movement.identity, movement.stake);
};

const answersNothing = (
  done: TaskEither<ConsensusError, void>,
): TaskEither<ConsensusError, readonly ConsensusEvent[]> =>
  pipe(
    done,
    TE.map(() => []),
  );

/** What a running engine answers to a documented event (decisions.md §3). */
export const handleWhileRunning = (
  running: RunningEngine,
  event: ConsensusEvent,
): TaskEither<ConsensusError, readonly ConsensusEvent[]> => {
  switch (event._tag) {
    case 'StartRound': {
      const height = heightInProgress(running);
      return event.height === height
        ? TE.right([{ _tag: 'RoundPrepared', height }])
        : TE.left(
            networkStateError(
              `height ${String(event.height)} is not in progress, height ${String(height)} is`,
              event.height,
            ),
          );
    }
    case 'NewBlock':
      return awaitBlock(running.node, event.height, event.previousHash);
    case 'ProposalReceived':
      return answersNothing(TE.fromEither(running.deliver({ _tag: 'Propose', proposal: event.proposal })));
    case 'VoteReceived':
      return answersNothing(TE.fromEither(running.deliver({ _tag: 'Vote', vote: event.vote })));
    case 'ValidatorJoin':
    case 'ValidatorLeave':
      return answersNothing(moved(running, event));
    case 'RoundPrepared':
    case 'RoundCompleted':
    case 'RoundFailed':
    case 'ValidatorRegistered':
    case 'DaoError':
    case 'ByzantineFault':
    case 'RewardError':
    case 'ConsensusStalled':
    case 'ConsensusRecovered':
      return TE.right([]);
  }
};
