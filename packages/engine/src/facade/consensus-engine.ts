import type { LedgerState } from '@zhtp/ledger';
import { either as E, option as O, taskEither as TE } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  consensusConfig,
  networkStateError,
  validatorError,
  type ConsensusConfig,
  type ConsensusError,
  type ConsensusEvent,
  type ConsensusResult,
  type ConsensusRound,
  type Hash,
} from '@zhtp/types';
import { DaoEngine } from '@zhtp/dao';
import { ValidatorManager } from '@zhtp/validators';
import { Subject, type Observable } from 'rxjs';
import type { NodeStatus } from '../node-face.ts';
import { daoTransactions, type DaoTransactions, type DaoView } from './dao-transactions.ts';
import { documentedEvents } from './engine-events.ts';
import type { EngineOptions, EngineRegistration } from './engine-options.ts';
import { createFounding, type Founding } from './founding.ts';
import { documentedLedgerEvents } from './ledger-events.ts';
import type { NodeEvent } from '../node-event.ts';
import type { OwnTransactions } from './own-transactions.ts';
import {
  assembleEngine,
  handleWhileRunning,
  heightInProgress,
  notRunning,
  type RunningEngine,
} from './running-engine.ts';
import { submitRegistration } from './validator-transactions.ts';

type Phase =
  | { readonly _tag: 'Genesis' }
  | { readonly _tag: 'Starting' }
  | { readonly _tag: 'Running'; readonly running: RunningEngine }
  | { readonly _tag: 'Stopped' };

