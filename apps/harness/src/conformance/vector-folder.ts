import { causeText } from '@zhtp/types';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { either as E } from 'fp-ts';

/** Files below a folder, in order of their paths; or why there is no such folder. */
export const filesBelow = (root: string): E.Either<string, readonly string[]> => {
  const found = E.tryCatch(
    () => statSync(root),
    () => undefined,
  );
  if (E.isLeft(found)) return E.left(`${root} does not exist: name the folder that holds the vector files`);
  if (!found.right.isDirectory()) return E.left(`${root} is a file: name the folder that holds it`);
  return E.tryCatch(
    () => walk(root, '').toSorted((a, b) => (a < b ? -1 : 1)),
    (cause) => `${root} cannot be listed: ${causeText(cause)}`,
  );
};

/** Links to folders are not followed: they may lead in circles, and are reported as files that cannot be read. */
const walk = (root: string, below: string): readonly string[] =>
  readdirSync(join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? walk(root, path) : [path];
  });
