import { secondsOf } from '@zhtp/chain';
import type { DaoEngine } from '@zhtp/dao';
import type { ConsensusConfig, ConsensusEvent, ConsensusResult, Genesis } from '@zhtp/types';
import { ValidatorManager } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import type { EngineOptions, EngineRegistration } from './engine-options.ts';
import { foundingManager } from './founding-manager.ts';
import { buildGenesis, draftGenesis, type FoundingValidator, type GenesisBasis } from './genesis-builder.ts';
import { daoAtGenesis, ledgerAtGenesis } from './genesis-view.ts';
import { systemClock } from './system-time.ts';
import { noRegisteredKeys } from './validator-transactions.ts';

const DEFAULT_CHAIN_ID = 'zhtp-development';

/** Somebody comes into the set of validators, or leaves it. */
export type Movement = Extract<ConsensusEvent, { readonly _tag: 'ValidatorJoin' | 'ValidatorLeave' }>;

/** The engine before the start: genesis in the making, or the one it was given (decisions.md §3). */
export interface Founding {
  readonly chainId: string;
  /** Takes a validator into genesis. */
  register(registration: EngineRegistration): ConsensusResult<void>;
  /** Before the start there is nothing but registration: who is registered is in, and may be taken out again. */
  move(movement: Movement): ConsensusResult<void>;
  /** What the chain starts from; Left: what is missing. */
  genesis(): ConsensusResult<Genesis>;
  /** The validators of genesis; of a given one whose application is not the ledger, nobody. */
  validators(): ValidatorManager;
  /** Governance at genesis. */
  governance(): DaoEngine;
}

/** @param config of the given genesis, if there is one */
export const createFounding = (options: EngineOptions, config: ConsensusConfig): ConsensusResult<Founding> => {
  const { genesis: given, algorithm = 'ML-DSA-65', appState, hosted } = options;
  const chainId = given?.chainId ?? options.chainId ?? DEFAULT_CHAIN_ID;
  const nowMs = (): bigint => (options.ports?.clock ?? systemClock).nowMs();
  return E.map((manager: ValidatorManager): Founding => {
    const founders = new Map<string, FoundingValidator>();

    const basis = (): GenesisBasis => ({
      chainId,
      genesisTime: options.genesisTime ?? nowMs() - 1n,
      algorithm,
      config,
      validators: [...founders.values()].filter(({ identity }) => manager.isValidator(identity)),
      appState,
      hosted: hosted?.name,
    });

    const validators = (): ValidatorManager =>
      pipe(
        given === undefined ? E.left('') : ledgerAtGenesis(given),
        E.match(
          () => manager,
          ({ staking }) => ValidatorManager.of(staking),
        ),
      );

    return {
      chainId,
      register: ({ storageCapacity, isGenesis, proofOfPossession, ...rest }) => {
        const { identity, stake, consensusKey, commissionRate } = rest;
        const candidate = { identity, stake, storageProvided: storageCapacity, consensusKey, commissionRate };
        const registered = manager.registerValidator({
          ...candidate,
          isGenesis,
          atSeconds: secondsOf(nowMs()),
          ...(proofOfPossession === undefined ? {} : { proofOfPossession }),
        });
        if (E.isLeft(registered)) return registered;
        founders.set(identity, { ...candidate, proofOfPossession: proofOfPossession ?? new Uint8Array(0) });
        return E.right(undefined);
      },
      move: ({ _tag, identity }) => {
        if (_tag === 'ValidatorLeave') return manager.removeValidator(identity);
        return validators().isValidator(identity) ? E.right(undefined) : E.left(noRegisteredKeys(identity));
      },
      genesis: () => (given === undefined ? buildGenesis(basis()) : E.right(given)),
      validators,
      governance: () => daoAtGenesis(given ?? draftGenesis(basis())),
    };
  })(foundingManager(options, config, chainId));
};
