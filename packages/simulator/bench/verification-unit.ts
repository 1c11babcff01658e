import { keyPairFromSeed, signMessage, verifyMessage } from '@zhtp/crypto';
import { runtimeBackend } from './counted-scheme.ts';
import { threadSeconds } from './cpu-time.ts';

const ROUNDS = 300;

/** CPU seconds of one ML-DSA-65 verification here and now: microseconds of another machine or hour are read against it. */
export const verificationSeconds = (): number => {
  const backend = runtimeBackend();
  const { algorithm, publicKey, secretKey } = keyPairFromSeed('ML-DSA-65', new Uint8Array(32).fill(7));
  const message = new Uint8Array(160);
  const options = { deterministic: true, backend };
  const signature = signMessage({ algorithm, publicKey, secretKey }, 'zhtp/vote/v1', message, options);
  const verifyAll = (): void => {
    for (let round = 0; round < ROUNDS; round++)
      if (verifyMessage(algorithm, publicKey, 'zhtp/vote/v1', message, signature, backend) !== 'valid')
        throw new Error('a valid signature was refused');
  };
  verifyAll();
  const start = threadSeconds();
  verifyAll();
  return (threadSeconds() - start) / ROUNDS;
};
