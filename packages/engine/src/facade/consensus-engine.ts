import { either as E, taskEither as TE } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { possessionSignBytes } from '@zhtp/chain';
import { verifyMessage } from '@zhtp/crypto';
import {
  consensusConfig,
  daoError,
  encode,
  floorDiv,
  invalidConsensusType,
  invalidPreviousHash,
  networkError,
  networkStateError,
  peerMessageCodec,
  validatorError,
  type ConsensusConfig,
  type ConsensusError,
  type ConsensusEvent,
  type ConsensusResult,
  type ConsensusRound,
  type Genesis,
  type Hash,
  type PeerMessage,
} from '@zhtp/types';
import { ValidatorManager } from '@zhtp/validators';
import { Subject, type Observable } from 'rxjs';
import { createBroadcasterNetwork, type BroadcasterNetwork } from './broadcaster-network.ts';
import { createConsensusNode, type ConsensusNode, type NodeStatus } from '../consensus-node.ts';
import { documentedEvents } from './engine-events.ts';
import type { EngineOptions, EngineRegistration } from './engine-options.ts';
import { completePorts } from './engine-ports.ts';
import { buildGenesis, type FoundingValidator } from './genesis-builder.ts';
import type { NodeEvent } from '../node-event.ts';
import { systemClock } from './system-time.ts';

const DEFAULT_CHAIN_ID = 'zhtp-development';
const encodeMessage = encode(peerMessageCodec);

type Phase =
  | { readonly _tag: 'Genesis' }
  | {
      readonly _tag: 'Running';
      readonly node: ConsensusNode;
      readonly network: BroadcasterNetwork;
      readonly genesis: Genesis;
    }
  | { readonly _tag: 'Stopped' };

/** Read access to the committed validators: changes go through transactions once the engine runs. */
export type ValidatorView = Pick<
  ValidatorManager,
  | 'getValidator'
  | 'getActiveValidators'
  | 'selectProposer'
  | 'isValidator'
  | 'getValidatorStats'
  | 'getByzantineThreshold'
>;

/**
 * The documented engine: before the start it is genesis, afterwards a node (decisions.md §3). A thin face over
 * `createConsensusNode`; programs that bring all ports use that directly.
 */
export class ConsensusEngine {
  readonly #options: EngineOptions;
  readonly #config: ConsensusConfig;
  readonly #validators: ValidatorManager;
  readonly #founders = new Map<string, FoundingValidator>();
  readonly #events$ = new Subject<ConsensusEvent>();
  readonly #nodeEvents$ = new Subject<NodeEvent>();
  #phase: Phase = { _tag: 'Genesis' };

  /** Documented events, as they happen. */
  readonly events$: Observable<ConsensusEvent> = this.#events$.asObservable();
  /** Everything the node tells, under its own names. */
  readonly nodeEvents$: Observable<NodeEvent> = this.#nodeEvents$.asObservable();

  private constructor(options: EngineOptions, config: ConsensusConfig, validators: ValidatorManager) {
    this.#options = options;
    this.#config = config;
    this.#validators = validators;
  }

  /** Refuses a configuration outside its ranges, naming the field. */
  static create(options: EngineOptions): ConsensusResult<ConsensusEngine> {
    const config = consensusConfig(options.genesis?.parameters.consensus ?? options.config);
    if (E.isLeft(config)) return E.left(networkStateError(config.left));
    const { consensusType, maxValidators, minStake, minStorage, developmentMode } = config.right;
    const algorithm = options.algorithm ?? options.genesis?.signatureAlgorithm ?? 'ML-DSA-65';
    const chainId = options.chainId ?? DEFAULT_CHAIN_ID;
    const manager = ValidatorManager.create(maxValidators, minStake, {
      consensusType,
      minStorage,
      algorithm,
      ...(developmentMode
        ? {}
        : {
            verifyPossession: (identity, key, proof) =>
              verifyMessage(algorithm, key, 'zhtp/possession/v1', possessionSignBytes(chainId, identity, key), proof),
          }),
    });
    return pipe(
      manager,
      E.map((validators) => new ConsensusEngine(options, config.right, validators)),
    );
  }

