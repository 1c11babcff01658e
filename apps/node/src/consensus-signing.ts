import { either as E, option as O } from 'fp-ts';
import { domainOfRequest, signMessage, type SignatureDomain } from '@zhtp/crypto';
import type { AnnouncementSource } from '@zhtp/network';
import type { SignFunction } from '@zhtp/store';
import { causeText, type IdentityId, type KeyPair } from '@zhtp/types';
import { heldKey, type ConsensusKeys } from './consensus-keys.ts';

const attemptSign = (keyPair: KeyPair, domain: SignatureDomain, message: Uint8Array): E.Either<string, Uint8Array> =>
  E.tryCatch(() => signMessage(keyPair, domain, message), causeText);

/** The consensus keys behind the signer's memory: the only way to them for votes and proposals. */
export const signWith =
  (keys: () => ConsensusKeys): SignFunction =>
  (request, done) => {
    const keyPair = heldKey(keys(), request.publicKey);
    done(
      keyPair === undefined
        ? E.left('the key is not held')
        : attemptSign(keyPair, domainOfRequest(request), request.message),
    );
  };

/**
 * Announcements bind a peer to a validator and fill no slot: they pass beside the signer's memory, under their own domain,
 * with the key that acts now.
 */
export const announceWith = (validator: IdentityId, actingKey: () => KeyPair): AnnouncementSource => ({
  validator,
  sign: (message, done) => {
    done(O.fromEither(attemptSign(actingKey(), 'zhtp/announcement/v1', message)));
  },
});
