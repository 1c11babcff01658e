import * as bft from '@zhtp/bft';
import * as byzantine from '@zhtp/byzantine';
import * as chain from '@zhtp/chain';
import * as crypto from '@zhtp/crypto';
import * as dao from '@zhtp/dao';
import * as difficulty from '@zhtp/difficulty';
import * as engine from '@zhtp/engine';
import * as ledger from '@zhtp/ledger';
import * as network from '@zhtp/network';
import * as rewards from '@zhtp/rewards';
import * as proofs from '@zhtp/proofs';
import * as simulator from '@zhtp/simulator';
import * as store from '@zhtp/store';
import * as storeCompliance from '@zhtp/store/compliance';
import * as types from '@zhtp/types';
import * as validators from '@zhtp/validators';

/** Every entry that promises to run in a browser: all but the `/node` ones. */
const entries: Readonly<Record<string, object>> = {
  '@zhtp/bft': bft,
  '@zhtp/byzantine': byzantine,
  '@zhtp/chain': chain,
  '@zhtp/crypto': crypto,
  '@zhtp/dao': dao,
  '@zhtp/difficulty': difficulty,
  '@zhtp/engine': engine,
  '@zhtp/ledger': ledger,
  '@zhtp/network': network,
  '@zhtp/rewards': rewards,
  '@zhtp/proofs': proofs,
  '@zhtp/simulator': simulator,
  '@zhtp/store': store,
  '@zhtp/store/compliance': storeCompliance,
  '@zhtp/types': types,
  '@zhtp/validators': validators,
};

/** What each entry exports, by entry. Asking for all names keeps a bundler from leaving anything out. */
export const exportedNames = (): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, Object.keys(entry).toSorted()]));
