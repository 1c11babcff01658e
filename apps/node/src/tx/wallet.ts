import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  accountCodec,
  buildTransaction,
  signTransaction,
  type Account,
  type LedgerMessage,
  type LedgerParameters,
  type SignedTransaction,
  type TransactionBody,
} from '@zhtp/ledger';
import type { Hash, IdentityId, KeyPair, SignatureAlgorithm } from '@zhtp/types';
import { parametersAnswerCodec } from '../answers/parameters.ts';
import { readAnswer, type NodeClient } from '../node-client.ts';
import { fail, type Failure, type Outcome } from '../outcome.ts';
import { statusCodec } from '../status.ts';

/** The chain a node is on, as far as a signature depends on it. */
export interface ChainFacts {
  readonly chainId: string;
  readonly genesisHash: Hash;
  readonly parameters: LedgerParameters;
}

export const chainFacts = async (client: NodeClient, wantedChainId: string | undefined): Outcome<ChainFacts> => {
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
  return E.right({ chainId, genesisHash, parameters: parameters.right.ledger });
};

export const senderAccount = async (client: NodeClient, chainId: string, identity: IdentityId): Outcome<Account> => {
  const answer = await client.ask(`/accounts/${identity}`);
  if (E.isLeft(answer)) return answer;
  if (answer.right._tag === 'Answer') return readAnswer(client, accountCodec, answer.right.json);
  return answer.right.refusal.error === 'UnknownAccount'
    ? fail(
        `account ${identity} does not exist on chain ${chainId}; it must receive a transfer before it can send, or is this the key of another chain?`,
      )
    : fail(answer.right.refusal.message);
};

/** What acts for an account: a key, or a policy of several. */
export interface AccountSigner {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
}

/** A transaction as somebody wants it, but for its nonce. */
export interface Order {
  readonly facts: ChainFacts;
  readonly account: Account;
  readonly signer: AccountSigner;
  readonly messages: readonly LedgerMessage[];
  /** micro-ZHTP; the least the chain accepts when undefined. */
  readonly fee: bigint | undefined;
  readonly memo: string;
}

/** An order, and the key that signs it. */
export interface KeyOrder extends Order {
  readonly signer: KeyPair;
}

/** What the order asks to be signed with this nonce; or which field of it is wrong. */
export const bodyOf = (order: Order, nonce: bigint): Either<Failure, TransactionBody> => {
  const { facts, account, signer, messages, fee, memo } = order;
  // A key waits in the mempool with the account's first transaction: a later nonce leaves it out.
  const publicKey = O.isSome(account.publicKey) || nonce === 0n ? account.publicKey : O.some(signer.publicKey);
  const body = buildTransaction({
    chainId: facts.chainId,
    sender: { ...signer, identity: account.identity },
    account: { nonce, publicKey },
    messages,
    parameters: facts.parameters,
    memo,
    ...(fee === undefined ? {} : { fee }),
  });
  return E.isLeft(body) ? fail(body.left.message) : body;
};

/** The order, signed with this nonce; or which field of it is wrong. */
export const signOrder = (order: KeyOrder, nonce: bigint): Either<Failure, SignedTransaction> =>
  E.map((body: TransactionBody) => signTransaction(body, order.signer, order.facts.genesisHash))(bodyOf(order, nonce));
