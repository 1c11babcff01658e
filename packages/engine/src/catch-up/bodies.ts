import type { Block, Hash, IdentityId } from '@zhtp/types';

/** Bodies nobody has asked about yet, per sender of proposals: one sender never pushes out what another sent. */
export const BODIES_PER_PROPOSER = 4;
/** Bodies that were judged, built or asked for by a quorum; beyond it the oldest goes, unless the core holds on to it. */
export const BODIES_KEPT_MAX = 64;

/** A body whose id was recomputed and whose hashes were checked, with its canonical bytes. */
export interface Body {
  readonly id: Hash;
  readonly block: Block;
  readonly bytes: Uint8Array;
}

export interface Bodies {
  get(id: Hash): Body | undefined;
  /** @param sender whose proposal brought it; undefined where it was asked for or built here */
  put(body: Body, sender: IdentityId | undefined): void;
  /** Asked about by the core, or built here: stays when its sender sends more. */
  keep(id: Hash): void;
  dropUpTo(height: bigint): void;
}

/**
 * @param isHeld whether the core locked this value or holds it valid: such a body stays whatever comes
 * @param dropped told of each body that made room for another
 */
export const createBodies = (isHeld: (id: Hash) => boolean, dropped: () => void = () => undefined): Bodies => {
  const bodies = new Map<Hash, { readonly body: Body; readonly sender: IdentityId | undefined }>();
  const kept = new Set<Hash>();

  const dropOldest = (ids: readonly Hash[], max: number): void => {
    if (ids.length <= max) return;
    const oldest = ids.find((id) => !isHeld(id));
    if (oldest === undefined) return;
    bodies.delete(oldest);
    kept.delete(oldest);
    dropped();
  };

  return {
    get: (id) => bodies.get(id)?.body,
    put: (body, sender) => {
      if (bodies.has(body.id)) return;
      bodies.set(body.id, { body, sender });
      if (bodies.size <= BODIES_PER_PROPOSER) return;
      const unasked = [...bodies].flatMap(([id, held]) => (held.sender === sender && !kept.has(id) ? [id] : []));
      dropOldest(unasked, BODIES_PER_PROPOSER);
    },
    keep: (id) => {
      kept.add(id);
      if (kept.size > BODIES_KEPT_MAX) dropOldest([...kept], BODIES_KEPT_MAX);
    },
    dropUpTo: (height) => {
      for (const [id, { body }] of bodies) {
        if (body.block.header.height > height) continue;
        bodies.delete(id);
        kept.delete(id);
      }
    },
  };
};
