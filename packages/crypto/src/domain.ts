import { encodeUtf8, type SignContent } from '@zhtp/types';

/**
 * What a signature is for. The name is the FIPS 204 context string of the signature (decisions.md §4): a signature made
 * for one purpose never verifies for another, whatever the bytes signed. Closed: a new purpose is a change here.
 */
export type SignatureDomain =
  | 'zhtp/vote/v1'
  | 'zhtp/proposal/v1'
  | 'zhtp/extension/v1'
  | 'zhtp/heartbeat/v1'
  | 'zhtp/announcement/v1'
  | 'zhtp/transaction/v1'
  | 'zhtp/possession/v1'
  | 'zhtp/storage/v1'
  | 'zhtp/receipt/v1';

const CONTEXTS: Readonly<Record<SignatureDomain, Uint8Array>> = {
  'zhtp/vote/v1': encodeUtf8('zhtp/vote/v1'),
  'zhtp/proposal/v1': encodeUtf8('zhtp/proposal/v1'),
  'zhtp/extension/v1': encodeUtf8('zhtp/extension/v1'),
  'zhtp/heartbeat/v1': encodeUtf8('zhtp/heartbeat/v1'),
  'zhtp/announcement/v1': encodeUtf8('zhtp/announcement/v1'),
  'zhtp/transaction/v1': encodeUtf8('zhtp/transaction/v1'),
  'zhtp/possession/v1': encodeUtf8('zhtp/possession/v1'),
  'zhtp/storage/v1': encodeUtf8('zhtp/storage/v1'),
  'zhtp/receipt/v1': encodeUtf8('zhtp/receipt/v1'),
};

/** Reads a domain as it stands in a check. */
export const isSignatureDomain = (value: string): value is SignatureDomain => Object.hasOwn(CONTEXTS, value);

/** Every domain, in the order of their declaration. */
export const SIGNATURE_DOMAINS: readonly SignatureDomain[] = Object.keys(CONTEXTS).filter(isSignatureDomain);

/** The FIPS 204 §5.2 context of a domain, at most 255 bytes. Shared: do not write to it. */
export const contextOf = (domain: SignatureDomain): Uint8Array => CONTEXTS[domain];

/** The purpose of what a consensus signer is asked to sign: all votes share one domain, told apart by their content. */
export const domainOfRequest = (request: Pick<SignContent, '_tag'>): SignatureDomain => {
  switch (request._tag) {
    case 'Proposal':
      return 'zhtp/proposal/v1';
    case 'PreVote':
    case 'PreCommit':
    case 'Attestation':
      return 'zhtp/vote/v1';
    case 'Heartbeat':
      return 'zhtp/heartbeat/v1';
    case 'Extension':
      return 'zhtp/extension/v1';
  }
};
