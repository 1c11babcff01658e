import { either as E } from 'fp-ts';
import { DEFAULT_FIRST_POLICY, DEFAULT_LEDGER_PARAMETERS, ledgerAppState } from '@zhtp/ledger';
import { identityOf } from '@zhtp/crypto';
import {
  consensusConfig,
  DEFAULT_CHAIN_PARAMETERS,
  GENESIS_FORMAT_VERSION,
  type ChainParameters,
  type ConsensusConfig,
  type Genesis,
  type IdentityId,
  type Json,
  type KeyPair,
} from '@zhtp/types';
import type { SimulationScheme } from './signature-scheme.ts';

/** Unix milliseconds at virtual time 0 of every world. */
export const WORLD_EPOCH_MS = 1_700_000_000_000n;

/** A validator of a world's genesis. */
export interface WorldValidator {
  readonly identity: IdentityId;
  readonly keyPair: KeyPair;
}

/** Keys of a world's validators, by index. */
export const worldValidators = (scheme: SimulationScheme, count: number): readonly WorldValidator[] =>
  Array.from({ length: count }, (_, index) => {
    const keyPair = scheme.keyPair(index);
    return { identity: identityOf(keyPair.algorithm, keyPair.publicKey), keyPair };
  });

const EMPTY_LEDGER: Json = ledgerAppState({
  accounts: [],
  parameters: DEFAULT_LEDGER_PARAMETERS,
  ...DEFAULT_FIRST_POLICY,
});

/** Genesis of a world: equal powers, one block a second, short timeouts; `overrides` and `parameters` change what they name. */
export const worldGenesis = (
  scheme: SimulationScheme,
  validators: readonly WorldValidator[],
  overrides: Partial<ConsensusConfig> = {},
  appState: Json = EMPTY_LEDGER,
  parameters: Partial<ChainParameters> = {},
): Genesis => {
  const config = consensusConfig({
    consensusType: 'ByzantineFaultTolerance',
    developmentMode: true,
    blockTime: 1n,
    proposeTimeout: 1_000n,
    prevoteTimeout: 500n,
    precommitTimeout: 500n,
    ...overrides,
  });
  if (E.isLeft(config)) throw new Error(`the world's configuration is refused: ${config.left}`);
  return {
    formatVersion: GENESIS_FORMAT_VERSION,
    chainId: 'simulation',
    genesisTime: WORLD_EPOCH_MS - 1_000n,
    initialHeight: 1n,
    signatureAlgorithm: scheme.algorithm,
    parameters: {
      ...DEFAULT_CHAIN_PARAMETERS,
      consensus: config.right,
      evidenceAgeMs: 60_000n,
      ...parameters,
    },
    validators: validators.map(({ identity, keyPair }) => ({
      identity,
      consensusKey: keyPair.publicKey,
      proofOfPossession: new Uint8Array(0),
      stake: config.right.minStake,
      storageProvided: config.right.minStorage,
      commissionRate: 0,
    })),
    appState,
  };
};
