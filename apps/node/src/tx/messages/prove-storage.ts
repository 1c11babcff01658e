import { either as E, option as O } from 'fp-ts';
import { submitAttestation } from '@zhtp/ledger';
import { storageAnswerCodec } from '../../answers/storage.ts';
import { heldKey } from '../../consensus-keys.ts';
import { storageProverOf } from '../../held-storage.ts';
import { nodeClient, readAnswer } from '../../node-client.ts';
import { fail } from '../../outcome.ts';
import { consensusKeyOption } from '../consensus-key-option.ts';
import { messageCommand } from '../message-command.ts';
import { storageFileOption } from '../storage-file-option.ts';

interface ProveOptions {
  readonly consensusKey: string;
  readonly consensusPassphraseFile?: string;
  readonly file?: string;
}

const MS_PER_SECOND = 1_000;

export const proveStorage = messageCommand<'ProveStorage', ProveOptions>({
  name: 'prove-storage',
  description: 'show that a validator holds the bytes it committed to, between its proposals',
  example: 'prove-storage --from ./node4 --consensus-key ./node4 --wait',
  addOptions: (command) =>
    command
      .requiredOption('--consensus-key <key>', 'key file that signs for the validator, or its home')
      .option('--consensus-passphrase-file <file>', 'file with its passphrase, where it is not that of --from')
      .option('--file <file>', 'the bytes; storage.bin of the home in --from when left out'),
  message: async (options, { sender, facts }) => {
    const path = await storageFileOption(options.file, options.from);
    if (E.isLeft(path)) return path;
    const client = nodeClient(options.node);
    const json = await client.get(`/staking/validators/${sender}/storage`);
    if (E.isLeft(json)) return json;
    const answer = readAnswer(client, storageAnswerCodec, json.right);
    if (E.isLeft(answer)) return answer;
    const commitment = O.toUndefined(answer.right.commitment);
    if (commitment === undefined)
      return fail(`validator ${sender} has committed no storage; do so with: zhtp tx commit-storage`);
    const challenge = O.toUndefined(answer.right.challenge);
    if (challenge === undefined || challenge.height <= commitment.height)
      return fail(
        `nothing is asked about what was committed at height ${String(commitment.height)} yet; try again after the next block`,
      );
    const key = await consensusKeyOption(options.consensusKey, options.consensusPassphraseFile);
    if (E.isLeft(key)) return key;
    const acting = O.toUndefined(answer.right.consensusKey);
    if (acting === undefined || heldKey([key.right], acting) === undefined)
      return fail(`--consensus-key is not the key that the chain acts with for validator ${sender} in the next block`);
    const attestation = await storageProverOf(path.right, () => [key.right])({
      chainId: facts.chainId,
      validator: sender,
      commitment,
      consensusKey: acting,
      ...challenge,
      timestamp: BigInt(Math.floor(Date.now() / MS_PER_SECOND)),
    })();
    return E.isLeft(attestation) ? fail(attestation.left.message) : E.right(submitAttestation(attestation.right));
  },
});
