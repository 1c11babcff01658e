import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { either as E } from 'fp-ts';
import type { Command } from 'commander';
import {
  DEVELOPMENT_SCRYPT_COST,
  generateKeyPair,
  identityOf,
  SIGNATURE_ALGORITHMS,
  type PublicKeyFile,
} from '@zhtp/crypto';
import { MULTISIG_KEYS_MAX } from '@zhtp/ledger';
import { bytesToHex, signatureAlgorithmCodec } from '@zhtp/types';
import { readAccountFile, sharedAccount, writeSharedAccount, type AccountFile } from '../account-file.ts';
import { makeFolders } from '../folders.ts';
import { readPublicKeyFile, writeKeyFile } from '../key-files.ts';
import { asFailure, attemptFile, fail, type Outcome } from '../outcome.ts';
import { newPassphrase } from '../passphrase.ts';
import { identityArgument, keyFileAt } from '../recipient.ts';
import { addJsonOption, collect, columns, print, printJson, type JsonOption, type Run } from './common.ts';
import { wholeNumber } from './testnet.ts';

const KEY_PREFIX_CHARACTERS = 32;

const keyJson = (file: string, { algorithm, publicKey, identity }: PublicKeyFile): object => ({
  file,
  algorithm,
  identity,
  publicKey: bytesToHex(publicKey),
});

const printKey = (file: string, key: PublicKeyFile, { json }: JsonOption): void => {
  if (json === true) printJson(keyJson(file, key));
  else
    print(
      columns([
        ['file', file],
        ['algorithm', key.algorithm],
        ['identity', key.identity],
        [
          'public key',
          `${bytesToHex(key.publicKey).slice(0, KEY_PREFIX_CHARACTERS)}… (${String(key.publicKey.length)} bytes; --json prints all)`,
        ],
      ]),
    );
};

const printSharedAccount = (file: string, account: AccountFile, { json }: JsonOption): void => {
  const { algorithm, identity, publicKey, policy } = account;
  const holders = (policy?.keys ?? []).map((key) => identityOf(algorithm, key));
  const threshold = policy?.threshold ?? 1;
  if (json === true) printJson({ file, algorithm, identity, threshold, holders, publicKey: bytesToHex(publicKey) });
  else
    print(
      columns([
        ['file', file],
        ['algorithm', algorithm],
        ['identity', identity],
        ['signatures', `${String(threshold)} of ${String(holders.length)}`],
        ...holders.map((holder, i) => [`key ${String(i)}`, holder] as const),
      ]),
    );
};

interface NewOptions extends JsonOption {
  readonly output: string;
  readonly algorithm: string;
  readonly passphraseFile?: string;
  readonly development?: boolean;
}

const newKey = async (options: NewOptions): Outcome<void> => {
  const { algorithm } = options;
  if (!signatureAlgorithmCodec.json.is(algorithm))
    return fail(`--algorithm is "${algorithm}"; use one of ${SIGNATURE_ALGORITHMS.join(', ')}`);
  const path = resolve(options.output);
  // Before anybody is asked for a passphrase; the write itself refuses again.
  if (existsSync(path)) return fail(`${path} exists already; choose another name, nothing was overwritten`);
  const passphrase = await newPassphrase(options.passphraseFile);
  if (E.isLeft(passphrase)) return passphrase;
  const folder = await attemptFile('preparing the folder of a key', dirname(path), () =>
    makeFolders(dirname(path), 0o700),
  );
  if (E.isLeft(folder)) return folder;
  const keyPair = generateKeyPair(algorithm);
  const written = await writeKeyFile(
    path,
    keyPair,
    passphrase.right,
    options.development === true ? DEVELOPMENT_SCRYPT_COST : undefined,
  );
  if (E.isLeft(written)) return written;
  printKey(
    path,
    { algorithm, publicKey: keyPair.publicKey, identity: identityOf(algorithm, keyPair.publicKey) },
    options,
  );
  return E.right(undefined);
};

const showKey = async (path: string, options: JsonOption): Outcome<void> => {
  const file = await keyFileAt(path);
  const account = await readAccountFile(file);
  if (E.isLeft(account)) return account;
  if (account.right.policy === undefined) printKey(resolve(file), account.right, options);
  else printSharedAccount(resolve(file), account.right, options);
  return E.right(undefined);
};

