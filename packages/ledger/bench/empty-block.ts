import { schemeOf } from '@zhtp/crypto';
import {
  DEFAULT_FIRST_POLICY,
  DEFAULT_LEDGER_PARAMETERS,
  executeBlock,
  genesisState,
  type ExecutableBlock,
  type LedgerState,
} from '@zhtp/ledger';
import { ALGORITHM, chain, genesis, must, person, START_MS } from './accounts.ts';
import { print, secondsOf } from './measure.ts';

const BLOCK_MS = 10_000n;
const BLOCKS = 200;

/** A key of the right length, another one for each validator. */
const keyOf = (n: number): Uint8Array => {
  const key = new Uint8Array(schemeOf(ALGORITHM).publicKeyBytes);
  key.set([1, n >> 8, n]);
  return key;
};

const stakedState = (validators: number): LedgerState => {
  const { consensus } = genesis.parameters;
  const members = Array.from({ length: validators }, (_, n) => ({
    identity: person(n),
    consensusKey: keyOf(n),
    proofOfPossession: new Uint8Array(0),
    stake: consensus.minStake,
    storageProvided: consensus.minStorage,
    commissionRate: 10,
  }));
  const policy = { ...DEFAULT_FIRST_POLICY, accounts: [], parameters: DEFAULT_LEDGER_PARAMETERS };
  return must(genesisState({ ...genesis, validators: members }, policy));
};

/** Everybody signed the block before. */
const emptyBlock = (height: bigint, validators: number): ExecutableBlock => ({
  height,
  timeMs: START_MS + height * BLOCK_MS,
  proposer: person(Number(height) % validators),
  signers: height === 1n ? new Uint8Array(0) : new Uint8Array((validators + 7) >> 3).fill(0xff),
  evidence: [],
  transactions: [],
});

/** What a block costs that nobody put anything into: staking, rewards, the end of the block, the app hash. */
export const benchEmptyBlocks = (): void => {
  for (const validators of [4, 100]) {
    let state = stakedState(validators);
    let height = 0n;
    const run = (): void => {
      for (let i = 0; i < BLOCKS; i++) {
        height += 1n;
        ({ state } = must(executeBlock(state, chain, emptyBlock(height, validators))));
      }
    };
    run();
    const ms = (1_000 * secondsOf(run)) / BLOCKS;
    print(`an empty block of ${String(validators)} validators executed: ${ms.toFixed(2)} ms`);
  }
};
