// The packages of a workspace that npm publishes, as their manifests declare them.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The part of package.json that is read here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface PublishedPackage {
  readonly manifest: Manifest;
  /** Absolute. */
  readonly folder: string;
}

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

export const publishedPackages = (root: string): readonly PublishedPackage[] =>
  globSync('{packages,apps}/*/package.json', { cwd: root })
    .sort()
    .map((path) => join(root, dirname(path)))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true);
