/**
 * The runtime's own crypto module, where there is one: found through `process.getBuiltinModule`, so that no bundle for a
 * browser ever sees an import of it. Only the members used here are declared, each of them optional: a runtime may offer
 * SHA-256 and no ML-DSA.
 */
export interface RuntimeCrypto {
  readonly hash?: (algorithm: 'sha256', bytes: Uint8Array, encoding: 'hex' | 'latin1') => string;
  readonly createPublicKey?: (key: DerPublicKey | RuntimeKey) => RuntimeKey;
  readonly createPrivateKey?: (key: DerPrivateKey) => RuntimeKey;
  readonly sign?: (digest: undefined, message: Uint8Array, key: KeyInContext) => Uint8Array;
  readonly verify?: RuntimeVerify;
  readonly scryptSync?: (
    passphrase: Uint8Array,
    salt: Uint8Array,
    lengthBytes: number,
    cost: { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number },
  ) => Uint8Array;
}

export interface RuntimeVerify {
  (digest: undefined, message: Uint8Array, key: KeyInContext, signature: Uint8Array): boolean;
  (
    digest: undefined,
    message: Uint8Array,
    key: KeyInContext,
    signature: Uint8Array,
    done: (error: Error | null | undefined, valid: boolean) => void,
  ): void;
}

/** A key object of the runtime; opaque except for its export. */
export interface RuntimeKey {
  readonly export: (as: { readonly format: 'der'; readonly type: 'spki' }) => Uint8Array;
}

interface DerPublicKey {
  readonly key: Uint8Array;
  readonly format: 'der';
  readonly type: 'spki';
}

interface DerPrivateKey {
  readonly key: Uint8Array;
  readonly format: 'der';
  readonly type: 'pkcs8';
}

interface KeyInContext {
  readonly key: RuntimeKey;
  readonly context: Uint8Array;
}

/** The runtime's own comparison of bytes: 0 for the same ones. */
type RuntimeCompare = (a: Uint8Array, b: Uint8Array) => number;

interface BuiltinModules {
  (id: 'node:crypto'): RuntimeCrypto | undefined;
  (id: 'node:buffer'): { readonly Buffer?: { readonly compare?: RuntimeCompare } } | undefined;
}

declare const process: { readonly getBuiltinModule?: BuiltinModules } | undefined;

/** Undefined in browsers and in runtimes without built-in modules. */
export const runtimeCrypto = (): RuntimeCrypto | undefined =>
  typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:crypto');

/** Undefined where {@link runtimeCrypto} is. */
export const runtimeCompare = (): RuntimeCompare | undefined =>
  typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:buffer')?.Buffer?.compare;

/** The runtime's bytes as a plain view: its own buffer class must not leak into values that are compared or printed. */
export const plainBytes = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
