import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import { taggedHash } from '@zhtp/crypto';
import {
  bytesToHex,
  encodeUtf8,
  equalBytes,
  type Answer,
  type Disk,
  type Hash,
  type IdentityId,
  type SignatureAlgorithm,
  type Signer,
  type SignerError,
  type SignRequest,
  type StorageError,
} from '@zhtp/types';
import { andThen, answer, type Call } from './call.ts';
import { createLanes } from './lanes.ts';
import { inEventLoop, type Schedule } from './schedule.ts';
import {
  createSignerRecords,
  missing,
  readSignerFile,
  signerFileBytes,
  type SignerBinding,
  type SignerFile,
  type SignerOpenError,
} from './signer-file.ts';
import { decide, remember } from './signer-rules.ts';
import { emptySignerState, type SignerState } from './signer-state.ts';

/** Signs with the key that the request names, one of the signer's, under the domain of the request's kind. Answers once; an error leaves the slot unsigned. */
export type SignFunction = (request: SignRequest, done: (signature: Either<string, Uint8Array>) => void) => void;

export interface SignerOptions {
  readonly disk: Disk;
  readonly fileName: string;
  readonly sign: SignFunction;
  readonly identity: IdentityId;
  readonly algorithm: SignatureAlgorithm;
  /**
   * Those that `sign` can sign with: of a validator that changes its key, the old one and the new one. Read for each
   * signature, so that a getter may answer with one that came later.
   */
  readonly publicKeys: readonly Uint8Array[];
  readonly genesisHash: Hash;
  /** `create` only in a home that was never used: without journal and blocks. Otherwise a missing file is refused. */
  readonly whenMissing: 'create' | 'refuse';
  readonly schedule?: Schedule;
}

export interface OpenedSigner {
  readonly signer: Signer;
  /** What the signer remembers now that it is open. */
  readonly state: SignerState;
  /** Bytes of a record torn by the last crash, which were cut off: its signature was never given out. */
  readonly cutBytes: Option<number>;
}

const KEY_DIGITS_SHOWN = 16;

const notHeld = (identity: IdentityId, { _tag, publicKey }: SignRequest): string =>
  `a ${_tag} is to be signed with key ${bytesToHex(publicKey).slice(0, KEY_DIGITS_SHOWN)}…, which the set names for validator ${identity} and this node does not hold: start it with that key`;

/** The file is written anew when it has grown beyond this; until then each signature is one append and one flush. */
const FILE_BYTES_MAX = 256 * 1024;

/** Opens the signer's memory and puts the consensus keys behind it. One process at a time: the caller holds the home's lock. */
export const createSigner = (
  options: SignerOptions,
  done: Answer<SignerOpenError | StorageError, OpenedSigner>,
): void => {
  const binding: SignerBinding = {
    identityHash: taggedHash('zhtp/signer-identity/v1', encodeUtf8(options.identity)),
    genesisHash: options.genesisHash,
  };
  pipe(
    openFile(options, binding),
    andThen((file) =>
      answer<StorageError, OpenedSigner>(
        E.right({ signer: runningSigner(options, binding, file), state: file.state, cutBytes: file.tornBytes }),
      ),
    ),
  )(done);
};

