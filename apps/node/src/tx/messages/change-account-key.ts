import { either as E } from 'fp-ts';
import { readAccountFile } from '../../account-file.ts';
import { fail } from '../../outcome.ts';
import { keyFileAt } from '../../recipient.ts';
import { messageCommand } from '../message-command.ts';

export const changeAccountKey = messageCommand<'ChangeAccountKey', { readonly newKey: string }>({
  name: 'change-account-key',
  description:
    'let another key, or several, act for the account from its next transaction on; then name it with --account',
  example: 'change-account-key --from ./testnet/accounts/alice.json --new-key ./team.json --wait',
  addOptions: (command) =>
    command.requiredOption('--new-key <key>', 'key file of the new key, or the file of an account of several keys'),
  message: async ({ newKey, from }, { sender }) => {
    const path = await keyFileAt(newKey);
    const file = await readAccountFile(path);
    if (E.isLeft(file)) return file;
    const current = await readAccountFile(await keyFileAt(from));
    if (E.isRight(current) && current.right.algorithm !== file.right.algorithm)
      return fail(
        `${path} is of ${file.right.algorithm}, account ${sender} signs with ${current.right.algorithm} as its chain does; give a key of that scheme`,
      );
    return E.right({ _tag: 'ChangeAccountKey', key: file.right.publicKey });
  },
});
