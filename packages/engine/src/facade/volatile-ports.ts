import { either as E, option as O, taskEither as TE } from 'fp-ts';
import {
  createAsyncVerifier,
  createVerifiedChecks,
  createVerifier,
  defaultBackend,
  domainOfRequest,
  signMessage,
  type AsyncVerifier,
} from '@zhtp/crypto';
import {
  bytesToHex,
  CHAIN_STATES_KEPT,
  committedBlockCodec,
  encode,
  equalBytes,
  type BlockStore,
  type ChainStateRow,
  type ChainStateStore,
  type CommitExtensions,
  type CommittedBlock,
  type IdentityId,
  type Journal,
  type KeyPair,
  type Signer,
  type StateChange,
  type StateStore,
  type StorageError,
} from '@zhtp/types';
import { inNextTurn } from './system-time.ts';

/*
 * Ports in memory for development: nothing survives the process. `startConsensus` refuses them outside development mode,
 * because a validator that forgets what it signed will sign twice. @zhtp/store has the durable ones.
 */

/** Keys in byte order, which hex keeps. */
const volatileRows = () => {
  const rows = new Map<string, ChainStateRow>();
  return {
    get: (key: Uint8Array): Uint8Array | undefined => rows.get(bytesToHex(key))?.value,
    apply: (changes: readonly StateChange[]): void => {
      for (const change of changes)
        if (change._tag === 'Put') rows.set(bytesToHex(change.key), { key: change.key, value: change.value });
        else rows.delete(bytesToHex(change.key));
    },
    startingWith: (prefix: Uint8Array): readonly ChainStateRow[] => {
      const start = bytesToHex(prefix);
      const found = [...rows].filter(([hex]) => hex.startsWith(start)).sort(([a], [b]) => (a < b ? -1 : 1));
      return found.map(([, row]) => row);
    },
  };
};

export const volatileJournal = (): Journal => ({
  append: () => undefined,
  sync: (done) => {
    inNextTurn(() => {
      done(E.right(undefined));
    });
  },
  rotate: () => undefined,
});

const bytesOf = encode(committedBlockCodec);

export const volatileBlockStore = (): BlockStore => {
  const blocks = new Map<bigint, CommittedBlock>();
  const extensions = new Map<bigint, CommitExtensions>();
  let head: bigint | undefined;
  let base: bigint | undefined;
  return {
    save: (committed, done) => {
      const { height } = committed.block.header;
      blocks.set(height, committed);
      base ??= height;
      head = height;
      inNextTurn(() => {
        done(E.right(undefined));
      });
    },
    saveHeadCertificate: (certificate, done) => {
      const stored = blocks.get(certificate.height);
      if (stored !== undefined) blocks.set(certificate.height, { ...stored, certificate });
      inNextTurn(() => {
        done(E.right(undefined));
      });
    },
    saveExtensions: (saved, done) => {
      extensions.set(saved.height, saved);
      extensions.delete(saved.height - 2n);
      inNextTurn(() => {
        done(E.right(undefined));
      });
    },
    loadExtensions: (height, done) => {
      inNextTurn(() => {
        done(E.right(O.fromNullable(extensions.get(height))));
      });
    },
    load: (height, done) => {
      inNextTurn(() => {
        done(E.right(O.fromNullable(blocks.get(height))));
      });
    },
    range: (fromHeight, count, maxBytes, done) => {
      const found: CommittedBlock[] = [];
      let bytes = 0;
      for (let height = fromHeight; found.length < count; height++) {
        const committed = blocks.get(height);
        if (committed === undefined) break;
        bytes += bytesOf(committed).length;
        if (found.length > 0 && bytes > maxBytes) break;
        found.push(committed);
      }
      inNextTurn(() => {
        done(E.right(found));
      });
    },
    bounds: () => (base === undefined || head === undefined ? O.none : O.some({ baseHeight: base, headHeight: head })),
  };
};

export const volatileChainStates = (): ChainStateStore => {
  const states = new Map<bigint, Uint8Array>();
  const rows = volatileRows();
  return {
    save: (height, state, changes, done) => {
      states.set(height, state);
      states.delete(height - CHAIN_STATES_KEPT);
      rows.apply(changes);
      inNextTurn(() => {
        done(E.right(undefined));
      });
    },
    load: (height, done) => {
      inNextTurn(() => {
        done(E.right(O.fromNullable(states.get(height))));
      });
    },
    writeRows: (changes, done) => {
      rows.apply(changes);
      inNextTurn(() => {
        done(E.right(undefined));
      });
    },
    rows: (prefix, done) => {
      const found = rows.startingWith(prefix);
      inNextTurn(() => {
        done(E.right(found));
      });
    },
  };
};

/** Enough of a state store for the embedded ledger. */
export const volatileStateStore = (): StateStore => {
  const rows = volatileRows();
  return {
    get: (key) => TE.right(O.fromNullable(rows.get(key))),
    scan: (prefix, visit) => {
      for (const { key, value } of rows.startingWith(prefix)) visit(key, value);
      return TE.right<StorageError, void>(undefined);
    },
    write: (changes) => {
      rows.apply(changes);
      return TE.right<StorageError, void>(undefined);
    },
  };
};

/** Signs without remembering. */
export const volatileSigner = (identity: IdentityId, keyPair: KeyPair): Signer => ({
  identity,
  algorithm: keyPair.algorithm,
  sign: (request, done) => {
    if (!equalBytes(request.publicKey, keyPair.publicKey)) {
      inNextTurn(() => {
        done(E.left({ _tag: 'Refused', reason: `the set names another key for validator ${identity} than this one` }));
      });
      return;
    }
    const signature = signMessage(keyPair, domainOfRequest(request), request.message);
    inNextTurn(() => {
      done(E.right(signature));
    });
  },
});

/** Two heights of a thousand validators, about 16 MB. */
const VERIFIED_MAX = 4_096;

/** All cores where the runtime has a thread pool, chunks of work elsewhere. */
export const defaultVerifier = (algorithm: KeyPair['algorithm'], concurrency: number): AsyncVerifier =>
  createAsyncVerifier({
    schedule: inNextTurn,
    verifier: createVerifier({
      backend: defaultBackend(algorithm),
      concurrency,
      schedule: inNextTurn,
      cache: createVerifiedChecks(VERIFIED_MAX),
    }),
  });
