import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  accountCodec,
  buildTransfer,
  ledgerParametersCodec,
  MEMO_BYTES_MAX,
  type Account,
  type LedgerParameters,
  type TransactionBody,
} from '@zhtp/ledger';
import {
  formatZhtp,
  chainParametersCodec,
  encodeUtf8,
  struct,
  type Hash,
  type IdentityId,
  type SignatureAlgorithm,
} from '@zhtp/types';
import { readAnswer, type NodeClient } from './node-client.ts';
import { fail, type Failure, type Outcome } from './outcome.ts';
import { statusCodec } from './status.ts';

/** What a wallet must know of chain and account before it can sign. */
export interface TransferContext {
  readonly chainId: string;
  readonly genesisHash: Hash;
  readonly parameters: LedgerParameters;
  readonly sender: Account;
  readonly recipientExists: boolean;
}

const parametersAnswerCodec = struct('ParametersAnswer', {
  ledger: ledgerParametersCodec,
  chain: chainParametersCodec,
});

const accountAt = async (client: NodeClient, identity: IdentityId): Outcome<Account | undefined> => {
  const answer = await client.ask(`/accounts/${identity}`);
  if (E.isLeft(answer)) return answer;
  if (answer.right._tag === 'Answer') return readAnswer(client, accountCodec, answer.right.json);
  return answer.right.refusal.error === 'UnknownAccount' ? E.right(undefined) : fail(answer.right.refusal.message);
};

/** Asks a node for everything a transfer depends on. */
export const transferContext = async (
  client: NodeClient,
  sender: IdentityId,
  recipient: IdentityId,
  wantedChainId: string | undefined,
): Outcome<TransferContext> => {
  const statusJson = await client.get('/status');
  if (E.isLeft(statusJson)) return statusJson;
  const status = readAnswer(client, statusCodec, statusJson.right);
  if (E.isLeft(status)) return status;
  const { chainId, genesisHash } = status.right;
  if (wantedChainId !== undefined && wantedChainId !== chainId)
    return fail(
      `the node at ${client.url} is on chain ${chainId}, not ${wantedChainId}; nothing was sent: name a node of that chain with --node`,
    );
  const parametersJson = await client.get('/parameters');
  if (E.isLeft(parametersJson)) return parametersJson;
  const parameters = readAnswer(client, parametersAnswerCodec, parametersJson.right);
  if (E.isLeft(parameters)) return parameters;
  const from = await accountAt(client, sender);
  if (E.isLeft(from)) return from;
  if (from.right === undefined)
    return fail(
      `account ${sender} does not exist on chain ${chainId}; it must receive a transfer before it can send, or is this the key of another chain?`,
    );
  const to = await accountAt(client, recipient);
  if (E.isLeft(to)) return to;
  return E.right({
    chainId,
    genesisHash,
    parameters: parameters.right.ledger,
    sender: from.right,
    recipientExists: to.right !== undefined,
  });
};

export interface Transfer {
  readonly sender: { readonly algorithm: SignatureAlgorithm; readonly publicKey: Uint8Array };
  readonly recipient: IdentityId;
  /** micro-ZHTP. */
  readonly amount: bigint;
  readonly fee: bigint | undefined;
  readonly nonce: bigint;
  readonly memo: string;
}

/** The transfer as it will be signed, or why the sender should not sign it. */
export const transferBody = (context: TransferContext, transfer: Transfer): Either<Failure, TransactionBody> => {
  const { sender, parameters, chainId } = context;
  if (transfer.amount === 0n) return fail('the amount is 0; send at least 0.000001 ZHTP');
  const memoBytes = encodeUtf8(transfer.memo).length;
  if (memoBytes > MEMO_BYTES_MAX)
    return fail(`the memo has ${String(memoBytes)} bytes; shorten it to ${String(MEMO_BYTES_MAX)}`);
  const body = buildTransfer({
    chainId,
    sender: transfer.sender,
    // A key waits in the mempool with the account's first transaction: a later nonce leaves it out.
    account: {
      nonce: transfer.nonce,
      publicKey: transfer.nonce === 0n ? sender.publicKey : O.some(transfer.sender.publicKey),
    },
    recipient: transfer.recipient,
    amount: transfer.amount,
    parameters,
    memo: transfer.memo,
    ...(transfer.fee === undefined ? {} : { fee: transfer.fee }),
  });
  const opening = context.recipientExists ? 0n : parameters.newAccountFee;
  const cost = transfer.amount + body.fee + opening;
  return cost <= sender.balance
    ? E.right(body)
    : fail(
        `too little balance: the account holds ${formatZhtp(sender.balance)} ZHTP, this transfer needs ${formatZhtp(cost)} (amount ${formatZhtp(transfer.amount)}, fee ${formatZhtp(body.fee)}${opening === 0n ? '' : `, new account ${formatZhtp(opening)}`}); nothing was sent`,
      );
};
