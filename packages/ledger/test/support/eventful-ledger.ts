import { ZERO_HASH } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { appHashOf, type LedgerState, type StoredLedger } from '@zhtp/ledger';
import { ALGORITHM, CHAIN_ID, hashOf } from './chain.ts';
import { people, stakedChain, type Person } from './staked-chain.ts';

const ZHTP = 1_000_000n;
const [a, , , d, saver] = people as readonly [Person, Person, Person, Person, Person, ...Person[]];

/** A state of these tests' chain with what an application stores beside it. */
export const storedAt = (state: LedgerState, height: bigint): StoredLedger => ({
  meta: {
    chainId: CHAIN_ID,
    genesisHash: hashOf(7),
    algorithm: ALGORITHM,
    hosted: O.none,
    initialHeight: 1n,
    height,
    appHash: appHashOf(state),
    resultsHash: ZERO_HASH,
    totals: state.totals,
    parameters: state.parameters,
  },
  state,
});

/** A chain in which stake moved, someone was jailed and rewards wait, and the state after its last block. */
export const eventfulLedger = (): StoredLedger & { readonly validator: Person; readonly delegator: Person } => {
  const chain = stakedChain({
    evidenceAgeMs: 90_000n,
    chainParameters: { unbondingSeconds: 100n, trustingPeriodSeconds: 60n },
  });
  chain.passBlocks(1);
  chain.next({
    messages: [
      [saver, { _tag: 'Delegate', validator: a.who, amount: 100n * ZHTP }],
      [a, { _tag: 'Transfer', recipient: d.who, amount: 7n }],
    ],
  });
  chain.passBlocks(12);
  chain.next({ messages: [[saver, { _tag: 'Undelegate', validator: a.who, amount: 10n * ZHTP }]], absent: [d] });
  chain.next();
  return { ...storedAt(chain.state(), chain.height()), validator: a, delegator: saver };
};
