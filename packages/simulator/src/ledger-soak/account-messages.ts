import { accountOf, type LedgerMessage } from '@zhtp/ledger';
import { minBigint, MICRO_PER_ZHTP } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { drawAmount } from './amounts.ts';
import type { MessageMaker } from './message-makers.ts';
import { drawEvidence } from './offences.ts';
import { anybody } from './staking-messages.ts';

/** What most transfers are about, at most. */
const POCKET = 5_000n * MICRO_PER_ZHTP;

/** About accounts, and what anybody may hand in. */
export const ACCOUNT_MAKERS = {
  Transfer: {
    by: anybody,
    make: (scene, { identity }) => {
      const { random, state, cast } = scene;
      const balance = O.toUndefined(accountOf(state, identity))?.balance ?? 0n;
      const recipient = random.chance(150) ? cast.arrive() : random.chance(20) ? { identity } : anybody(scene);
      return {
        _tag: 'Transfer',
        recipient: recipient.identity,
        amount: drawAmount(random, minBigint(balance, POCKET)),
      };
    },
  },
  ChangeAccountKey: {
    by: anybody,
    make: ({ random, cast }) => {
      if (random.chance(100)) return { _tag: 'ChangeAccountKey', key: new Uint8Array(random.int(0, 40)) };
      return { _tag: 'ChangeAccountKey', key: random.chance(400) ? cast.freshPolicy(random) : cast.freshKey() };
    },
  },
  SubmitEvidence: {
    by: anybody,
    make: (scene) => ({ _tag: 'SubmitEvidence', evidence: drawEvidence(scene) }),
  },
} as const satisfies { readonly [Tag in LedgerMessage['_tag']]?: MessageMaker<Tag> };
