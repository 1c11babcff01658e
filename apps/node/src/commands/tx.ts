import type { LedgerMessage } from '@zhtp/ledger';
import type { Command } from 'commander';
import { broadcastCommand } from '../tx/broadcast-command.ts';
import { combineCommand } from '../tx/combine-command.ts';
import type { AddMessage } from '../tx/message-command.ts';
import { call } from '../tx/messages/call.ts';
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

/** A command for each message that a transaction can carry, in the order of the help: without one, a new message does not compile. */
const MESSAGE_COMMANDS: { readonly [Tag in LedgerMessage['_tag']]: AddMessage<Tag> } = {
  Transfer: send,
  ChangeAccountKey: changeAccountKey,
  RegisterValidator: registerValidator,
  AddStake: stake,
  RemoveStake: unstake,
  LeaveSet: leave,
  RejoinSet: rejoin,
  ReleaseFromJail: release,
  ChangeCommission: commission,
  ChangeConsensusKey: rotateKey,
  CommitStorage: commitStorage,
  ProveStorage: proveStorage,
  SubmitWork: submitWork,
  Delegate: delegate,
  Undelegate: undelegate,
  Redelegate: redelegate,
  ClaimRewards: claim,
  Propose: propose,
  Vote: vote,
  CancelProposal: cancel,
  DepositToTreasury: deposit,
  SubmitEvidence: evidence,
  CallApplication: call,
};

/** What becomes of transactions that several holders sign. */
const SHARED_COMMANDS = [signCommand, combineCommand, broadcastCommand];

export const addTxCommand = (program: Command, run: Run): void => {
  const tx = program
    .command('tx')
    .description('sign and send transactions')
    .addHelpText(
      'after',
      '\nExample:\n  zhtp tx send --from ./testnet/accounts/alice.json --to ./testnet/accounts/bob.json --amount 2.5 --wait\n',
    );
  for (const addTo of [...Object.values(MESSAGE_COMMANDS), ...SHARED_COMMANDS]) addTo(tx, run);
};
