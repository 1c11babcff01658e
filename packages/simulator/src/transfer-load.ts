import { genesisHashOf } from '@zhtp/chain';
import {
  accountIdentity,
  buildTransfer,
  DEFAULT_LEDGER_PARAMETERS,
  DEFAULT_FIRST_POLICY,
  ledgerAppState,
  signTransaction,
} from '@zhtp/ledger';
import { transactionHashOf } from '@zhtp/engine';
import type { Block, Hash, Json, KeyPair } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { SimulationScheme } from './signature-scheme.ts';
import type { World } from './world.ts';

/** Account keys start far from validator keys. */
const FIRST_ACCOUNT_KEY = 1_000_000;
const BALANCE = 1_000_000_000_000n;

/** Key pairs of the accounts that pay each other; none of them a validator's. */
export const loadAccounts = (scheme: SimulationScheme, count: number): readonly KeyPair[] =>
  Array.from({ length: count }, (_, i) => scheme.keyPair(FIRST_ACCOUNT_KEY + i));

/** Application state of a genesis in which these accounts have money. */
export const fundedState = (accounts: readonly KeyPair[]): Json =>
  ledgerAppState({
    accounts: accounts
      .map((keys) => ({ identity: accountIdentity(keys), balance: BALANCE, publicKey: O.some(keys.publicKey) }))
      .toSorted((a, b) => (a.identity < b.identity ? -1 : 1)),
    parameters: DEFAULT_LEDGER_PARAMETERS,
    ...DEFAULT_FIRST_POLICY,
  });

/** Accounts that pay each other, one open transfer each, sent again to another node until a block has it. */
export interface TransferLoad {
  start(): void;
  /** A block of the chain, in order; later nodes may tell the same block again. */
  committed(block: Block): void;
  /** Transfers seen in blocks. */
  included(): number;
  /** Transfers that two blocks hold: must stay empty. */
  twice(): readonly Hash[];
}

interface Account {
  readonly keys: KeyPair;
  nonce: bigint;
  open: { readonly bytes: Uint8Array; readonly hash: Hash } | undefined;
}

export const createTransferLoad = (
  world: World,
  scheme: SimulationScheme,
  keys: readonly KeyPair[],
  everyMs: number,
): TransferLoad => {
  const random = world.random.fork(7);
  const genesisHash = genesisHashOf(world.genesis);
  const accounts: readonly Account[] = keys.map((pair) => ({ keys: pair, nonce: 0n, open: undefined }));
  const seen = new Map<Hash, bigint>();
  const twice: Hash[] = [];

  const next = (account: Account): { readonly bytes: Uint8Array; readonly hash: Hash } => {
    const recipient = random.pick(accounts)?.keys ?? account.keys;
    const body = buildTransfer({
      chainId: world.genesis.chainId,
      sender: account.keys,
      account: { nonce: account.nonce, publicKey: O.some(account.keys.publicKey) },
      recipient: accountIdentity(recipient),
      amount: BigInt(random.int(1, 1_000)),
      parameters: DEFAULT_LEDGER_PARAMETERS,
    });
    const { bytes } = signTransaction(body, account.keys, genesisHash, {
      deterministic: true,
      backend: scheme.backend,
    });
    return { bytes, hash: transactionHashOf(bytes) };
  };

  const turn = (): void => {
    const account = random.pick(accounts);
    const node = random.pick(world.nodes)?.running();
    if (account !== undefined && node !== undefined) {
      account.open ??= next(account);
      node.submitTransaction(account.open.bytes, () => undefined);
    }
    world.scheduler.after(everyMs, turn);
  };

  return {
    start: () => {
      world.scheduler.after(everyMs, turn);
    },
    committed: (block) => {
      const { height } = block.header;
      for (const bytes of block.transactions) {
        const hash = transactionHashOf(bytes);
        const first = seen.get(hash);
        if (first !== undefined && first !== height) twice.push(hash);
        seen.set(hash, height);
        const account = accounts.find(({ open }) => open?.hash === hash);
        if (account === undefined) continue;
        account.open = undefined;
        account.nonce += 1n;
      }
    },
    included: () => seen.size,
    twice: () => twice,
  };
};
