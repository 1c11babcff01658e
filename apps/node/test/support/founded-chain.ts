import { genesisState, readLedgerGenesis, type LedgerState } from '@zhtp/ledger';
import type { Genesis } from '@zhtp/types';
import { makeTestnet } from '../../src/make-testnet.ts';
import { right } from './right.ts';

/** A chain that has not begun, without accounts beside its validators': its genesis, and the ledger that genesis founds. */
export const foundedChain = async (
  output: string,
  validators: number,
): Promise<{ readonly genesis: Genesis; readonly state: LedgerState }> => {
  const { genesis } = right(
    await makeTestnet({
      output,
      validators,
      chainId: 'keys',
      blockTimeSeconds: undefined,
      preset: undefined,
      consensusType: undefined,
      basePort: 26_600,
      algorithm: 'ML-DSA-44',
      accounts: 0,
      allow: [],
      balance: 1n,
      nowMs: 1_700_000_000_000n,
    }),
  );
  return { genesis, state: right(genesisState(genesis, right(readLedgerGenesis(genesis.appState, 'ML-DSA-44')))) };
};
