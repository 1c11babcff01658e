import type { IdentityId } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import type { ChainDomains } from '../chain-domains.ts';

/** Longest name of a hosted application, UTF-8 bytes. */
export const HOSTED_NAME_BYTES_MAX = 64;
/** Longest key of its state, UTF-8 bytes. */
export const HOSTED_KEY_BYTES_MAX = 1_024;
/** Longest value of its state. */
export const HOSTED_VALUE_BYTES_MAX = 65_536;
/** Longest payload of a call. */
export const HOSTED_PAYLOAD_BYTES_MAX = 65_536;

/** The hosted application's own state during a call: the map `hosted`, whose root is in the app hash. */
export interface HostedState {
  /** A copy; none where nothing stands. */
  get(key: string): Option<Uint8Array>;
  /** Keeps a copy. Throws where the key is no well-formed text, or either is longer than allowed, which refuses the call. */
  set(key: string, value: Uint8Array): void;
  delete(key: string): void;
}

/** Where a call stands. */
export interface HostedCall {
  /** Who signed and pays for it. */
  readonly sender: IdentityId;
  readonly height: bigint;
  /** Unix seconds of the block. */
  readonly atSeconds: bigint;
  /** Staking, governance and the rest as this call finds them; for reading. */
  readonly chain: ChainDomains;
}

/**
 * An application of a user's own inside the ledger: its calls are messages of ordinary transactions, with their fees, nonces
 * and signatures, its entries stand in the app hash, proofs, snapshots and exports, and staking, rewards and governance go on
 * beside it. Every node of the chain must run the same one: genesis names it.
 */
export interface HostedApplication {
  /** As genesis gives it in `hosted`; change it with the rules, for instance `key-value/1`. */
  readonly name: string;
  /**
   * Applies a payload; a sentence refuses it. Deterministic: it may go by its arguments alone, and keep nothing of its own.
   * A refusal, or a throw, undoes the whole transaction, which is included, pays and fails with `ApplicationRefused`.
   */
  call(state: HostedState, payload: Uint8Array, call: HostedCall): string | undefined;
}

/** Why this node cannot run the chain with the application it has; undefined when it can. */
export const hostedFault = (
  { hosted }: { readonly hosted: Option<string> },
  ofNode: HostedApplication | undefined,
): string | undefined => {
  const ofChain = O.toUndefined(hosted);
  if (ofChain === ofNode?.name) return undefined;
  if (ofChain === undefined)
    return `this node hosts "${ofNode?.name ?? ''}", the chain no application: start it without, or name it in appState.hosted of a new genesis`;
  const own = ofNode === undefined ? 'none' : `"${ofNode.name}"`;
  return `the chain hosts the application "${ofChain}", this node has ${own}: start it with the chain's`;
};
