import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { LedgerMessage } from '@zhtp/ledger';
import { identityId, type IdentityId } from '@zhtp/types';
import { readAccountFile, type AccountFile } from '../account-file.ts';
import { wholeNumber } from '../commands/testnet.ts';
import { nodeClient, type NodeClient } from '../node-client.ts';
import { fail, type Failure, type Outcome } from '../outcome.ts';
import { keyFileAt } from '../recipient.ts';
import { optionalFee, optionalNonce, type TxOptions } from './tx-options.ts';
import { chainFacts, senderAccount, type ChainFacts, type Order } from './wallet.ts';

/** Who sends a message, and on which chain. */
export interface MessageOrigin {
  readonly sender: IdentityId;
  readonly facts: ChainFacts;
}

/** Everything of a transaction but its signature. */
export interface Prepared {
  readonly client: NodeClient;
  readonly order: Order;
  readonly nonce: bigint | undefined;
  readonly waitSeconds: number;
  /** Where the sender's key or policy was read. */
  readonly path: string;
  readonly file: AccountFile;
}

const senderOf = (file: AccountFile, account: string | undefined): Either<Failure, IdentityId> => {
  if (account === undefined) return E.right(file.identity);
  const identity = identityId(account);
  return E.isLeft(identity)
    ? fail(`--account is "${account.slice(0, 80)}"; give the identity of the account, 64 lowercase hex characters`)
    : identity;
};

/** From the options of a command to an order on the chain of its node. Nobody is asked for a passphrase yet. */
export const prepareOrder = async (
  options: TxOptions,
  messageOf: (origin: MessageOrigin) => Outcome<LedgerMessage>,
): Outcome<Prepared> => {
  const waitSeconds = wholeNumber('--wait-seconds', options.waitSeconds, 1, 3_600);
  if (E.isLeft(waitSeconds)) return waitSeconds;
  const fee = optionalFee(options.fee);
  if (E.isLeft(fee)) return fee;
  const nonce = optionalNonce(options.nonce);
  if (E.isLeft(nonce)) return nonce;
  const path = await keyFileAt(options.from);
  // Nobody is asked for the passphrase of a file that is no key, or for a message that cannot be.
  const file = await readAccountFile(path);
  if (E.isLeft(file)) return file;
  const sender = senderOf(file.right, options.account);
  if (E.isLeft(sender)) return sender;
  const client = nodeClient(options.node);
  const facts = await chainFacts(client, options.chainId);
  if (E.isLeft(facts)) return facts;
  const message = await messageOf({ sender: sender.right, facts: facts.right });
  if (E.isLeft(message)) return message;
  const account = await senderAccount(client, facts.right.chainId, sender.right);
  if (E.isLeft(account)) return account;
  return E.right({
    client,
    nonce: nonce.right,
    waitSeconds: waitSeconds.right,
    path,
    file: file.right,
    order: {
      facts: facts.right,
      account: account.right,
      signer: file.right,
      messages: [message.right],
      fee: fee.right,
      memo: options.memo,
    },
  });
};
