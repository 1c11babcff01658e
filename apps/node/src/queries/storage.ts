import { option as O } from 'fp-ts';
import { storageAnswerCodec } from '../answers/storage.ts';
import { identityPath } from './identity-path.ts';
import { queryCommand } from './query-command.ts';

const bytes = (count: bigint): string => `${count.toLocaleString('en-US')} bytes`;

export const storage = queryCommand({
  usage: 'storage <identity>',
  description: 'what a validator has committed to hold and has shown; an identity, a key file or a home',
  example: 'storage ./testnet/node0',
  path: identityPath('/staking/validators/', '/storage'),
  codec: storageAnswerCodec,
  describe: ({ validator, commitment, attested, counted }) => [
    [
      ['validator', validator],
      ...(O.isNone(commitment)
        ? [['committed', 'nothing'] as const]
        : [
            ['committed', `at height ${String(commitment.value.height)}`] as const,
            ['root', commitment.value.root] as const,
            ['salt', commitment.value.salt] as const,
            ['blocks of', bytes(BigInt(commitment.value.blockBytes))] as const,
          ]),
      [
        'shown',
        O.isNone(attested)
          ? 'nothing'
          : `${bytes(attested.value.capacity)}, by the challenge of height ${String(attested.value.challengeHeight)}`,
      ],
      ['counts now', bytes(counted)],
    ],
  ],
});
