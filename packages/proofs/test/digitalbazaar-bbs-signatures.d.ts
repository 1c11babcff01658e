// The library ships no types. What an issuer and a holder use of it; what this package uses is `BbsLibrary`.
declare module '@digitalbazaar/bbs-signatures' {
  type Ciphersuite = 'BLS12-381-SHA-256' | 'BLS12-381-SHAKE-256';

  interface Credential {
    readonly publicKey: Uint8Array;
    readonly header: Uint8Array;
    readonly messages: readonly Uint8Array[];
    readonly ciphersuite: Ciphersuite;
  }

  export const generateKeyPair: (options: {
    readonly seed: Uint8Array;
    readonly ciphersuite: Ciphersuite;
  }) => Promise<{ readonly secretKey: Uint8Array; readonly publicKey: Uint8Array }>;

  export const sign: (options: Credential & { readonly secretKey: Uint8Array }) => Promise<Uint8Array>;

  export const deriveProof: (
    options: Credential & {
      readonly signature: Uint8Array;
      readonly presentationHeader: Uint8Array;
      readonly disclosedMessageIndexes: readonly number[];
    },
  ) => Promise<Uint8Array>;

  export const verifyProof: (options: {
    readonly publicKey: Uint8Array;
    readonly proof: Uint8Array;
    readonly header: Uint8Array;
    readonly presentationHeader: Uint8Array;
    readonly disclosedMessages: readonly Uint8Array[];
    readonly disclosedMessageIndexes: readonly number[];
    readonly ciphersuite: Ciphersuite;
  }) => Promise<boolean>;
}
