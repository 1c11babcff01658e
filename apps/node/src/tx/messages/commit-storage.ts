import { either as E } from 'fp-ts';
import { commitToStorage, withdrawStorage } from '@zhtp/ledger';
import { wholeNumber } from '../../commands/testnet.ts';
import { commitToFile, writeRandomFile } from '../../held-storage.ts';
import { fail } from '../../outcome.ts';
import { messageCommand } from '../message-command.ts';
import { storageFileOption } from '../storage-file-option.ts';

interface CommitOptions {
  readonly file?: string;
  readonly createMib?: string;
  readonly blockBytes: string;
  readonly withdraw?: boolean;
}

const MIB = 1_048_576;
const CREATED_MIB_MAX = 1_048_576;
const BLOCK_BYTES_MIN = 1_024;
const BLOCK_BYTES_MAX = 262_144;

export const commitStorage = messageCommand<'CommitStorage', CommitOptions>({
  name: 'commit-storage',
  description:
    'commit a validator to the bytes of a file, in place of an earlier one; its node answers for storage.bin of its home',
  example: 'commit-storage --from ./node4 --create-mib 1 --wait',
  addOptions: (command) =>
    command
      .option('--file <file>', 'the bytes; storage.bin of the home in --from when left out')
      .option('--create-mib <mib>', 'write so many MiB of random bytes there first; the file must not exist')
      .option('--block-bytes <bytes>', 'of a block, thirty of which prove: a power of two, 1024 to 262144', '1024')
      .option('--withdraw', 'hold nothing any more'),
  message: async ({ file, createMib, blockBytes, withdraw, from, dryRun }, { sender }) => {
    if (withdraw === true)
      return file === undefined && createMib === undefined
        ? E.right(withdrawStorage())
        : fail('--withdraw takes back what was committed: leave --file and --create-mib out');
    const size = wholeNumber('--block-bytes', blockBytes, BLOCK_BYTES_MIN, BLOCK_BYTES_MAX);
    if (E.isLeft(size)) return size;
    const path = await storageFileOption(file, from);
    if (E.isLeft(path)) return path;
    if (createMib !== undefined) {
      if (dryRun === true) return fail('--create-mib writes a file, --dry-run nothing: give one of the two');
      const mib = wholeNumber('--create-mib', createMib, 1, CREATED_MIB_MAX);
      if (E.isLeft(mib)) return mib;
      const written = await writeRandomFile(path.right, mib.right * MIB);
      if (E.isLeft(written)) return written;
    }
    const committed = await commitToFile(path.right, sender, size.right);
    return E.isLeft(committed) ? committed : E.right(commitToStorage(committed.right));
  },
});