  /** Adds a validator to genesis. After the start it needs a staking transaction, which this version's ledger does not have. */
  registerValidator(registration: EngineRegistration): TaskEither<ConsensusError, void> {
    return TE.fromEither(this.#register(registration));
  }

  #register(registration: EngineRegistration): ConsensusResult<void> {
    const { identity, stake, storageCapacity, consensusKey, commissionRate, isGenesis, proofOfPossession } =
      registration;
    if (this.#phase._tag !== 'Genesis' || this.#options.genesis !== undefined)
      return E.left(
        validatorError(
          isGenesis
            ? 'isGenesis is for the time before the start; the chain runs'
            : 'joining a running chain needs a staking transaction, which the ledger of this version does not execute: register before the start',
        ),
      );
    const candidate = { identity, stake, storageProvided: storageCapacity, consensusKey, commissionRate };
    const registered = this.#validators.registerValidator({
      ...candidate,
      isGenesis,
      atSeconds: floorDiv(this.#now(), 1_000n),
      ...(proofOfPossession === undefined ? {} : { proofOfPossession }),
    });
    if (E.isLeft(registered)) return registered;
    this.#founders.set(identity, { ...candidate, proofOfPossession: proofOfPossession ?? new Uint8Array(0) });
    this.#events$.next({ _tag: 'ValidatorRegistered', identity });
    return E.right(undefined);
  }

