import type { Block, Hash } from '@zhtp/types';

/** Block bodies of the height in progress, at most; the oldest that nobody holds on to leaves first. */
export const BODIES_MAX = 32;

/** A body whose id was recomputed and whose hashes were checked, with its canonical bytes. */
export interface Body {
  readonly id: Hash;
  readonly block: Block;
  readonly bytes: Uint8Array;
}

export interface Bodies {
  get(id: Hash): Body | undefined;
  put(body: Body): void;
  /** Never evicted until the height ends: asked for by a quorum, or built here. */
  keep(id: Hash): void;
  /** The heights up to this one are decided. */
  dropUpTo(height: bigint): void;
}

export const createBodies = (limit = BODIES_MAX): Bodies => {
  const bodies = new Map<Hash, Body>();
  const kept = new Set<Hash>();
  return {
    get: (id) => bodies.get(id),
    put: (body) => {
      if (bodies.has(body.id)) return;
      bodies.set(body.id, body);
      if (bodies.size <= limit) return;
      const oldest = [...bodies.keys()].find((id) => !kept.has(id) && id !== body.id);
      if (oldest !== undefined) bodies.delete(oldest);
    },
    keep: (id) => {
      if (kept.size < limit) kept.add(id);
    },
    dropUpTo: (height) => {
      for (const [id, { block }] of bodies) if (block.header.height <= height) bodies.delete(id);
      kept.clear();
    },
  };
};
