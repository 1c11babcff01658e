import { ZERO_HASH, type Hash } from '@zhtp/types';
import { appHashOf } from '@zhtp/ledger';
import type { StoredLedger } from '../../src/stored-ledger.ts';
import { ALGORITHM, CHAIN_ID, hashOf } from './chain.ts';
import { people, stakedChain, type Person } from './staked-chain.ts';

const ZHTP = 1_000_000n;
const [a, , , d, saver] = people as readonly [Person, Person, Person, Person, Person, ...Person[]];

/** A chain in which stake moved, someone was jailed and rewards wait, and the state after its last block. */
export const eventfulLedger = (): StoredLedger & { readonly validator: Person; readonly delegator: Person } => {
  const chain = stakedChain({
    chainParameters: { unbondingSeconds: 100n, evidenceAgeMs: 90_000n, trustingPeriodSeconds: 60n },
  });
  chain.skip(1);
  chain.next({
    messages: [
      [saver, { _tag: 'Delegate', validator: a.who, amount: 100n * ZHTP }],
      [a, { _tag: 'Transfer', recipient: d.who, amount: 7n }],
    ],
  });
  chain.skip(12);
  chain.next({ messages: [[saver, { _tag: 'Undelegate', validator: a.who, amount: 10n * ZHTP }]], absent: [d] });
  chain.next();
  const state = chain.state();
  const appHash: Hash = appHashOf(state);
  const { totals, parameters } = state;
  return {
    meta: {
      chainId: CHAIN_ID,
      genesisHash: hashOf(7),
      algorithm: ALGORITHM,
      initialHeight: 1n,
      height: chain.height(),
      appHash,
      resultsHash: ZERO_HASH,
      totals,
      parameters,
    },
    state,
    validator: a,
    delegator: saver,
  };
};
