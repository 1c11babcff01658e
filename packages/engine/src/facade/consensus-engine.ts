import { secondsOf } from '@zhtp/chain';
import type { LedgerState } from '@zhtp/ledger';
import { either as E, option as O, taskEither as TE } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  consensusConfig,
  encode,
  invalidConsensusType,
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
import { DaoEngine } from '@zhtp/dao';
import { ValidatorManager } from '@zhtp/validators';
import { Subject, type Observable } from 'rxjs';
import { createBroadcasterNetwork, type BroadcasterNetwork } from './broadcaster-network.ts';
import { createConsensusNode, type ConsensusNode, type NodeStatus } from '../consensus-node.ts';
import { awaitBlock } from './await-block.ts';
import { ledgerBehind, type CommittedLedger } from './committed-ledger.ts';
import { daoTransactions, type DaoTransactions, type DaoView } from './dao-transactions.ts';
import { documentedEvents } from './engine-events.ts';
import type { EngineOptions, EngineRegistration } from './engine-options.ts';
import { completePorts } from './engine-ports.ts';
import { buildGenesis, draftGenesis, type FoundingValidator, type GenesisBasis } from './genesis-builder.ts';
import { foundingManager } from './founding-manager.ts';
import { daoAtGenesis, ledgerAtGenesis } from './genesis-view.ts';
import { documentedLedgerEvents } from './ledger-events.ts';
import type { NodeEvent } from '../node-event.ts';
import { ownTransactions, type OwnTransactions } from './own-transactions.ts';
import { systemClock } from './system-time.ts';
import { noRegisteredKeys, submitJoin, submitLeave, submitRegistration } from './validator-transactions.ts';

const DEFAULT_CHAIN_ID = 'zhtp-development';
const encodeMessage = encode(peerMessageCodec);

type Movement = Extract<ConsensusEvent, { readonly _tag: 'ValidatorJoin' | 'ValidatorLeave' }>;

