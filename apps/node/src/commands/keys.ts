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
import { bytesToHex, signatureAlgorithmCodec } from '@zhtp/types';
import { makeFolders } from '../folders.ts';
import { readPublicKeyFile, writeKeyFile } from '../key-files.ts';
import { attemptFile, fail, type Outcome } from '../outcome.ts';
import { newPassphrase } from '../passphrase.ts';
import { keyFileAt } from '../recipient.ts';
import { addJsonOption, columns, print, printJson, type JsonOption, type Run } from './common.ts';

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
  const key = await readPublicKeyFile(file);
  if (E.isLeft(key)) return key;
  printKey(resolve(file), key.right, options);
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
    .addHelpText('after', '\nExample:\n  zhtp keys new --output ./carol.json\n')
    .action((options: NewOptions) => run(newKey(options)));
  addJsonOption(keys.command('show <file>'))
    .description('identity and public key of a key file, or of the account of a home; needs no passphrase')
    .addHelpText('after', '\nExample:\n  zhtp keys show ./carol.json\n')
    .action((file: string, options: JsonOption) => run(showKey(file, options)));
  addJsonOption(keys.command('list <folder>'))
    .description('the key files of a folder')
    .addHelpText('after', '\nExample:\n  zhtp keys list ./testnet/accounts\n')
    .action((folder: string, options: JsonOption) => run(listKeys(folder, options)));
};
