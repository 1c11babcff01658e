import { either as E, option as O } from 'fp-ts';
import { domainOfRequest, signMessage, type SignatureDomain } from '@zhtp/crypto';
import type { AnnouncementSource } from '@zhtp/network';
import type { SignFunction } from '@zhtp/store';
import type { IdentityId, KeyPair } from '@zhtp/types';
import { messageOf } from './outcome.ts';

const attemptSign = (keyPair: KeyPair, domain: SignatureDomain, message: Uint8Array): E.Either<string, Uint8Array> =>
  E.tryCatch(() => signMessage(keyPair, domain, message), messageOf);

/** The consensus key behind the signer's memory: the only way to it for votes and proposals. */
export const signWith =
  (keyPair: KeyPair): SignFunction =>
  (request, done) => {
    done(attemptSign(keyPair, domainOfRequest(request), request.message));
  };

/** Announcements bind a peer to a validator and fill no slot: they pass beside the signer's memory, under their own domain. */
export const announceWith = (validator: IdentityId, keyPair: KeyPair): AnnouncementSource => ({
  validator,
  sign: (message, done) => {
    done(O.fromEither(attemptSign(keyPair, 'zhtp/announcement/v1', message)));
  },
});
