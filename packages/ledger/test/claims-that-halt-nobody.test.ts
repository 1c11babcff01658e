import { GIB, U64_MAX } from '@zhtp/types';
import { expect, test } from 'vitest';
import { people, stakedChain, type Person } from './support/staked-chain.ts';

const ZHTP = 1_000_000n;
const [honest, , , , hostile] = people as unknown as readonly [Person, Person, Person, Person, Person];

test('a newcomer that claims all the storage there is keeps nobody from showing more, nor the chain from going on', () => {
  const chain = stakedChain({ config: { consensusType: 'Hybrid', epochLengthBlocks: 10n } });
  chain.next();
  chain.next({
    messages: [
      [
        hostile,
        {
          _tag: 'RegisterValidator',
          stake: 1_000n * ZHTP,
          storageProvided: U64_MAX,
          consensusKey: hostile.key,
          proofOfPossession: new Uint8Array(1),
          commissionRate: 0,
          maxRate: 0,
          maxDailyChange: 0,
        },
      ],
    ],
  });
  expect(chain.validator(hostile)?.storageProvided).toBe(U64_MAX);
  expect(honest.who < hostile.who).toBe(true);
  const state = chain.state();
  const attested = state.proofs.attested.with(honest.who, { capacity: 4n * GIB, challengeHeight: 2n });
  chain.replace({ ...state, proofs: { ...state.proofs, attested } });
  chain.passBlocks(10);
  expect(chain.validator(honest)?.storageProvided).toBe(4n * GIB);
  expect(chain.validator(hostile)?.storageProvided).toBe(0n);
});
