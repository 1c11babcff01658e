// One package as its user meets it: the tarball in an empty project, the example of its README, its types.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf } from '../layers/imports.ts';
import { emptyProject, type EmptyProject, type Run } from './empty-project.ts';
import { moduleProblems, packageOf } from './module-rules.ts';
import type { Manifest } from './published.ts';
import { readReadme, type Readme } from './readme.ts';
import type { Packed } from './registry.ts';
import { tarballProblems } from './tarball-rules.ts';
import { facesOf, typeProblems } from './type-check.ts';

export interface Checked {
  readonly files: number;
  /** Packages that npm installed beside it. */
  readonly dependencies: number;
  /** One line or more for each promise that does not hold. */
  readonly problems: readonly string[];
}

/** What a check needs of the machine. */
export interface Surroundings {
  /** The workspace: its compiler and its types of Node.js are used. */
  readonly root: string;
  /** Projects are made below it. */
  readonly folder: string;
  readonly registry: string;
}

const EXAMPLE = 'example.ts';

const failed = (what: string, { status, output }: Run): readonly string[] =>
  status === 0 ? [] : [`${what}:\n${output.trimEnd()}`];

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((file) => !file.startsWith('node_modules/'));

/** npm's own list of what it put into node_modules. */
const installedCount = (folder: string): number => {
  const list = readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8');
  return Object.keys((JSON.parse(list) as { readonly packages: object }).packages).length;
};

/** npm lets an example use whatever lies in node_modules; the reader with another package manager has what was named. */
const unnamedImports = (project: EmptyProject, { installs }: Readme): readonly string[] =>
  importsOf(join(project.folder, EXAMPLE))
    .filter((specifier) => !specifier.startsWith('node:'))
    .map(packageOf)
    .filter((name) => !installs.includes(name))
    .map((name) => `README.md: the example imports '${name}', which the npm install line does not name`);

const runExample = async (project: EmptyProject, name: string, readme: Readme): Promise<readonly string[]> => {
  if (readme.program !== undefined)
    return [...unnamedImports(project, readme), ...failed('README.md: the example fails', await project.node(EXAMPLE))];
  return readme.command === undefined
    ? [`README.md has no example: neither a \`\`\`ts block nor a line 'npx ${name} …'`]
    : failed('README.md: the first command fails', await project.npx(name, ...readme.command));
};

const helpProblems = async (project: EmptyProject, { name, bin }: Manifest): Promise<readonly string[]> => {
  if (bin === undefined) return [];
  const run = await project.npx(name, '--help');
  const program = Object.keys(bin).join(', ');
  return run.status === 0 && run.output.includes(`Usage: ${program} `)
    ? []
    : [`npx ${name} --help does not show the usage of ${program}:\n${run.output}`];
};

/** Installs a packed package alone, then tries everything that it promises to whoever does so. */
export const checkPackage = async (surroundings: Surroundings, packed: Packed): Promise<Checked> => {
  const { manifest, archive } = packed;
  const project = emptyProject(surroundings.folder, manifest.name.replaceAll('/', '+'), surroundings.registry);
  const install = await project.npm('install', archive);
  if (install.status !== 0) return { files: 0, dependencies: 0, problems: failed('npm install fails', install) };

  const installed = join(project.folder, 'node_modules', manifest.name);
  const files = filesBelow(installed);
  const dependencies = installedCount(project.folder) - 1;
  const found = [...tarballProblems(manifest, files), ...moduleProblems(manifest, installed)];
  if (!files.includes('README.md')) return { files: files.length, dependencies, problems: found };

  const readme = readReadme(manifest.name, readFileSync(join(installed, 'README.md'), 'utf8'));
  if (readme.program !== undefined) project.write(EXAMPLE, readme.program);
  const others = readme.installs.filter((name) => !existsSync(join(project.folder, 'node_modules', name)));
  if (others.length > 0) await project.npm('install', ...others);
  const programs = readme.program === undefined ? [] : [EXAMPLE];
  const problems = [
    ...found,
    ...(await runExample(project, manifest.name, readme)),
    ...(await helpProblems(project, manifest)),
    ...(await typeProblems(project, surroundings.root, 'nodenext', facesOf(manifest, 'nodenext'), programs)),
  ];
  return { files: files.length, dependencies, problems };
};
