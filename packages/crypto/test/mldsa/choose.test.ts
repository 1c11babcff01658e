import {
  chooseBackend,
  createRuntimeBackend,
  defaultBackendChoice,
  SIGNATURE_ALGORITHMS,
  type SignatureBackend,
} from '@zhtp/crypto';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { noble, runtime } from './back-ends.ts';

describe('the choice of a back end', () => {
  test.each(SIGNATURE_ALGORITHMS)('%s: is the runtime when it knows the answers, and is made once', (algorithm) => {
    expect(defaultBackendChoice(algorithm)).toMatchObject({
      algorithm,
      backend: { name: 'runtime' },
      reason: 'runtime: its ML-DSA passed the known-answer self-test',
    });
    expect(defaultBackendChoice(algorithm)).toBe(defaultBackendChoice(algorithm));
  });

  test('is noble where the runtime has none, and says so', () => {
    expect(chooseBackend('ML-DSA-65', noble, E.left('no such module'))).toEqual({
      algorithm: 'ML-DSA-65',
      backend: noble,
      reason: 'noble: no such module',
    });
    expect(createRuntimeBackend(noble, {})).toEqual(E.left("this runtime's crypto module lacks keys or signatures"));
  });

  const faults: readonly (readonly [string, Partial<SignatureBackend>, string])[] = [
    ['derives another key', { keygenFromSeed: () => new Uint8Array(1952) }, 'wrong public key'],
    ['refuses everything', { verify: () => 'invalid' }, 'refuses a known good signature'],
    ['accepts everything', { verify: () => 'valid' }, 'ignores the context'],
    [
      'does not read the signature',
      { verify: (check) => (new TextDecoder().decode(check.context).endsWith('v1') ? 'valid' : 'invalid') },
      'accepts a damaged signature',
    ],
    ['signs nonsense', { sign: () => new Uint8Array(3309) }, 'signs what others refuse'],
    [
      'throws',
      {
        keygenFromSeed: () => {
          throw new Error('unsupported');
        },
      },
      'unsupported',
    ],
  ];
  test.each(faults)('is noble when the runtime %s', (_what, fault, reason) => {
    const choice = chooseBackend('ML-DSA-65', noble, E.right({ ...runtime, ...fault }));
    expect(choice.backend).toBe(noble);
    expect(choice.reason).toContain(reason);
  });

  test('is refused loudly when the portable implementation itself is wrong', () => {
    const broken: SignatureBackend = { ...noble, sign: () => new Uint8Array(3309) };
    expect(() => chooseBackend('ML-DSA-65', broken, E.right(runtime))).toThrow('stop using this build');
  });
});
