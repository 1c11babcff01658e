import { join } from 'node:path';
import { either as E } from 'fp-ts';
import { afterAll, expect, test } from 'vitest';
import { generateKeyPair } from '@zhtp/crypto';
import { heightKey, type LedgerState } from '@zhtp/ledger';
import { bytesToHex, type KeyPair } from '@zhtp/types';
import { keyStanding, type ConsensusKeys } from '../src/consensus-keys.ts';
import { homeAt } from '../src/home.ts';
import { cleanUp, newFolder } from './support/cli.ts';
import { foundedChain } from './support/founded-chain.ts';

afterAll(cleanUp);

test('a home’s keys are held against what the chain says of its validator', async () => {
  const { genesis, state: first } = await foundedChain(join(await newFolder(), 'net'), 2);
  const [founder, other] = genesis.validators;
  if (founder === undefined || other === undefined) throw new Error('two validators');
  const { identity } = founder;
  const keyPair = (publicKey: Uint8Array): KeyPair => ({
    algorithm: 'ML-DSA-44',
    publicKey,
    secretKey: new Uint8Array(0),
  });
  const [oldKey, strangers] = [keyPair(founder.consensusKey), keyPair(other.consensusKey)];
  const [newKey, unknown] = [generateKeyPair('ML-DSA-44'), generateKeyPair('ML-DSA-44')];
  const home = homeAt('/home');
  const said = (state: LedgerState, ...keys: ConsensusKeys): string => {
    const standing = keyStanding(home, { identity, keys }, state);
    return E.isLeft(standing) ? `refused: ${standing.left.message}` : (standing.right ?? 'fine');
  };

  const account = first.staking.accounts.get(identity);
  if (account === undefined) throw new Error('a founder is registered');
  const known = { ...first.staking, keys: first.staking.keys.with(bytesToHex(newKey.publicKey), identity) };
  const pending: LedgerState = {
    ...first,
    staking: { ...known, accounts: known.accounts.with(identity, { ...account, pendingKey: newKey.publicKey }) },
  };
  const { validator } = account;
  const rotated = { ...account, validator: { ...validator, consensusKey: newKey.publicKey } };
  const member = (consensusKey: Uint8Array) => [{ identity, consensusKey, votingPower: 1n }];
  const changed: LedgerState = {
    ...pending,
    staking: { ...known, accounts: known.accounts.with(identity, rotated) },
    sets: first.sets.with(heightKey(1n), member(oldKey.publicKey)).with(heightKey(12n), member(newKey.publicKey)),
  };
  const after = (height: bigint): LedgerState => ({
    ...changed,
    previous: { height, atSeconds: 0n, proposer: identity, fees: 0n },
  });

  expect(said(first, oldKey)).toBe('fine');
  expect(said(pending, oldKey)).toMatch(
    /from the next epoch on .* put its file there as \/home\/keys\/consensus-next\.json/,
  );
  expect(said(pending, oldKey, newKey)).toBe('fine');
  expect(said(pending, newKey)).toMatch(/^until the next epoch .* nothing is signed until then/);
  // The set of height 12 has the new key: the old one still decides 11, and nothing from 12 on.
  expect(said(after(10n), oldKey)).toMatch(/^from the next epoch on/);
  expect(said(after(11n), oldKey)).toMatch(/^refused: .* gave up/);
  expect(said(after(500n), oldKey)).toMatch(/^refused: .* gave up/);
  expect(said(after(500n), oldKey, newKey)).toBe('fine');
  expect(said(after(500n), newKey)).toBe('fine');
  expect(said(first, strangers)).toMatch(new RegExp(`^refused: .*key of validator ${other.identity}`));
  expect(said(first, unknown)).toMatch(/as far as this home knows it.*until the chain has changed it/);
});
