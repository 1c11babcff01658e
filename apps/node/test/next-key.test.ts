import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { either as E, option as O } from 'fp-ts';
import { afterAll, expect, test } from 'vitest';
import { DEVELOPMENT_SCRYPT_COST, generateKeyPair } from '@zhtp/crypto';
import type { CommitListener, LedgerState } from '@zhtp/ledger';
import type { KeyPair } from '@zhtp/types';
import { createKeyRing } from '../src/consensus-keys.ts';
import { homeAt } from '../src/home.ts';
import { readKeyFile, writeKeyFile } from '../src/key-files.ts';
import { takeNextKey } from '../src/next-key.ts';
import { cleanUp, newFolder, until } from './support/cli.ts';
import { foundedChain } from './support/founded-chain.ts';
import { right } from './support/right.ts';

afterAll(cleanUp);

test('a running node says what is missing of its next key, once each, and takes the file when it does', async () => {
  const folder = await newFolder();
  const { genesis, state: first } = await foundedChain(join(folder, 'net'), 1);
  const identity = genesis.validators[0]?.identity;
  const account = identity === undefined ? undefined : first.staking.accounts.get(identity);
  if (identity === undefined || account === undefined) throw new Error('a founder is registered');
  const [oldKey, newKey, another] = [1, 2, 3].map(() => generateKeyPair('ML-DSA-44'));
  if (oldKey === undefined || newKey === undefined || another === undefined) throw new Error('three keys');
  const stateWith = (consensusKey: Uint8Array, pendingKey: KeyPair | undefined): LedgerState => {
    const next = { ...account, validator: { ...account.validator, consensusKey } };
    const pending = pendingKey === undefined ? next : { ...next, pendingKey: pendingKey.publicKey };
    return { ...first, staking: { ...first.staking, accounts: first.staking.accounts.with(identity, pending) } };
  };

  const home = homeAt(join(folder, 'home'));
  const path = home.nextConsensusKey;
  await mkdir(dirname(path), { recursive: true });
  const put = async (keyPair: KeyPair): Promise<void> => {
    await rm(path, { force: true });
    right(await writeKeyFile(path, keyPair, 'right', DEVELOPMENT_SCRYPT_COST));
  };
  let passphrase = 'wrong';
  let opened = 0;
  const ring = createKeyRing([oldKey]);
  const said: string[] = [];
  let state = stateWith(oldKey.publicKey, undefined);
  let commit: CommitListener | undefined;
  const stop = takeNextKey(
    { home, log: (line) => said.push(line), warn: (line) => said.push(line) },
    {
      identity,
      ring,
      openNext: async () => {
        opened += 1;
        return E.map((key: KeyPair) => [key])(await readKeyFile(path, passphrase));
      },
    },
    {
      committedState: () => O.some(state),
      watchCommits: (listener) => {
        commit = listener;
        return () => {
          commit = undefined;
        };
      },
    },
  );
  /** Blocks go by until it has said something more. */
  const next = async (): Promise<string> => {
    const before = said.length;
    return until('a line of the log', () => {
      commit?.({ height: 1n, executed: [], events: [] });
      return said[before];
    });
  };

  commit?.({ height: 1n, executed: [], events: [] });
  state = stateWith(oldKey.publicKey, newKey);
  expect(await next()).toMatch(/which is not in this home: put its file there as .*takes it while it runs$/);
  await writeFile(path, '{');
  expect(await next()).toMatch(/what is there now does not do: .*is not JSON/);
  await put(another);
  expect(await next()).toMatch(/what is there now is the file of another key$/);
  expect(opened).toBe(0);
  // The chain comes to want the key whose file was left alone.
  state = stateWith(oldKey.publicKey, another);
  expect(await next()).toMatch(/is not taken while this node runs: .*; or start it again$/);
  expect(opened).toBe(1);
  state = stateWith(oldKey.publicKey, newKey);
  expect(await next()).toMatch(/what is there now is the file of another key$/);
  await put(newKey);
  expect(await next()).toMatch(/is not taken while this node runs: .*; or start it again$/);
  // To open a file is costly: one that did not do is left alone until it is written anew.
  commit?.({ height: 1n, executed: [], events: [] });
  passphrase = 'right';
  await put(newKey);
  expect(await next()).toMatch(/^took the key of .*consensus-next\.json/);
  expect(opened).toBe(3);
  expect(ring.keys().map(({ publicKey }) => publicKey)).toEqual([oldKey.publicKey, newKey.publicKey]);
  expect(said).toHaveLength(7);
  stop();
  expect(commit).toBe(undefined);
});
