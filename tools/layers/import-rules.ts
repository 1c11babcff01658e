// What the files of a package may import.
import { existsSync, globSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { importsOf } from './imports.ts';
import { testingFloor, type Workspace, type WorkspacePackage } from './workspace.ts';

const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

const relativeProblem = (workspace: Workspace, folder: string, file: string, specifier: string): string | null => {
  const target = resolve(workspace.root, dirname(file), specifier);
  const inPackage = relative(join(workspace.root, folder), target);
  if (inPackage.startsWith('..')) return `'${specifier}' leaves the package; import the other package by its name`;
  if (file.startsWith(join(folder, 'src/')) && !inPackage.startsWith('src')) {
    return `'${specifier}' leads out of src; shipped code may not use tests or tools`;
  }
  return existsSync(target) ? null : `'${specifier}' does not exist; name the file with its extension .ts`;
};

const nameProblem = (
  workspace: Workspace,
  member: WorkspacePackage,
  isShipped: boolean,
  specifier: string,
): string | null => {
  const name = packageOf(specifier);
  const declared = isShipped
    ? member.dependencies
    : [member.name, ...member.dependencies, ...member.devDependencies, ...workspace.rootDevDependencies];
  if (!declared.includes(name)) {
    if (isShipped && name === member.name)
      return `'${specifier}' is the package itself; import the file that declares it`;
    const floor = workspace.packages.get(name)?.floor;
    return isShipped && typeof floor === 'number' && floor >= (member.floor ?? floor)
      ? `'${specifier}' is on floor ${floor}, ${member.name} on floor ${member.floor}: a package imports only from lower floors; move the code up, or take what it needs through a port`
      : `'${specifier}' is not declared; add ${name} to ${member.folder}/package.json, if its floor allows`;
  }
  const target = workspace.packages.get(name);
  if (target !== undefined && !target.faces.includes(specifier)) {
    return `'${specifier}' goes around the face of ${name}; import from ${target.faces.join(' or ')}`;
  }
  return /^(fp-ts|io-ts)\/(?!lib\/.*\.js$)/.test(specifier)
    ? `'${specifier}' type-checks but does not load; use '${name}/lib/X.js'`
    : null;
};

export const importProblems = (workspace: Workspace, member: WorkspacePackage): readonly string[] =>
  globSync(`${member.folder}/{src,test,bench}/**/*.ts`, { cwd: workspace.root }).flatMap((file) => {
    const isShipped = file.startsWith(join(member.folder, 'src/')) && member.floor !== testingFloor;
    return importsOf(join(workspace.root, file))
      .filter((specifier) => !specifier.startsWith('node:'))
      .map((specifier) =>
        specifier.startsWith('.')
          ? relativeProblem(workspace, member.folder, file, specifier)
          : nameProblem(workspace, member, isShipped, specifier),
      )
      .filter((problem) => problem !== null)
      .map((problem) => `${file}: ${problem}`);
  });
