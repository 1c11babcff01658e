import { createNobleBackend } from '@zhtp/crypto';
import { bytesToHex, encode, type Json } from '@zhtp/types';
import { option as O } from 'fp-ts';
import {
  accountIdentity,
  appHashOf,
  assembleTransaction,
  cosignTransaction,
  EMPTY_MAP,
  genesisState,
  mapFrom,
  mapProofCodec,
  mapRoot,
  multisigKey,
  proveInMap,
  readLedgerGenesis,
  receiptCodec,
  resultsHashOf,
  signTransaction,
  stateRoots,
  stateRootsCodec,
  transactionSignBytes,
  type Receipt,
  type TransactionBody,
} from '@zhtp/ledger';
import { alice, bob, CHAIN_ID, CONTEXT, genesisWith, right } from '../support/chain.ts';
import { execute, personOf, stateOf, transactionOf, transferTo } from '../support/executor.ts';

const noble = createNobleBackend();

const body: TransactionBody = {
  chainId: CHAIN_ID,
  sender: accountIdentity(alice),
  nonce: 0n,
  fee: 7_500n,
  expiryHeight: 1_000n,
  memo: 'Miete für März',
  publicKey: O.some(alice.publicKey),
  messages: [
    { _tag: 'Transfer', recipient: accountIdentity(bob), amount: 2_500_000n },
    { _tag: 'Transfer', recipient: personOf(1), amount: 18_446_744_073_709_551_615n },
  ],
};

const transactionCase = (content: TransactionBody): Json => {
  const signed = signTransaction(content, alice, CONTEXT.genesisHash, { backend: noble, deterministic: true });
  return {
    genesisHash: CONTEXT.genesisHash,
    signBytes: bytesToHex(transactionSignBytes(CONTEXT.genesisHash, content)),
    id: signed.id,
    bytes: bytesToHex(signed.bytes),
  };
};

const POLICY = right(multisigKey(alice.algorithm, { threshold: 2, keys: [alice.publicKey, bob.publicKey] }));

/** A first transaction of a multi-signature account, which changes its key to that of one of the two. */
const policyCase = (): Json => {
  const content: TransactionBody = {
    ...body,
    sender: accountIdentity({ algorithm: alice.algorithm, publicKey: POLICY }),
    publicKey: O.some(POLICY),
    messages: [{ _tag: 'ChangeAccountKey', key: bob.publicKey }],
  };
  const options = { backend: noble, deterministic: true };
  const assembly = { body: content, algorithm: alice.algorithm, accountKey: POLICY, genesisHash: CONTEXT.genesisHash };
  const parts = [bob, alice].map((pair) => cosignTransaction(content, pair, CONTEXT.genesisHash, options));
  const { id, bytes } = right(assembleTransaction(assembly, parts));
  return { genesisHash: CONTEXT.genesisHash, sender: content.sender, id, bytes: bytesToHex(bytes) };
};

/** A first transaction, which brings its key, a later one, and one of an account of two. */
export const goldenTransactions = (): Json => [
  transactionCase(body),
  transactionCase({ ...body, nonce: 1n, publicKey: O.none, memo: '', expiryHeight: 0n }),
  policyCase(),
];

const mapOfSize = (size: number) =>
  mapFrom(Array.from({ length: size }, (_, n) => [personOf(n), Uint8Array.of(n)] as const));

/** Roots of maps person n → one byte n, and proofs in the map of seven: one entry's, one absence. */
export const goldenMaps = (): Json => ({
  empty: mapRoot(EMPTY_MAP),
  roots: [1, 2, 3, 7, 100].map((size) => ({ size, root: mapRoot(mapOfSize(size)) })),
  keys: [0, 3, 50].map((n) => personOf(n)),
  presence: bytesToHex(encode(mapProofCodec)(proveInMap(mapOfSize(7), personOf(3)))),
  absence: bytesToHex(encode(mapProofCodec)(proveInMap(mapOfSize(7), personOf(50)))),
});

const receipts: readonly Receipt[] = [
  { transaction: CONTEXT.genesisHash, fee: 200n, failure: O.none },
  { transaction: CONTEXT.genesisHash, fee: 300n, failure: O.some({ message: 2, reason: 'InsufficientBalance' }) },
];

export const goldenStates = (): Json => {
  const appState = {
    accounts: [
      { identity: accountIdentity(alice), balance: '1000000', publicKey: bytesToHex(alice.publicKey) },
      { identity: accountIdentity(bob), balance: '250' },
    ],
    parameters: { minFeePerByte: '2', newAccountFee: '1000' },
    treasury: '5000',
  };
  const genesis = right(genesisState(genesisWith([]), right(readLedgerGenesis(appState, alice.algorithm))));
  const two = stateOf([1, 2].map((n) => ({ who: personOf(n), balance: 100_000n })));
  const after = right(
    execute(two, [transactionOf({ sender: personOf(1), messages: [transferTo(personOf(3), 500n)] })]),
  );
  return {
    genesis: { appState, roots: bytesToHex(encode(stateRootsCodec)(stateRoots(genesis))), appHash: appHashOf(genesis) },
    afterTransfer: { appHash: after.appHash, resultsHash: after.resultsHash },
    receipts: receipts.map((receipt) => bytesToHex(encode(receiptCodec)(receipt))),
    resultsHash: resultsHashOf(receipts),
    emptyResultsHash: resultsHashOf([]),
  };
};
