import {
  generateKeyPair,
  generateKeyPairFromSeed,
  privateKeyFromProtobuf,
  privateKeyToProtobuf,
} from '@libp2p/crypto/keys';
import type { PeerId as Libp2pPeerId, PrivateKey } from '@libp2p/interface';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { either as E, taskEither as TE } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Task } from 'fp-ts/lib/Task.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { peerId, type PeerId } from '@zhtp/types';
import { networkError, type NetworkError } from './options.ts';

/** A fresh transport key, to be kept in a file of mode 0600: whoever has it can pose as this peer. */
export const generatePeerKey: Task<Uint8Array> = async () => privateKeyToProtobuf(await generateKeyPair('Ed25519'));

/** The transport key of a 32-byte seed, for networks that are laid out in advance. */
export const peerKeyFromSeed = (seed: Uint8Array): TaskEither<NetworkError, Uint8Array> =>
  seed.length === 32
    ? TE.tryCatch(
        async () => privateKeyToProtobuf(await generateKeyPairFromSeed('Ed25519', seed)),
        (cause) => networkError(`the peer key seed was refused: ${String(cause)}`),
      )
    : TE.left(networkError(`the peer key seed has ${String(seed.length)} bytes, it must have 32`));

export const readPeerKey = (privateKey: Uint8Array): Either<NetworkError, PrivateKey> => {
  try {
    const key = privateKeyFromProtobuf(privateKey);
    return key.type === 'Ed25519'
      ? E.right(key)
      : E.left(networkError(`the peer key is of type ${key.type}, it must be Ed25519: generate a new one`));
  } catch {
    return E.left(networkError('the peer key cannot be read: restore the file, or delete it to get a new peer id'));
  }
};

/** The name peers know this key's node by. */
export const peerIdOfKey = (privateKey: Uint8Array): Either<NetworkError, PeerId> =>
  E.map((key: PrivateKey) => brandedPeerId(peerIdFromPrivateKey(key)))(readPeerKey(privateKey));

/** libp2p's peer id under our brand: base58 text, which is within its alphabet. */
export const brandedPeerId = (id: Libp2pPeerId): PeerId => {
  const read = peerId(id.toString());
  if (E.isLeft(read)) throw new Error(`libp2p named a peer ${id.toString()}: ${read.left}`);
  return read.right;
};
