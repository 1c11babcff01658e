// The packages of the workspace as their manifests declare them.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly nx?: { readonly tags?: readonly string[] };
}

export interface WorkspacePackage {
  readonly name: string;
  /** Relative to the workspace root. */
  readonly folder: string;
  /** 0 to 7 for packages, 8 for apps, -1 for what only tests use, null when the tag is missing or wrong. */
  readonly floor: number | null;
  /** What others may import: '@zhtp/store', '@zhtp/store/node'. */
  readonly faces: readonly string[];
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

export interface Workspace {
  readonly root: string;
  readonly packages: ReadonlyMap<string, WorkspacePackage>;
  /** Tools that any test or benchmark may import. */
  readonly rootDevDependencies: readonly string[];
}

export const testingFloor = -1;
const appFloor = 8;

const readJson = <Shape>(path: string): Shape => JSON.parse(readFileSync(path, 'utf8')) as Shape;

const floorOf = (tags: readonly string[]): number | null => {
  const tag = tags.find((name) => name.startsWith('layer:'))?.slice('layer:'.length);
  if (tag === 'testing') return testingFloor;
  if (tag === 'app') return appFloor;
  return tag !== undefined && /^[0-7]$/.test(tag) ? Number(tag) : null;
};

const toPackage = (
  folder: string,
  { name, exports, dependencies, devDependencies, nx }: Manifest,
): WorkspacePackage => ({
  name,
  folder,
  floor: floorOf(nx?.tags ?? []),
  faces: Object.keys(exports ?? {})
    .filter((path) => path !== './package.json')
    .map((path) => join(name, path)),
  dependencies: Object.keys(dependencies ?? {}),
  devDependencies: Object.keys(devDependencies ?? {}),
});

export const readWorkspace = (root: string): Workspace => {
  const packages = globSync('{packages,apps,tools}/*/package.json', { cwd: root })
    .sort()
    .map((path) => toPackage(dirname(path), readJson<Manifest>(join(root, path))));
  return {
    root,
    packages: new Map(packages.map((member) => [member.name, member])),
    rootDevDependencies: Object.keys(readJson<Manifest>(join(root, 'package.json')).devDependencies ?? {}),
  };
};

/** Folders, relative to the root, of the other packages that a tsconfig of `folder` refers to. */
export const referencedFolders = (root: string, folder: string, config: string): readonly string[] => {
  const { references = [] } = readJson<{ readonly references?: readonly { readonly path: string }[] }>(
    join(root, folder, config),
  );
  return references
    .map(({ path }) => relative(root, dirname(resolve(root, folder, path))))
    .filter((referenced) => referenced !== folder)
    .sort();
};
