import { taggedHash } from '@zhtp/crypto';
import { hashToBytes, type Hash, type IdentityId } from '@zhtp/types';

/** Keys of an authenticated map are 32 bytes; a composite key is hashed to 32 bytes by its owner. */
export type MapKey = Hash | IdentityId;

/** Bits of a path, counted from the most significant bit of the first byte. */
export const PATH_BITS = 256;

/**
 * Paths asked for lately, in two generations: a transfer asks for those of its two accounts some ten times between mempool
 * and root, and a path costs as much as the rest of a look-up.
 */
const PATHS_KEPT_MAX = 16_384;
let recent = new Map<MapKey, Hash>();
let older = new Map<MapKey, Hash>();

/** How many paths are remembered: at most twice {@link PATHS_KEPT_MAX}, some 200 bytes each. */
export const pathsRemembered = (): number => recent.size + older.size;

const computed = (key: MapKey): Hash => taggedHash('zhtp/map/path/v1', hashToBytes(key));

/**
 * Where a key stands in the trie. Keys are hashed because users choose them: without it, ground keys with long common
 * prefixes would make one path as deep as they like, and everyone's updates along it as slow.
 */
export const pathOf = (key: MapKey): Hash => {
  const known = recent.get(key) ?? older.get(key);
  if (known !== undefined) return known;
  if (recent.size >= PATHS_KEPT_MAX) {
    older = recent;
    recent = new Map();
  }
  const path = computed(key);
  recent.set(key, path);
  return path;
};

/** The path of a key that leaves its map, which is forgotten: maps by height take in a key and let one go with each block. */
export const pathOfLeaving = (key: MapKey): Hash => {
  const path = recent.get(key) ?? older.get(key) ?? computed(key);
  recent.delete(key);
  older.delete(key);
  return path;
};

const nibbleAt = (path: Hash, index: number): number => {
  const code = path.charCodeAt(index);
  return code < 58 ? code - 48 : code - 87;
};

/** Bit `index` (0 to 255) of a path. */
export const bitAt = (path: Hash, index: number): 0 | 1 =>
  ((nibbleAt(path, index >> 2) >> (3 - (index & 3))) & 1) === 1 ? 1 : 0;

/** The first bit in which two paths differ; {@link PATH_BITS} when they are the same. */
export const firstDifference = (a: Hash, b: Hash): number => {
  // An entry that is replaced meets itself: its path is mostly the same string.
  if (a === b) return PATH_BITS;
  for (let i = 0; i < a.length; i++) {
    const difference = nibbleAt(a, i) ^ nibbleAt(b, i);
    if (difference !== 0) return 4 * i + Math.clz32(difference) - 28;
  }
  return PATH_BITS;
};
