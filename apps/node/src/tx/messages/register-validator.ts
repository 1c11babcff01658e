import { either as E } from 'fp-ts';
import { registerValidator as messageOf } from '@zhtp/ledger';
import { wholeNumber } from '../../commands/testnet.ts';
import { consensusKeyOption } from '../consensus-key-option.ts';
import { messageCommand } from '../message-command.ts';
import { amountOption, u64Option } from '../tx-options.ts';

interface RegistrationOptions {
  readonly consensusKey: string;
  readonly consensusPassphraseFile?: string;
  readonly stake: string;
  readonly storageGib: string;
  readonly commission: string;
  readonly maxRate: string;
  readonly maxDailyChange: string;
}

const BYTES_PER_GIB = 1_073_741_824n;

export const registerValidator = messageCommand<'RegisterValidator', RegistrationOptions>({
  name: 'register-validator',
  description: 'become a validator with a part of the sender’s balance, from the next epoch boundary',
  example: 'register-validator --from ./node4 --consensus-key ./node4 --stake 1000 --commission 5 --wait',
  afterwards:
    'It enters the set at the next epoch boundary; its node must run by then (zhtp start). See: zhtp query validator',
  addOptions: (command) =>
    command
      .requiredOption('--consensus-key <key>', 'key file that will sign votes, or a home, whose consensus key is taken')
      .option('--consensus-passphrase-file <file>', 'file with its passphrase, where it is not that of --from')
      .requiredOption('--stake <zhtp>', 'own stake, ZHTP with at most 6 decimals')
      .option('--storage-gib <gib>', 'storage it promises', '0')
      .option('--commission <percent>', 'share of delegators’ rewards that it keeps', '5')
      .option('--max-rate <percent>', 'highest commission it may ever ask for', '100')
      .option('--max-daily-change <points>', 'most points its commission may move in a day', '5'),
  message: async (options, { sender, facts }) => {
    const stake = amountOption('--stake', options.stake);
    if (E.isLeft(stake)) return stake;
    const storage = u64Option('--storage-gib', options.storageGib);
    if (E.isLeft(storage)) return storage;
    const commissionRate = wholeNumber('--commission', options.commission, 0, 100);
    if (E.isLeft(commissionRate)) return commissionRate;
    const maxRate = wholeNumber('--max-rate', options.maxRate, 0, 100);
    if (E.isLeft(maxRate)) return maxRate;
    const maxDailyChange = wholeNumber('--max-daily-change', options.maxDailyChange, 0, 100);
    if (E.isLeft(maxDailyChange)) return maxDailyChange;
    const key = await consensusKeyOption(options.consensusKey, options.consensusPassphraseFile);
    if (E.isLeft(key)) return key;
    const message = messageOf({
      chainId: facts.chainId,
      identity: sender,
      consensusKey: key.right,
      stake: stake.right,
      storageProvided: storage.right * BYTES_PER_GIB,
      commissionRate: commissionRate.right,
      maxRate: maxRate.right,
      maxDailyChange: maxDailyChange.right,
    });
    return E.right(message);
  },
});
