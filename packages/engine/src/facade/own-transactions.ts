import { genesisHashOf } from '@zhtp/chain';
import {
  accountOf,
  buildTransaction,
  signTransaction,
  type ExecutedTransaction,
  type LedgerMessage,
  type LedgerState,
  type SignedTransaction,
} from '@zhtp/ledger';
import {
  identityError,
  networkStateError,
  type ConsensusError,
  type ConsensusResult,
  type Genesis,
  type Hash,
  type IdentityId,
  type KeyPair,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { ConsensusNode } from '../node-face.ts';
import type { CommittedLedger } from './committed-ledger.ts';

/** Heights a transaction waits for its block; then it can no longer be included, and its sender is told. */
const BLOCKS_TO_WAIT = 100n;

/** What a refusal by the rules of a domain is called: its tag among the documented errors. */
type Refuse = (reason: string) => ConsensusError;

/** An account and the key that acts for it. */
export interface OwnAccount {
  readonly identity: IdentityId;
  readonly keyPair: KeyPair;
}

/** Who signs, for which chain, and where a transaction goes and comes back. */
interface OwnTransactionsContext {
  readonly node: Pick<ConsensusNode, 'submitTransaction' | 'events$'>;
  readonly ledger: CommittedLedger;
  readonly account: OwnAccount;
  readonly chainId: string;
  readonly genesisHash: Hash;
}

/** The account of this engine at work: signs, submits, and waits for the block. */
export interface OwnTransactions {
  readonly identity: IdentityId;
  /**
   * One transaction after another, each with the nonce that the one before left; answers what its block made of it.
   * @param messages applied in order, whole or not at all
   * @param refuse what a rule's refusal is called
   */
  submit(messages: readonly LedgerMessage[], refuse: Refuse): TaskEither<ConsensusError, ExecutedTransaction>;
}

const signedFor = (
  { account, chainId, genesisHash }: OwnTransactionsContext,
  state: LedgerState,
  messages: readonly LedgerMessage[],
  expiryHeight: bigint,
  refuse: Refuse,
): ConsensusResult<SignedTransaction> => {
  const { identity, keyPair } = account;
  const known = accountOf(state, identity);
  if (O.isNone(known))
    return E.left(
      identityError(`account ${identity} of this engine does not exist: it must receive a transfer before it can send`),
    );
  const { parameters } = state;
  const request = {
    chainId,
    sender: { ...keyPair, identity },
    account: known.value,
    messages,
    parameters,
    expiryHeight,
  };
  return pipe(
    buildTransaction(request),
    E.bimap(
      ({ message }) => refuse(message),
      (body) => signTransaction(body, keyPair, genesisHash),
    ),
  );
};

/** `message 0: ` says nothing where there is one message. */
const withoutIndex = (sentence: string, messages: readonly LedgerMessage[]): string =>
  messages.length === 1 ? sentence.replace(/^message 0: /, '') : sentence;

const send = (
  context: OwnTransactionsContext,
  messages: readonly LedgerMessage[],
  refuse: Refuse,
): Promise<ConsensusResult<ExecutedTransaction>> => {
  const { node, ledger } = context;
  const state = ledger.committedState();
  if (O.isNone(state)) return Promise.resolve(E.left(networkStateError('the ledger has no state yet: start first')));
  const expiryHeight = state.value.governance.at.height + BLOCKS_TO_WAIT;
  const signed = signedFor(context, state.value, messages, expiryHeight, refuse);
  if (E.isLeft(signed)) return Promise.resolve(signed);
  const { id, bytes } = signed.right;
  return new Promise((resolve) => {
    const finish = (answer: ConsensusResult<ExecutedTransaction>): void => {
      unwatch();
      stopped.unsubscribe();
      resolve(answer);
    };
    const unwatch = ledger.watchCommits(({ height, executed }) => {
      const mine = executed.find(({ receipt }) => receipt.transaction === id);
      if (mine !== undefined)
        finish(O.isNone(mine.receipt.failure) ? E.right(mine) : E.left(refuse(withoutIndex(mine.sentence, messages))));
      else if (height >= expiryHeight)
        finish(E.left(networkStateError(`transaction ${id} was in no block up to ${String(height)} and expired`)));
    });
    const stopped = node.events$.subscribe({
      complete: () => {
        unwatch();
        resolve(E.left(networkStateError(`the engine stopped before transaction ${id} was in a block`)));
      },
    });
    node.submitTransaction(bytes, (answer) => {
      if (E.isLeft(answer)) finish(E.left(networkStateError(`${answer.left.code}: ${answer.left.reason}`)));
    });
  });
};

const createOwnTransactions = (context: OwnTransactionsContext): OwnTransactions => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    identity: context.account.identity,
    submit: (messages, refuse) => () => {
      const mine = last.then(() => send(context, messages, refuse));
      last = mine;
      return mine;
    },
  };
};

/** The account at work on a node that has started, or why nobody can sign here. */
export const ownTransactions = (
  node: OwnTransactionsContext['node'],
  ledger: CommittedLedger | undefined,
  account: OwnAccount | undefined,
  genesis: Genesis,
): ConsensusResult<OwnTransactions> => {
  if (ledger === undefined)
    return E.left(
      networkStateError(
        'the application is not the ledger, which staking and governance are part of: pass the ledger that runs beside it',
      ),
    );
  if (account === undefined)
    return E.left(identityError('no account signs here: pass account, or validator with its keys, to create'));
  const { chainId } = genesis;
  return E.right(createOwnTransactions({ node, ledger, account, chainId, genesisHash: genesisHashOf(genesis) }));
};
