import { mapRoot } from '@zhtp/ledger';
import { stateOf } from './accounts.ts';
import { benchColdMillion } from './cold-million.ts';
import { benchEmptyBlocks } from './empty-block.ts';
import { benchExecution } from './execution.ts';
import { print, secondsOf } from './measure.ts';
import { benchRoot } from './root.ts';
import { benchOpening, benchSigned } from './signed.ts';

const ACCOUNTS = 100_000;
print(
  `ledger: ${String(ACCOUNTS)} accounts, blocks of transfers between different ones, signatures taken as verified; CPU time`,
);
const builtSeconds = secondsOf(() => mapRoot(stateOf(ACCOUNTS).accounts), 2);
const state = stateOf(ACCOUNTS);
benchEmptyBlocks();
benchExecution(state);
benchRoot(state, ACCOUNTS);
print(`state of ${String(ACCOUNTS)} accounts built and hashed at start: ${builtSeconds.toFixed(2)} s`);
benchColdMillion();
benchOpening();
await benchSigned();
