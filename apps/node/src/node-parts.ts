import { access, readFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { checkGenesis, readGenesis } from '@zhtp/chain';
import { bytesToHex, hash, type Genesis, type Hash, type IdentityId, type KeyPair } from '@zhtp/types';
import { createKeyRing } from './consensus-keys.ts';
import { loadConfig, type Home } from './home.ts';
import { readKeyFile, readPublicKeyFile, writeSecretFile } from './key-files.ts';
import { asFailure, attemptFile, fail, failure, type Failure, type Outcome } from './outcome.ts';
import { passphraseFor } from './passphrase.ts';
import type { NodeParts, ValidatorKey } from './wiring.ts';

/** What an operator says about the keys of a home. */
export interface StartKeys {
  readonly passphraseFile?: string;
  /** The consensus key is one that the chain has taken over since genesis. */
  readonly rotatedKey?: boolean;
}

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
 * Whose key it is: the validator's that has it in genesis, or the home's own account's, which joins the chain or changes
 * its key there by a transaction. Where nothing of the chain is known yet, a validator of genesis with another key than
 * genesis gives it is in the wrong home, unless its operator says that the chain knows the key.
 */
const keyOwner = async (
  home: Home,
  { validators }: Genesis,
  publicKey: Uint8Array,
  mayBeRotated: boolean,
): Outcome<IdentityId> => {
  const wanted = bytesToHex(publicKey);
  const validator = validators.find(({ consensusKey }) => bytesToHex(consensusKey) === wanted);
  if (validator !== undefined) return E.right(validator.identity);
  const account = await readPublicKeyFile(home.accountKey);
  const isFounder = E.isRight(account) && validators.some(({ identity }) => identity === account.right.identity);
  if (E.isRight(account) && (!isFounder || mayBeRotated)) return E.right(account.right.identity);
  const rotated = isFounder ? ', start with --rotated-key if the chain has taken it by zhtp tx rotate-key' : '';
  return fail(
    `${home.consensusKey} is the key of no validator in ${home.genesis}; use the genesis this key was made for${rotated}, or move the key away to run a full node`,
  );
};

const openKey = async (path: string, passphraseFile: string | undefined, mayAsk?: false): Outcome<KeyPair> => {
  const passphrase = await passphraseFor(path, passphraseFile, mayAsk);
  return E.isLeft(passphrase) ? passphrase : readKeyFile(path, passphrase.right);
};

/** The next key: of nobody else, and of the scheme that the other one is of. */
const nextKey = async (
  { nextConsensusKey }: Home,
  { validators }: Genesis,
  passphraseFile: string | undefined,
  current: KeyPair,
  mayAsk?: false,
): Outcome<readonly KeyPair[]> => {
  if (!(await exists(nextConsensusKey))) return E.right([]);
  const next = await openKey(nextConsensusKey, passphraseFile, mayAsk);
  if (E.isLeft(next)) return next;
  const { publicKey, algorithm } = next.right;
  if (algorithm !== current.algorithm)
    return fail(
      `${nextConsensusKey} is of ${algorithm}, the chain signs with ${current.algorithm}; make a key of that`,
    );
  const wanted = bytesToHex(publicKey);
  return validators.some(({ consensusKey }) => bytesToHex(consensusKey) === wanted)
    ? fail(
        `${nextConsensusKey} is a key of genesis, and no key serves twice; make a new one with zhtp keys new, or move the file away`,
      )
    : E.right([next.right]);
};

/** The consensus keys and whose they are; undefined in a home without one, which runs a full node. */
const validatorKey = async (
  home: Home,
  genesis: Genesis,
  { passphraseFile, rotatedKey }: StartKeys,
): Outcome<ValidatorKey | undefined> => {
  if (!(await exists(home.consensusKey)))
    return (await exists(home.nextConsensusKey))
      ? fail(
          `${home.nextConsensusKey} is there and ${home.consensusKey} is not; rename it to that, or move it away to run a full node`,
        )
      : E.right(undefined);
  const current = await openKey(home.consensusKey, passphraseFile);
  if (E.isLeft(current)) return current;
  const next = await nextKey(home, genesis, passphraseFile, current.right);
  if (E.isLeft(next)) return next;
  // What has started before knows the chain, and holds its keys against that.
  const mayBeRotated = rotatedKey === true || (await exists(home.genesisHash));
  const owner = await keyOwner(home, genesis, current.right.publicKey, mayBeRotated);
  return E.isLeft(owner)
    ? owner
    : E.right({
        identity: owner.right,
        ring: createKeyRing([current.right, ...next.right]),
        openNext: () => nextKey(home, genesis, passphraseFile, current.right, false),
      });
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
export const readParts = async (home: Home, options: StartKeys): Outcome<Omit<NodeParts, 'log' | 'warn'>> => {
  const config = await loadConfig(home);
  if (E.isLeft(config)) return config;
  const genesis = await readHomeGenesis(home);
  if (E.isLeft(genesis)) return genesis;
  const validator = await validatorKey(home, genesis.right, options);
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