type Phase =
  | { readonly _tag: 'Genesis' }
  | {
      readonly _tag: 'Running';
      readonly node: ConsensusNode;
      readonly network: BroadcasterNetwork;
      readonly genesis: Genesis;
      /** Who signs transactions; refused where there is no ledger or no key. */
      readonly own: ConsensusResult<OwnTransactions>;
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
  /** From the start on, also after the stop. */
  #ledger: CommittedLedger | undefined;

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
    const manager = foundingManager(options, config.right, options.chainId ?? DEFAULT_CHAIN_ID);
    return pipe(
      manager,
      E.map((validators) => new ConsensusEngine(options, config.right, validators)),
    );
  }

  /**
   * Before the start: adds a validator to genesis. Afterwards: signs a transaction that registers this engine's account,
   * and resolves when it is committed; the validator joins at an epoch boundary. The proof of possession may be left out
   * for the key this engine signs with, and in development mode before the start.
   */
  registerValidator(registration: EngineRegistration): TaskEither<ConsensusError, void> {
    const phase = this.#phase;
    if (phase._tag === 'Genesis' && this.#options.genesis === undefined)
      return TE.fromEither(this.#found(registration));
    if (registration.isGenesis)
      return TE.left(validatorError('isGenesis is for the time before the start: this chain has its genesis'));
    return this.#withAccount((own) =>
      submitRegistration(own, registration, this.#chainId(), this.#options.validator?.keyPair),
    );
  }

  #found({
    identity,
    stake,
    storageCapacity,
    consensusKey,
    commissionRate,
    isGenesis,
    proofOfPossession,
  }: EngineRegistration): ConsensusResult<void> {
    const candidate = { identity, stake, storageProvided: storageCapacity, consensusKey, commissionRate };
    const registered = this.#validators.registerValidator({
      ...candidate,
      isGenesis,
      atSeconds: secondsOf(this.#now()),
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
      const { consensusType } = genesis.right.parameters.consensus;
      if (consensusType !== 'ByzantineFaultTolerance' && ports.right.application.proposalProof === undefined)
        return E.left(
          invalidConsensusType(
            `${consensusType} requires proofs in every proposal, and the application has no proposalProof: set consensusType to ByzantineFaultTolerance, or pass one that proves`,
            consensusType,
          ),
        );
      const node = createConsensusNode({
        genesis: genesis.right,
        ports: ports.right,
        journalRecords: this.#options.journalRecords ?? [],
      });
      node.events$.subscribe((event) => {
        this.#nodeEvents$.next(event);
        for (const documented of documentedEvents(event)) this.#events$.next(documented);
      });
      const ledger = ledgerBehind(this.#options.ledger, ports.right.application);
      ledger?.watchCommits((block) => {
        for (const documented of documentedLedgerEvents(block)) this.#events$.next(documented);
      });
      this.#ledger = ledger;
      this.#phase = {
        _tag: 'Running',
        node,
        network,
        genesis: genesis.right,
        own: ownTransactions(node, ledger, this.#options.account ?? this.#options.validator, genesis.right),
      };
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

  /** The account that signs; refused before the start and after the stop. */
  #own(): ConsensusResult<OwnTransactions> {
    return this.#phase._tag === 'Running' ? this.#phase.own : E.left(this.#notRunning());
  }

  #notRunning(): ConsensusError {
    return networkStateError('the engine is not running: call startConsensus first');
  }

  #withAccount(act: (own: OwnTransactions) => TaskEither<ConsensusError, void>): TaskEither<ConsensusError, void> {
    return pipe(this.#own(), TE.fromEither, TE.chain(act));
  }

  #chainId(): string {
    return this.#options.genesis?.chainId ?? this.#options.chainId ?? DEFAULT_CHAIN_ID;
  }

  #basis(): GenesisBasis {
    const { genesisTime = this.#now() - 1n, algorithm = 'ML-DSA-65', appState, hosted } = this.#options;
    return {
      chainId: this.#chainId(),
      genesisTime,
      algorithm,
      config: this.#config,
      validators: [...this.#founders.values()].filter(({ identity }) => this.#validators.isValidator(identity)),
      appState,
      hosted: hosted?.name,
    };
  }

  #genesis(): ConsensusResult<Genesis> {
    const { genesis } = this.#options;
    return genesis === undefined ? buildGenesis(this.#basis()) : E.right(genesis);
  }

  /**
   * StartRound answers RoundPrepared; NewBlock answers RoundCompleted or RoundFailed once the height is decided;
   * ProposalReceived and VoteReceived go to the core. ValidatorJoin (with registered keys) and ValidatorLeave sign a
   * transaction of this engine's account, answer nothing once it is committed and take effect at an epoch boundary; before
   * the start they are about genesis. The other variants are outputs and answer nothing (decisions.md §3).
   */
  handleConsensusEvent(event: ConsensusEvent): TaskEither<ConsensusError, readonly ConsensusEvent[]> {
    const phase = this.#phase;
    if (phase._tag === 'Genesis' && (event._tag === 'ValidatorJoin' || event._tag === 'ValidatorLeave'))
      return pipe(
        TE.fromEither(this.#atGenesis(event)),
        TE.map(() => []),
      );
    if (phase._tag !== 'Running') return TE.left(this.#notRunning());
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
        return awaitBlock(phase.node, event.height, event.previousHash);
      case 'ProposalReceived':
        return this.#deliver(phase.network, { _tag: 'Propose', proposal: event.proposal });
      case 'VoteReceived':
        return this.#deliver(phase.network, { _tag: 'Vote', vote: event.vote });
      case 'ValidatorJoin':
      case 'ValidatorLeave':
        return pipe(
          this.#withAccount((own) => this.#moved(own, event)),
          TE.map(() => []),
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

  #moved(own: OwnTransactions, event: Movement): TaskEither<ConsensusError, void> {
    if (event._tag === 'ValidatorLeave') return submitLeave(own, event.identity);
    const state = this.#committed();
    return O.isNone(state) ? TE.left(this.#notRunning()) : submitJoin(own, state.value, event.identity, event.stake);
  }

  #committed(): Option<LedgerState> {
    return this.#ledger?.committedState() ?? O.none;
  }

  /** Before the start there is nothing but registration: who is registered is in, and may be taken out again. */
  #atGenesis({ _tag, identity }: Movement): ConsensusResult<void> {
    if (_tag === 'ValidatorLeave') return this.#validators.removeValidator(identity);
    return this.validatorManager().isValidator(identity) ? E.right(undefined) : E.left(noRegisteredKeys(identity));
  }

  #deliver(network: BroadcasterNetwork, message: PeerMessage): TaskEither<ConsensusError, readonly ConsensusEvent[]> {
    if (this.#options.ports?.network !== undefined)
      return TE.left(networkError('messages come through the network port that was passed to create'));
    network.deliver(encodeMessage(message), this.#now());
    return TE.right([]);
  }

  /** The committed validators; before the start, and beside an application that is not the ledger, those of genesis. */
  validatorManager(): ValidatorView {
    const state = this.#committed();
    if (O.isSome(state)) return ValidatorManager.of(state.value.staking);
    const { genesis } = this.#options;
    return pipe(
      genesis === undefined ? E.left('') : ledgerAtGenesis(genesis),
      E.match(
        () => this.#validators,
        ({ staking }) => ValidatorManager.of(staking),
      ),
    );
  }

  /** Committed governance; before the start, and beside an application that is not the ledger, that of genesis. */
  daoEngine(): DaoView {
    const state = this.#committed();
    return O.isSome(state)
      ? DaoEngine.of(state.value.governance)
      : daoAtGenesis(this.#options.genesis ?? draftGenesis(this.#basis()));
  }

  /**
   * Proposals, votes and deposits of this engine's account: each a transaction, signed and submitted, that resolves when it
   * is committed. Each method is refused while the engine does not run, and beside an application that is not the ledger.
   */
  daoEngineMut(): DaoTransactions {
    return daoTransactions(this.#own());
  }

  /**
   * Calls the application that the ledger hosts, in a transaction of this engine's account; resolves when it is committed.
   * What the application refuses is a `NetworkStateError` with its sentence, and costs the fee.
   */
  callApplication(payload: Uint8Array): TaskEither<ConsensusError, void> {
    return this.#withAccount((own) =>
      pipe(
        own.submit([{ _tag: 'CallApplication', payload }], networkStateError),
        TE.map(() => undefined),
      ),
    );
  }

  /** A committed entry of the hosted application. */
  applicationEntry(key: string): Option<Uint8Array> {
    return pipe(
      this.#committed(),
      O.chain(({ hosted }) => O.fromNullable(hosted.get(key))),
    );
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
    if (phase._tag !== 'Running') return TE.left(this.#notRunning());
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
