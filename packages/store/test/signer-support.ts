import { either as E, option as O } from 'fp-ts';
import { taggedHash } from '@zhtp/crypto';
import {
  encodeUtf8,
  identityId,
  type Disk,
  type Hash,
  type IdentityId,
  type Signer,
  type SignerError,
  type SignRequest,
  type StorageError,
} from '@zhtp/types';
import { createSigner, type OpenedSigner, type SignerOpenError, type SignFunction } from '@zhtp/store';
import { rightOf, settle, type Turns } from './support.ts';

export const hashOf = (name: string): Hash => taggedHash('test/hash', encodeUtf8(name));
export const X = hashOf('X');
export const Y = hashOf('Y');
export const GENESIS = hashOf('genesis');
export const FILE = 'signer.state';
export const KEY = new Uint8Array(32).fill(7);

const message = (...parts: readonly unknown[]): Uint8Array => encodeUtf8(parts.map(String).join('/'));
const valueOf = (proposalId: Hash | null): O.Option<Hash> => O.fromNullable(proposalId);

export const proposal = (height: bigint, round: number, proposalId: Hash = X): SignRequest => ({
  _tag: 'Proposal',
  height,
  round,
  proposalId,
  publicKey: KEY,
  message: message('proposal', height, round, proposalId),
});

/** Against when `variant` is set: same slot and no value, other signed content. */
export const preVote = (
  height: bigint,
  round: number,
  proposalId: Hash | null,
  polRound: number | null = null,
  variant = '',
): SignRequest => ({
  _tag: 'PreVote',
  height,
  round,
  proposalId: valueOf(proposalId),
  polRound: O.fromNullable(polRound),
  publicKey: KEY,
  message: message('prevote', height, round, proposalId, polRound, variant),
});

export const preCommit = (height: bigint, round: number, proposalId: Hash | null): SignRequest => ({
  _tag: 'PreCommit',
  height,
  round,
  proposalId: valueOf(proposalId),
  publicKey: KEY,
  message: message('precommit', height, round, proposalId),
});

export const attestation = (height: bigint, appHash: Hash): SignRequest => ({
  _tag: 'Attestation',
  height,
  publicKey: KEY,
  message: message('commit', height, appHash),
});
export const heartbeat = (n: number): SignRequest => ({
  _tag: 'Heartbeat',
  publicKey: KEY,
  message: message('heartbeat', n),
});

/** Hedged, like the real one: never the same bytes twice. */
export const hedgedSign = (turns: Turns): SignFunction => {
  let nonce = 0;
  return (request, done) => {
    const signature = encodeUtf8(`${String(nonce++)}:${new TextDecoder().decode(request.message)}`);
    turns.schedule(() => done(E.right(signature)));
  };
};

export const signedMessage = (signature: Uint8Array): string =>
  new TextDecoder().decode(signature).replace(/^[0-9]+:/, '');

interface Overrides {
  readonly sign?: SignFunction;
  readonly publicKeys?: readonly Uint8Array[];
  readonly identity?: IdentityId;
  readonly genesisHash?: Hash;
  readonly whenMissing?: 'create' | 'refuse';
}

export const openSigner = (
  disk: Disk,
  turns: Turns,
  overrides: Overrides = {},
): E.Either<SignerOpenError | StorageError, OpenedSigner> =>
  settle<SignerOpenError | StorageError, OpenedSigner>(turns, (done) =>
    createSigner(
      {
        disk,
        fileName: FILE,
        sign: hedgedSign(turns),
        identity: rightOf(identityId(hashOf('identity'))),
        algorithm: 'ML-DSA-65',
        publicKeys: [KEY],
        genesisHash: GENESIS,
        whenMissing: 'create',
        schedule: turns.schedule,
        ...overrides,
      },
      done,
    ),
  );

export const signNow = (signer: Signer, turns: Turns, request: SignRequest): E.Either<SignerError, Uint8Array> =>
  settle<SignerError, Uint8Array>(turns, (done) => signer.sign(request, done));
