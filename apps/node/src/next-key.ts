import { stat } from 'node:fs/promises';
import { either as E, option as O } from 'fp-ts';
import type { LedgerApplication } from '@zhtp/ledger';
import { equalBytes } from '@zhtp/types';
import { missingKey, sayMissing } from './consensus-keys.ts';
import { readPublicKeyFile } from './key-files.ts';
import type { NodeParts, ValidatorKey } from './wiring.ts';

type Parts = Pick<NodeParts, 'home' | 'log' | 'warn'>;

type Committed = Pick<LedgerApplication, 'committedState' | 'watchCommits'>;

/** When a file was written; undefined when there is none. */
const writtenAt = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

/** Tries the file that is there for the key that is wanted; answers what there is to say when it is not taken. */
const take = async (
  { home, log }: Parts,
  { identity, ring, openNext }: ValidatorKey,
  wanted: Uint8Array,
): Promise<string | undefined> => {
  const path = home.nextConsensusKey;
  const found = await readPublicKeyFile(path);
  if (E.isLeft(found))
    return `${sayMissing(home, identity, wanted)}; what is there now does not do: ${found.left.message}`;
  if (!equalBytes(found.right.publicKey, wanted))
    return `${sayMissing(home, identity, wanted)}; what is there now is the file of another key`;
  const opened = await openNext();
  if (E.isLeft(opened))
    return `the next consensus key is not taken while this node runs: ${opened.left.message}; or start it again`;
  opened.right.forEach(ring.add);
  log(`took the key of ${path}: this node signs with it from the height on whose validator set names it`);
  return undefined;
};

/**
 * Looks after each block for the file of a key that the chain is to act with and this node does not hold, until it has come.
 * What was signed is remembered per validator, not per key: a key that comes late signs no slot a second time.
 * Answers how to stop that.
 */
export const takeNextKey = (parts: Parts, validator: ValidatorKey, application: Committed): (() => void) => {
  const { home, warn } = parts;
  let looking = false;
  let said: string | undefined;
  /** To open a key file takes a second: one that did not do is tried again when it is written anew, or another key is wanted. */
  let tried: { readonly wanted: Uint8Array; readonly written: number | undefined } | undefined;
  const look = async (wanted: Uint8Array): Promise<void> => {
    const written = await writtenAt(home.nextConsensusKey);
    if (written !== undefined && written === tried?.written && equalBytes(wanted, tried.wanted)) return;
    tried = { wanted, written };
    const say =
      written === undefined ? sayMissing(home, validator.identity, wanted) : await take(parts, validator, wanted);
    if (say !== undefined && say !== said) warn(say);
    said = say;
  };
  return application.watchCommits(() => {
    const state = O.toUndefined(application.committedState());
    const wanted = state === undefined ? undefined : missingKey(state, validator.identity, validator.ring.keys());
    if (wanted === undefined || looking) return;
    looking = true;
    void look(wanted).finally(() => {
      looking = false;
    });
  });
};