const stoppedMeanwhile = E.left(networkStateError('the engine was stopped while it started'));

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
  readonly #founding: Founding;
  readonly #events$ = new Subject<ConsensusEvent>();
  readonly #nodeEvents$ = new Subject<NodeEvent>();
  #phase: Phase = { _tag: 'Genesis' };
  /** From the start on, also after the stop. */
  #running: RunningEngine | undefined;
  /** Answers a start that is under way when the engine is stopped: its node answers no more. */
  #giveUpStart: () => void = () => undefined;

  /** Documented events, as they happen. */
  readonly events$: Observable<ConsensusEvent> = this.#events$.asObservable();
  /** Everything the node tells, under its own names. */
  readonly nodeEvents$: Observable<NodeEvent> = this.#nodeEvents$.asObservable();

  private constructor(options: EngineOptions, config: ConsensusConfig, founding: Founding) {
    this.#options = options;
    this.#config = config;
    this.#founding = founding;
  }

  /** Refuses a configuration outside its ranges, naming the field. */
  static create(options: EngineOptions): ConsensusResult<ConsensusEngine> {
    const config = consensusConfig(options.genesis?.parameters.consensus ?? options.config);
    if (E.isLeft(config)) return E.left(networkStateError(config.left));
    return pipe(
      createFounding(options, config.right),
      E.map((founding) => new ConsensusEngine(options, config.right, founding)),
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
      submitRegistration(own, registration, this.#founding.chainId, this.#options.validator?.keyPair),
    );
  }

  #found(registration: EngineRegistration): ConsensusResult<void> {
    const registered = this.#founding.register(registration);
    if (E.isRight(registered)) this.#events$.next({ _tag: 'ValidatorRegistered', identity: registration.identity });
    return registered;
  }

  /**
   * Starts deciding blocks. Resolves when the node takes part; a refusal says what is missing, and is a
   * `NetworkStateError` where the engine was started before or is stopped meanwhile.
   */
  startConsensus(): TaskEither<ConsensusError, void> {
    return async () => {
      if (this.#phase._tag !== 'Genesis')
        return E.left(networkStateError(`the engine is ${this.#phase._tag.toLowerCase()} already`));
      const genesis = this.#founding.genesis();
      if (E.isLeft(genesis)) return genesis;
      this.#phase = { _tag: 'Starting' };
      const assembled = await assembleEngine(this.#options, genesis.right, (reason) => {
        this.#events$.next({ _tag: 'RoundFailed', height: this.#height(), error: `broadcast failed: ${reason}` });
      })();
      if (this.#isStopped()) return stoppedMeanwhile;
      if (E.isLeft(assembled)) {
        this.#phase = { _tag: 'Genesis' };
        return assembled;
      }
      const running = assembled.right;
      this.#tell(running);
      this.#running = running;
      this.#phase = { _tag: 'Running', running };
      return new Promise((resolve) => {
        this.#giveUpStart = () => {
          resolve(stoppedMeanwhile);
        };
        running.node.start((started) => {
          if (E.isLeft(started)) this.#phase = { _tag: 'Stopped' };
          resolve(E.mapLeft((reason: string) => networkStateError(reason))(started));
        });
      });
    };
  }

  #isStopped(): boolean {
    return this.#phase._tag === 'Stopped';
  }

  #tell({ node, ledger }: RunningEngine): void {
    node.events$.subscribe((event) => {
      this.#nodeEvents$.next(event);
      for (const documented of documentedEvents(event)) this.#events$.next(documented);
    });
    ledger?.watchCommits((block) => {
      for (const documented of documentedLedgerEvents(block)) this.#events$.next(documented);
    });
  }

  /** The account that signs; refused before the start and after the stop. */
  #own(): ConsensusResult<OwnTransactions> {
    return this.#phase._tag === 'Running' ? this.#phase.running.own : E.left(notRunning());
  }

  #withAccount(act: (own: OwnTransactions) => TaskEither<ConsensusError, void>): TaskEither<ConsensusError, void> {
    return pipe(this.#own(), TE.fromEither, TE.chain(act));
  }

  /**
   * StartRound answers RoundPrepared; NewBlock answers RoundCompleted or RoundFailed once the height is decided;
   * ProposalReceived and VoteReceived go to the core. ValidatorJoin (with registered keys) and ValidatorLeave sign a
   * transaction of this engine's account, answer nothing once it is committed and take effect at an epoch boundary; before
   * the start they are about genesis. The other variants are outputs and answer nothing (decisions.md §3).
   */
  handleConsensusEvent(event: ConsensusEvent): TaskEither<ConsensusError, readonly ConsensusEvent[]> {
    const phase = this.#phase;
    if (phase._tag === 'Running') return handleWhileRunning(phase.running, event);
    if (phase._tag === 'Genesis' && (event._tag === 'ValidatorJoin' || event._tag === 'ValidatorLeave'))
      return pipe(
        TE.fromEither(this.#founding.move(event)),
        TE.map(() => []),
      );
    return TE.left(notRunning());
  }

  #committed(): Option<LedgerState> {
    return this.#running?.ledger?.committedState() ?? O.none;
  }

  /** The committed validators; before the start, and beside an application that is not the ledger, those of genesis. */
  validatorManager(): ValidatorView {
    const state = this.#committed();
    return O.isSome(state) ? ValidatorManager.of(state.value.staking) : this.#founding.validators();
  }

  /** Committed governance; before the start, and beside an application that is not the ledger, that of genesis. */
  daoEngine(): DaoView {
    const state = this.#committed();
    return O.isSome(state) ? DaoEngine.of(state.value.governance) : this.#founding.governance();
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
    const round = this.#phase._tag === 'Running' ? this.#phase.running.node.currentRound() : undefined;
    return round === undefined
      ? E.left(networkStateError('no round is in progress: call startConsensus first'))
      : E.right(round);
  }

  /** Height in progress; 0 before the start. */
  #height(): bigint {
    return this.#phase._tag === 'Running' ? heightInProgress(this.#phase.running) : 0n;
  }

  /** The parameters in force: the genesis value before the start, committed state afterwards. */
  config(): ConsensusConfig {
    return this.status()?.state.parameters.consensus ?? this.#config;
  }

  /** Heights, peers, mempool, counters; undefined while not running. */
  status(): NodeStatus | undefined {
    return this.#phase._tag === 'Running' ? this.#phase.running.node.status() : undefined;
  }

  /** Submits a transaction; answers its hash once it waits in the mempool. */
  submitTransaction(bytes: Uint8Array): TaskEither<ConsensusError, Hash> {
    const phase = this.#phase;
    if (phase._tag !== 'Running') return TE.left(notRunning());
    return () =>
      new Promise((resolve) => {
        phase.running.node.submitTransaction(bytes, (answer) => {
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
      if (this.#phase._tag === 'Running') this.#phase.running.node.stop();
      this.#phase = { _tag: 'Stopped' };
      this.#giveUpStart();
      this.#events$.complete();
      this.#nodeEvents$.complete();
    });
  }
}
