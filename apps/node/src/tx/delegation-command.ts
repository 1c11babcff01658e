import type { LedgerMessageOf } from '@zhtp/ledger';
import { either as E } from 'fp-ts';
import { identityArgument } from '../recipient.ts';
import { messageCommand, type AddMessage } from './message-command.ts';
import { amountOption } from './tx-options.ts';

interface DelegationOptions {
  readonly validator: string;
  readonly amount: string;
}

type DelegationTag = 'Delegate' | 'Undelegate';

/** A command about stake of the sender with one validator: which, and how much. */
export const delegationCommand = <Tag extends DelegationTag>(
  name: string,
  messageOf: (delegation: Omit<LedgerMessageOf<DelegationTag>, '_tag'>) => LedgerMessageOf<Tag>,
  description: string,
): AddMessage<Tag> =>
  messageCommand<Tag, DelegationOptions>({
    name,
    description,
    example: `${name} --from ./testnet/accounts/alice.json --validator ./testnet/node0 --amount 100 --wait`,
    addOptions: (command) =>
      command
        .requiredOption('--validator <identity>', 'identity of the validator (64 hex characters), its key file or home')
        .requiredOption('--amount <zhtp>', 'ZHTP with at most 6 decimals'),
    message: async (options) => {
      const amount = amountOption('--amount', options.amount);
      if (E.isLeft(amount)) return amount;
      const validator = await identityArgument(options.validator);
      if (E.isLeft(validator)) return validator;
      return E.right(messageOf({ validator: validator.right, amount: amount.right }));
    },
  });