const openFile = (options: SignerOptions, binding: SignerBinding): Call<SignerOpenError | StorageError, SignerFile> => {
  const { disk, fileName } = options;
  const read: Call<StorageError, Option<Uint8Array>> = (done) => disk.read(fileName, done);
  const create: Call<StorageError, SignerFile> = (done) => {
    const bytes = signerFileBytes(binding, createSignerRecords()(0n, emptySignerState));
    const file: SignerFile = { state: emptySignerState, nextSequence: 1n, tornBytes: O.none, wholeBytes: bytes.length };
    disk.replace(fileName, bytes, (result) =>
      done(
        pipe(
          result,
          E.map(() => file),
        ),
      ),
    );
  };
  /** What a killed process wrote must be durable before its signature is repeated from it. */
  const settle =
    (file: SignerFile): Call<StorageError, SignerFile> =>
    (done) => {
      const settled = (result: Either<StorageError, void>): void =>
        done(
          pipe(
            result,
            E.map(() => file),
          ),
        );
      const sync = (): void => disk.sync(fileName, settled);
      if (O.isNone(file.tornBytes)) sync();
      else disk.truncate(fileName, file.wholeBytes, (cut) => (E.isLeft(cut) ? done(cut) : sync()));
    };
  return pipe(
    read,
    andThen((bytes): Call<SignerOpenError | StorageError, SignerFile> => {
      if (O.isSome(bytes)) return pipe(answer(readSignerFile(fileName, binding, bytes.value)), andThen(settle));
      return options.whenMissing === 'create' ? create : answer(E.left(missing(fileName)));
    }),
  );
};

const runningSigner = (options: SignerOptions, binding: SignerBinding, file: SignerFile): Signer => {
  const { disk, fileName } = options;
  const schedule = options.schedule ?? inEventLoop;
  const lanes = createLanes();
  const recordOf = createSignerRecords();
  let state = file.state;
  let { nextSequence, wholeBytes } = file;
  let stopped: Option<SignerError> = O.none;

  /** Appends the state, or replaces a long file; nothing is tried again after a failure. */
  const keep =
    (next: SignerState): Call<StorageError, void> =>
    (done) => {
      const record = recordOf(nextSequence, next);
      const whole = wholeBytes + record.length > FILE_BYTES_MAX ? signerFileBytes(binding, record) : undefined;
      const kept = (result: Either<StorageError, void>): void => {
        if (E.isRight(result)) {
          state = next;
          nextSequence += 1n;
          wholeBytes = whole?.length ?? wholeBytes + record.length;
        }
        done(result);
      };
      if (whole !== undefined) disk.replace(fileName, whole, kept);
      else disk.append(fileName, record, (written) => (E.isLeft(written) ? kept(written) : disk.sync(fileName, kept)));
    };

  const stop = (cause: StorageError): SignerError => {
    const error: SignerError = {
      _tag: 'Failed',
      message: `the signer stopped: its file could not be made durable. ${cause.message} The signature was not given out.`,
    };
    stopped = O.some(error);
    return error;
  };

  const signNow = (request: SignRequest, contentHash: Hash, done: Answer<SignerError, Uint8Array>): void =>
    options.sign(request, (signed) => {
      if (E.isLeft(signed)) {
        done(E.left({ _tag: 'Failed', message: `signing a ${request._tag} failed: ${signed.left}` }));
        return;
      }
      const next = remember(state, request, contentHash, signed.right);
      if (next === state) done(signed);
      else keep(next)((result) => done(E.isLeft(result) ? E.left(stop(result.left)) : signed));
    });

  const take = (request: SignRequest, done: Answer<SignerError, Uint8Array>): void => {
    if (O.isSome(stopped)) {
      done(E.left(stopped.value));
      return;
    }
    if (!options.publicKeys.some((held) => equalBytes(held, request.publicKey))) {
      done(E.left({ _tag: 'Refused', reason: notHeld(options.identity, request) }));
      return;
    }
    const contentHash = taggedHash('zhtp/signed-content/v1', request.message);
    const decision = decide(state, request, contentHash);
    switch (decision._tag) {
      case 'Repeat':
        done(E.right(decision.signature));
        return;
      case 'Refuse':
        done(E.left({ _tag: 'Refused', reason: decision.reason }));
        return;
      case 'Sign':
        signNow(request, contentHash, done);
    }
  };

  return {
    identity: options.identity,
    algorithm: options.algorithm,
    sign: (request, done) =>
      lanes.enter('', (leave) =>
        schedule(() =>
          take(request, (result) => {
            leave();
            done(result);
          }),
        ),
      ),
  };
};
