import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { either as E } from 'fp-ts';
import type { HostedApplication } from '@zhtp/ledger';
import { attemptFile, fail, type Outcome } from './outcome.ts';

const isHosted = (candidate: unknown): candidate is HostedApplication =>
  typeof candidate === 'object' &&
  candidate !== null &&
  'name' in candidate &&
  typeof candidate.name === 'string' &&
  'call' in candidate &&
  typeof candidate.call === 'function';

/** The application that a module of a user's own exports as `application`; none where no file is named. */
export const loadHosted = async (file: string | undefined): Outcome<HostedApplication | undefined> => {
  if (file === undefined) return E.right(undefined);
  const path = resolve(file);
  const loaded = await attemptFile('loading the application', path, async () => {
    // Else the runtime would speak of modules, and name this program as who imported it.
    await access(path);
    return import(pathToFileURL(path).href) as Promise<unknown>;
  });
  if (E.isLeft(loaded)) return loaded;
  const exported = loaded.right;
  const candidate =
    typeof exported === 'object' && exported !== null && 'application' in exported ? exported.application : undefined;
  return isHosted(candidate)
    ? E.right(candidate)
    : fail(
        `${path} exports no application: a module of JavaScript or TypeScript that exports \`application\` with a name and a function \`call\` is needed (HostedApplication of @zhtp/ledger)`,
      );
};
