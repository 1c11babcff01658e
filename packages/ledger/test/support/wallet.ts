import type { Hash, IdentityId, KeyPair } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { buildTransfer, signTransaction, type SignedTransaction, type TransferRequest } from '@zhtp/ledger';
import { CHAIN_ID, identityOfPair, PARAMETERS } from './chain.ts';

export interface Payment extends Partial<Pick<TransferRequest, 'fee' | 'memo' | 'expiryHeight' | 'chainId'>> {
  readonly from: KeyPair;
  readonly to: KeyPair | IdentityId;
  readonly amount?: bigint;
  readonly nonce?: bigint;
  /** Whether the account's key is on chain; by default from its second transaction on. */
  readonly keyKnown?: boolean;
  readonly signedBy?: KeyPair;
}

/** A really signed transfer. */
export const pay = (genesisHash: Hash, payment: Payment): SignedTransaction => {
  const { from, to, amount = 1n, nonce = 0n, keyKnown = nonce > 0n, signedBy = from, ...rest } = payment;
  const body = buildTransfer({
    chainId: CHAIN_ID,
    sender: from,
    account: { nonce, publicKey: keyKnown ? O.some(from.publicKey) : O.none },
    recipient: typeof to === 'string' ? to : identityOfPair(to),
    amount,
    parameters: PARAMETERS,
    ...rest,
  });
  return signTransaction(body, signedBy, genesisHash);
};
