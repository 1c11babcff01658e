import { access, readFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { checkGenesis, readGenesis } from '@zhtp/chain';
import { bytesToHex, hash, type Genesis, type Hash, type IdentityId } from '@zhtp/types';
import { loadConfig, type Home } from './home.ts';
import { readKeyFile, readPublicKeyFile, writeSecretFile } from './key-files.ts';
import { asFailure, attemptFile, fail, failure, type Failure, type Outcome } from './outcome.ts';
import { passphraseFor } from './passphrase.ts';
import type { NodeParts, ValidatorKey } from './wiring.ts';

/** The chain this data folder has started with; none before its first start. */
const expectedHash = async ({ genesisHash }: Home): Outcome<Hash | undefined> => {
  if (!(await exists(genesisHash))) return E.right(undefined);
  const text = await attemptFile('reading the genesis hash', genesisHash, () => readFile(genesisHash, 'utf8'));
  return E.isLeft(text) ? text : asFailure(hash(text.right.trim()));
};

const parseGenesis = (path: string, source: string, expected: Hash | undefined): Either<Failure, Genesis> => {
  const read = readGenesis(source, expected);
  const checked = E.isLeft(read) ? read : checkGenesis(read.right);
  return E.mapLeft(({ message }: { readonly message: string }) => failure(`${path}: ${message}`))(checked);
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Whose key it is: the validator's that has it in genesis, or the home's own account's, which joins the chain by a
 * transaction. A validator of genesis with another key than genesis gives it is in the wrong home.
 */
const keyOwner = async (home: Home, { validators }: Genesis, publicKey: Uint8Array): Outcome<IdentityId> => {
  const wanted = bytesToHex(publicKey);
  const validator = validators.find(({ consensusKey }) => bytesToHex(consensusKey) === wanted);
  if (validator !== undefined) return E.right(validator.identity);
  const account = await readPublicKeyFile(home.accountKey);
  const joins = E.isRight(account) && !validators.some(({ identity }) => identity === account.right.identity);
  return joins
    ? E.right(account.right.identity)
    : fail(
        `${home.consensusKey} is the key of no validator in ${home.genesis}; use the genesis this key was made for, or move the key away to run a full node`,
      );
};

/** The consensus key and whose it is; undefined in a home without one, which runs a full node. */
const validatorKey = async (
  home: Home,
  genesis: Genesis,
  passphraseFile: string | undefined,
): Outcome<ValidatorKey | undefined> => {
  if (!(await exists(home.consensusKey))) return E.right(undefined);
  const passphrase = await passphraseFor(home.consensusKey, passphraseFile);
  if (E.isLeft(passphrase)) return passphrase;
  const keyPair = await readKeyFile(home.consensusKey, passphrase.right);
  if (E.isLeft(keyPair)) return keyPair;
  const owner = await keyOwner(home, genesis, keyPair.right.publicKey);
  return E.isLeft(owner) ? owner : E.right({ identity: owner.right, keyPair: keyPair.right });
};

/** A home without a peer key gets a new one, and with it a new peer id: it names the node to its peers and guards nothing else. */
const readPeerKey = async ({ peerKey }: Home): Outcome<Uint8Array> => {
  if (!(await exists(peerKey))) {
    // Loaded only here: commands that ask a node do without libp2p.
    const { generatePeerKey } = await import('@zhtp/network/node');
    const key = await generatePeerKey();
    const written = await writeSecretFile(peerKey, key);
    return E.isLeft(written) ? written : E.right(key);
  }
  const bytes = await attemptFile('reading the peer key', peerKey, () => readFile(peerKey));
  return E.isLeft(bytes) ? bytes : E.right(new Uint8Array(bytes.right));
};

/** The genesis of a home: the one its data belongs to, if it has started before. */
export const readHomeGenesis = async (home: Home): Outcome<Genesis> => {
  const source = await attemptFile('reading genesis', home.genesis, () => readFile(home.genesis, 'utf8'));
  if (E.isLeft(source)) return source;
  const expected = await expectedHash(home);
  return E.isLeft(expected) ? expected : parseGenesis(home.genesis, source.right, expected.right);
};

/** Reads and checks the files of a home. */
export const readParts = async (
  home: Home,
  passphraseFile: string | undefined,
): Outcome<Omit<NodeParts, 'log' | 'warn'>> => {
  const config = await loadConfig(home);
  if (E.isLeft(config)) return config;
  const genesis = await readHomeGenesis(home);
  if (E.isLeft(genesis)) return genesis;
  const validator = await validatorKey(home, genesis.right, passphraseFile);
  if (E.isLeft(validator)) return validator;
  const peerKey = await readPeerKey(home);
  if (E.isLeft(peerKey)) return peerKey;
  return E.right({
    home,
    config: config.right,
    genesis: genesis.right,
    validator: validator.right,
    peerKey: peerKey.right,
  });
};
