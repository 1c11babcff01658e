import type { Command } from 'commander';
import { broadcastCommand } from '../tx/broadcast-command.ts';
import { combineCommand } from '../tx/combine-command.ts';
import type { AddToTx } from '../tx/message-command.ts';
import { cancel } from '../tx/messages/cancel.ts';
import { changeAccountKey } from '../tx/messages/change-account-key.ts';
import { claim } from '../tx/messages/claim.ts';
import { commitStorage } from '../tx/messages/commit-storage.ts';
import { commission } from '../tx/messages/commission.ts';
import { delegate } from '../tx/messages/delegate.ts';
import { deposit } from '../tx/messages/deposit.ts';
import { evidence } from '../tx/messages/evidence.ts';
import { leave } from '../tx/messages/leave.ts';
import { propose } from '../tx/messages/propose.ts';
import { proveStorage } from '../tx/messages/prove-storage.ts';
import { redelegate } from '../tx/messages/redelegate.ts';
import { registerValidator } from '../tx/messages/register-validator.ts';
import { rejoin } from '../tx/messages/rejoin.ts';
import { release } from '../tx/messages/release.ts';
import { rotateKey } from '../tx/messages/rotate-key.ts';
import { send } from '../tx/messages/send.ts';
import { stake } from '../tx/messages/stake.ts';
import { submitWork } from '../tx/messages/submit-work.ts';
import { undelegate } from '../tx/messages/undelegate.ts';
import { unstake } from '../tx/messages/unstake.ts';
import { vote } from '../tx/messages/vote.ts';
import { signCommand } from '../tx/sign-command.ts';
import type { Run } from './common.ts';

/** In the order of the help. */
const COMMANDS: readonly AddToTx[] = [
  send,
  changeAccountKey,
  registerValidator,
  stake,
  unstake,
  leave,
  rejoin,
  release,
  commission,
  rotateKey,
  commitStorage,
  proveStorage,
  submitWork,
  delegate,
  undelegate,
  redelegate,
  claim,
  propose,
  vote,
  cancel,
  deposit,
  evidence,
  signCommand,
  combineCommand,
  broadcastCommand,
];

export const addTxCommand = (program: Command, run: Run): void => {
  const tx = program
    .command('tx')
    .description('sign and send transactions')
    .addHelpText('after', '\nExample:\n  zhtp tx send --from alice.json --to bob.json --amount 2.5 --wait\n');
  for (const addTo of COMMANDS) addTo(tx, run);
};
