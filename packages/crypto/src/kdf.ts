import { scrypt as nobleScrypt } from '@noble/hashes/scrypt.js';
import { plainBytes, runtimeCrypto } from './runtime.ts';

/** Cost of turning a passphrase into a key: scrypt (RFC 7914). Memory is 128 · n · r bytes, work grows with p as well. */
export interface ScryptCost {
  /** A power of two. */
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB and a few tenths of a second natively. */
export const STANDARD_SCRYPT_COST: ScryptCost = { n: 2 ** 17, r: 8, p: 1 };

/** 4 MiB: for test networks, whose keys guard nothing. */
export const DEVELOPMENT_SCRYPT_COST: ScryptCost = { n: 2 ** 12, r: 8, p: 1 };

const N_MIN = 2 ** 10;
const N_MAX = 2 ** 20;
const R_MAX = 32;
const P_MAX = 4;
/** A file may ask for this much memory and no more. */
const MEMORY_BYTES_MAX = 256 * 2 ** 20;

const memoryBytes = ({ n, r }: ScryptCost): number => 128 * n * r;

/** What is wrong with a cost, naming the field, or undefined. Keeps a hostile file from taking all memory or an hour. */
export const scryptCostFault = (cost: ScryptCost): string | undefined => {
  const { n, r, p } = cost;
  if (!Number.isSafeInteger(n) || n < N_MIN || n > N_MAX || (n & (n - 1)) !== 0)
    return `kdf.n: a power of two from ${String(N_MIN)} to ${String(N_MAX)}, got ${String(n)}`;
  if (!Number.isSafeInteger(r) || r < 1 || r > R_MAX) return `kdf.r: from 1 to ${String(R_MAX)}, got ${String(r)}`;
  if (!Number.isSafeInteger(p) || p < 1 || p > P_MAX) return `kdf.p: from 1 to ${String(P_MAX)}, got ${String(p)}`;
  return memoryBytes(cost) > MEMORY_BYTES_MAX
    ? `kdf: n = ${String(n)} and r = ${String(r)} need ${String(memoryBytes(cost))} bytes of memory, at most ${String(MEMORY_BYTES_MAX)}`
    : undefined;
};

/** scrypt of one origin. */
type Scrypt = (passphrase: Uint8Array, salt: Uint8Array, lengthBytes: number, cost: ScryptCost) => Uint8Array;

/** Both implementations count their work area on top of the memory proper. */
const memoryLimit = (cost: ScryptCost): number => 2 * memoryBytes(cost) + 2 ** 20;

const portableScrypt: Scrypt = (passphrase, salt, dkLen, cost) =>
  nobleScrypt(passphrase, salt, { N: cost.n, r: cost.r, p: cost.p, dkLen, maxmem: memoryLimit(cost) });

/** The runtime's scrypt where it has one; both give the same bytes. */
export const scrypt: Scrypt = (passphrase, salt, lengthBytes, cost) => {
  const native = runtimeCrypto()?.scryptSync;
  return native === undefined
    ? portableScrypt(passphrase, salt, lengthBytes, cost)
    : plainBytes(native(passphrase, salt, lengthBytes, { N: cost.n, r: cost.r, p: cost.p, maxmem: memoryLimit(cost) }));
};
