import { either as E } from 'fp-ts';
import { changeConsensusKey } from '@zhtp/ledger';
import { consensusKeyOption } from '../consensus-key-option.ts';
import { messageCommand } from '../message-command.ts';

interface RotationOptions {
  readonly consensusKey: string;
  readonly consensusPassphraseFile?: string;
}

export const rotateKey = messageCommand<'ChangeConsensusKey', RotationOptions>({
  name: 'rotate-key',
  description: 'give the sender’s validator another consensus key, from the next epoch boundary',
  example: 'rotate-key --from ./testnet/node0 --consensus-key ./testnet/node0/keys/consensus-next.json --wait',
  afterwards:
    'The key acts from the next epoch on. The node of the validator needs its file as keys/consensus-next.json of its home, and takes it while it runs.',
  addOptions: (command) =>
    command
      .requiredOption('--consensus-key <key>', 'key file of the new key, or a home, whose consensus key is taken')
      .option('--consensus-passphrase-file <file>', 'file with its passphrase, where it is not that of --from'),
  message: async (options, { sender, facts }) => {
    const key = await consensusKeyOption(options.consensusKey, options.consensusPassphraseFile);
    return E.isLeft(key)
      ? key
      : E.right(changeConsensusKey({ chainId: facts.chainId, identity: sender, consensusKey: key.right }));
  },
});