const listKeys = async (folder: string, options: JsonOption): Outcome<void> => {
  const names = await attemptFile('listing keys', folder, () => readdir(folder));
  if (E.isLeft(names)) return names;
  const found: (readonly [string, PublicKeyFile])[] = [];
  for (const name of names.right.filter((entry) => entry.endsWith('.json')).sort()) {
    const key = await readPublicKeyFile(join(folder, name));
    if (E.isRight(key)) found.push([join(folder, name), key.right]);
  }
  if (options.json === true) printJson(found.map(([file, key]) => keyJson(file, key)));
  else if (found.length === 0) print(`no key files in ${folder}`);
  else for (const [file, { algorithm, identity }] of found) print(`${identity}  ${algorithm}  ${file}`);
  return E.right(undefined);
};

interface MultisigOptions extends JsonOption {
  readonly threshold: string;
  readonly key: readonly string[];
  readonly output: string;
  readonly account?: string;
}

const newSharedAccount = async (options: MultisigOptions): Outcome<void> => {
  const threshold = wholeNumber('--threshold', options.threshold, 1, MULTISIG_KEYS_MAX);
  if (E.isLeft(threshold)) return threshold;
  const account = options.account === undefined ? E.right(undefined) : await identityArgument(options.account);
  if (E.isLeft(account)) return account;
  const keys: PublicKeyFile[] = [];
  for (const path of options.key) {
    const key = await readPublicKeyFile(await keyFileAt(path));
    if (E.isLeft(key)) return key;
    keys.push(key.right);
  }
  const [first] = keys;
  if (first === undefined) return fail('--key is missing; name the key file of each holder');
  const other = keys.find(({ algorithm }) => algorithm !== first.algorithm);
  if (other !== undefined)
    return fail(`keys of ${first.algorithm} and of ${other.algorithm} cannot act together; a chain has one scheme`);
  const request = {
    algorithm: first.algorithm,
    threshold: threshold.right,
    publicKeys: keys.map(({ publicKey }) => publicKey),
    account: account.right,
  };
  const shared = asFailure(sharedAccount(request));
  if (E.isLeft(shared)) return shared;
  const path = resolve(options.output);
  const written = await writeSharedAccount(path, request);
  if (E.isLeft(written)) return written;
  printSharedAccount(path, shared.right, options);
  return E.right(undefined);
};

export const addKeysCommand = (program: Command, run: Run): void => {
  const keys = program
    .command('keys')
    .description('make and look at encrypted key files')
    .addHelpText('after', '\nExample:\n  zhtp keys list ./testnet/accounts\n');
  addJsonOption(keys.command('new'))
    .description('a new key pair in an encrypted file, readable by its owner alone')
    .requiredOption('--output <file>', 'the file to write; never overwritten')
    .option('--algorithm <name>', SIGNATURE_ALGORITHMS.join(', '), 'ML-DSA-65')
    .option('--passphrase-file <file>', 'file with the passphrase (or set ZHTP_PASSPHRASE); asked for otherwise')
    .option('--development', 'cheap passphrase hashing, for test networks only')
    .addHelpText(
      'after',
      '\nExample:\n  zhtp keys new --output ./carol.json\n\nThe next consensus key of a validator, for zhtp tx rotate-key:\n  zhtp keys new --output ./testnet/node0/keys/consensus-next.json --passphrase-file ./testnet/node0/keys/passphrase\n',
    )
    .action((options: NewOptions) => run(newKey(options)));
  addJsonOption(keys.command('multisig'))
    .description('the file of an account of several keys, so many of which must sign; nothing in it is secret')
    .requiredOption('--threshold <count>', 'how many of the keys must sign')
    .requiredOption(
      '--key <key>',
      'key file of a holder, or what "keys show --json" printed of it; once per key, at most 16, in an order that counts',
      collect,
      [],
    )
    .requiredOption('--output <file>', 'the file to write; never overwritten')
    .option('--account <identity>', 'the account they are to act for, where another key founded it')
    .addHelpText(
      'after',
      '\nExample:\n  zhtp keys multisig --threshold 2 --key ./testnet/accounts/alice.json --key ./testnet/accounts/bob.json --key ./carol.json --output ./team.json\n',
    )
    .action((options: MultisigOptions) => run(newSharedAccount(options)));
  addJsonOption(keys.command('show <file>'))
    .description('identity and keys of a key file, of an account of several keys, or of a home; needs no passphrase')
    .addHelpText('after', '\nExample:\n  zhtp keys show ./carol.json\n')
    .action((file: string, options: JsonOption) => run(showKey(file, options)));
  addJsonOption(keys.command('list <folder>'))
    .description('the key files of a folder')
    .addHelpText('after', '\nExample:\n  zhtp keys list ./testnet/accounts\n')
    .action((folder: string, options: JsonOption) => run(listKeys(folder, options)));
};