  /** Starts deciding blocks. Resolves when the node takes part; a refusal says what is missing. */
  startConsensus(): TaskEither<ConsensusError, void> {
    return async () => {
      if (this.#phase._tag !== 'Genesis')
        return E.left(networkStateError(`the engine is ${this.#phase._tag.toLowerCase()} already`));
      const { consensusType } = this.#config;
      if (consensusType !== 'ByzantineFaultTolerance')
        return E.left(
          invalidConsensusType(
            `${consensusType} requires proofs in every proposal, which this version does not verify: set consensusType to ByzantineFaultTolerance`,
            consensusType,
          ),
        );
      const genesis = this.#genesis();
      if (E.isLeft(genesis)) return genesis;
      const network = createBroadcasterNetwork(
        this.#options.broadcaster,
        () =>
          genesis.right.validators
            .map(({ identity }) => identity)
            .filter((identity) => identity !== this.#options.validator?.identity),
        (reason) => {
          this.#events$.next({ _tag: 'RoundFailed', height: this.#height(), error: `broadcast failed: ${reason}` });
        },
      );
      const ports = await completePorts(this.#options, genesis.right, network)();
      if (E.isLeft(ports)) return ports;
      const node = createConsensusNode({
        genesis: genesis.right,
        ports: ports.right,
        journalRecords: this.#options.journalRecords ?? [],
      });
      node.events$.subscribe((event) => {
        this.#nodeEvents$.next(event);
        for (const documented of documentedEvents(event)) this.#events$.next(documented);
      });
      this.#phase = { _tag: 'Running', node, network, genesis: genesis.right };
      return new Promise((resolve) => {
        node.start((started) => {
          if (E.isLeft(started)) this.#phase = { _tag: 'Stopped' };
          resolve(E.mapLeft((reason: string) => networkStateError(reason))(started));
        });
      });
    };
  }

  #now(): bigint {
    return (this.#options.ports?.clock ?? systemClock).nowMs();
  }

  #genesis(): ConsensusResult<Genesis> {
    const {
      genesis,
      chainId = DEFAULT_CHAIN_ID,
      genesisTime = this.#now() - 1n,
      algorithm = 'ML-DSA-65',
      appState,
    } = this.#options;
    return genesis === undefined
      ? buildGenesis({
          chainId,
          genesisTime,
          algorithm,
          config: this.#config,
          validators: [...this.#founders.values()].filter(({ identity }) => this.#validators.isValidator(identity)),
          appState,
        })
      : E.right(genesis);
  }

  /**
   * StartRound answers RoundPrepared; NewBlock answers RoundCompleted or RoundFailed once the height is decided;
   * ProposalReceived and VoteReceived go to the core; the other variants are outputs and answer nothing (decisions.md §3).
   */
  handleConsensusEvent(event: ConsensusEvent): TaskEither<ConsensusError, readonly ConsensusEvent[]> {
    const phase = this.#phase;
    if (event._tag === 'ValidatorJoin')
      return TE.left(
        validatorError(`validator ${event.identity} has no registered keys: register it with its consensus key`),
      );
    if (phase._tag !== 'Running')
      return TE.left(networkStateError('the engine is not running: call startConsensus first'));
    switch (event._tag) {
      case 'StartRound':
        return event.height === this.#height()
          ? TE.right([{ _tag: 'RoundPrepared', height: event.height }])
          : TE.left(
              networkStateError(
                `height ${String(event.height)} is not in progress, height ${String(this.#height())} is`,
                event.height,
              ),
            );
      case 'NewBlock':
        return this.#awaitBlock(phase.node, event.height, event.previousHash);
      case 'ProposalReceived':
        return this.#deliver(phase.network, { _tag: 'Propose', proposal: event.proposal });
      case 'VoteReceived':
        return this.#deliver(phase.network, { _tag: 'Vote', vote: event.vote });
      case 'ValidatorLeave':
        return TE.left(
          validatorError(
            'leaving a running chain needs a staking transaction, which the ledger of this version does not execute',
          ),
        );
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
  }

  #deliver(network: BroadcasterNetwork, message: PeerMessage): TaskEither<ConsensusError, readonly ConsensusEvent[]> {
    if (this.#options.ports?.network !== undefined)
      return TE.left(networkError('messages come through the network port that was passed to create'));
    network.deliver(encodeMessage(message), this.#now());
    return TE.right([]);
  }

  /** The block at `height` builds on `previousHash`: completed once it is committed, failed when it builds on another. */
  #awaitBlock(
    node: ConsensusNode,
    height: bigint,
    previousHash: Hash,
  ): TaskEither<ConsensusError, readonly ConsensusEvent[]> {
    return () => {
      const status = node.status();
      const next = (status?.state.height ?? 0n) + 1n;
      if (height > next)
        return Promise.resolve(
          E.right([
            {
              _tag: 'RoundFailed',
              height,
              error: `height ${String(next)} is in progress; height ${String(height)} cannot be next`,
            },
          ]),
        );
      if (height < next)
        return Promise.resolve(E.left(networkStateError(`height ${String(height)} is decided already`, height)));
      if (status !== undefined && status.state.blockId !== previousHash)
        return Promise.resolve(
          E.left(invalidPreviousHash(`height ${String(height)} builds on ${status.state.blockId}`, previousHash)),
        );
      return new Promise((resolve) => {
        const finish = (answer: ConsensusResult<readonly ConsensusEvent[]>): void => {
          subscription.unsubscribe();
          resolve(answer);
        };
        const subscription = node.events$.subscribe({
          next: (event) => {
            if (event._tag === 'BlockCommitted' && event.block.header.height === height)
              finish(E.right([{ _tag: 'RoundCompleted', height }]));
            if (event._tag === 'Halted') finish(E.right([{ _tag: 'RoundFailed', height, error: event.reason }]));
          },
          complete: () => {
            resolve(E.left(networkStateError(`the engine stopped before height ${String(height)} was decided`)));
          },
        });
      });
    };
  }

  /** The committed validators; in this version those of genesis. */
  validatorManager(): ValidatorView {
    return this.#validators;
  }

  /** Governance is not wired into the engine of this version: refuses, so that nothing is silently ignored. */
  daoEngine(): ConsensusResult<never> {
    return E.left(daoError('governance is not part of this version: DaoEngine of @zhtp/dao is a library beside it'));
  }

  /** As {@link daoEngine}. */
  daoEngineMut(): ConsensusResult<never> {
    return this.daoEngine();
  }

  /** The round in progress; refused before the start. */
  currentRound(): ConsensusResult<ConsensusRound> {
    const round = this.#phase._tag === 'Running' ? this.#phase.node.currentRound() : undefined;
    return round === undefined
      ? E.left(networkStateError('no round is in progress: call startConsensus first'))
      : E.right(round);
  }

  /** Height in progress; 0 before the start. */
  #height(): bigint {
    const round = this.currentRound();
    return E.isRight(round) ? round.right.height : 0n;
  }

  /** The parameters in force: the genesis value before the start, committed state afterwards. */
  config(): ConsensusConfig {
    return this.status()?.state.parameters.consensus ?? this.#config;
  }

  /** Heights, peers, mempool, counters; undefined while not running. */
  status(): NodeStatus | undefined {
    return this.#phase._tag === 'Running' ? this.#phase.node.status() : undefined;
  }

  /** Submits a transaction; answers its hash once it waits in the mempool. */
  submitTransaction(bytes: Uint8Array): TaskEither<ConsensusError, Hash> {
    const phase = this.#phase;
    if (phase._tag !== 'Running')
      return TE.left(networkStateError('the engine is not running: call startConsensus first'));
    return () =>
      new Promise((resolve) => {
        phase.node.submitTransaction(bytes, (answer) => {
          resolve(
            E.mapLeft(({ code, reason }: { readonly code: string; readonly reason: string }) =>
              networkStateError(`${code}: ${reason}`),
            )(answer),
          );
        });
      });
  }

  /** Stops for good; what is durable stays. Harmless when not running. */
  stop(): TaskEither<ConsensusError, void> {
    return TE.fromIO(() => {
      if (this.#phase._tag === 'Running') this.#phase.node.stop();
      this.#phase = { _tag: 'Stopped' };
      this.#events$.complete();
      this.#nodeEvents$.complete();
    });
  }
}
