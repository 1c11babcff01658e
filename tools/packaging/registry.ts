// An npm registry on the loopback interface, so that an installation is npm's own and needs no network: it offers the
// tarballs that were just packed, and the installed dependencies of the workspace as npm had unpacked them.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readManifest, type Manifest } from './published.ts';
import { tarball } from './tar.ts';

export interface Registry {
  /** With a slash at its end. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

interface Release {
  readonly manifest: Manifest;
  readonly archive: () => Buffer;
}

/** A packed package: its manifest and its .tgz file. */
export interface Packed {
  readonly manifest: Manifest;
  readonly archive: string;
}

/** Where each installed third-party package lies, as the lock file says: 'node_modules/a/node_modules/b' holds b. */
const installedFolders = (root: string): ReadonlyMap<string, readonly string[]> => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly link?: boolean }>>;
  };
  const folders = new Map<string, string[]>();
  for (const [path, { link }] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').at(-1) ?? '';
    if (link === true || !path.includes('node_modules/') || !existsSync(join(root, path, 'package.json'))) continue;
    folders.set(name, [...(folders.get(name) ?? []), join(root, path)]);
  }
  return folders;
};

const once = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined;
  return () => (made ??= { value: make() }).value;
};

const releasesOf = (root: string, packed: readonly Packed[]): ReadonlyMap<string, readonly Release[]> => {
  const thirdParty = [...installedFolders(root)].map(
    ([name, folders]) =>
      [
        name,
        folders.map((folder) => ({ manifest: readManifest(folder), archive: once(() => tarball(folder)) })),
      ] as const,
  );
  const own = packed.map(
    ({ manifest, archive }) => [manifest.name, [{ manifest, archive: once(() => readFileSync(archive)) }]] as const,
  );
  return new Map<string, readonly Release[]>([...thirdParty, ...own]);
};

const document = (url: string, name: string, releases: readonly Release[]): string => {
  const versions = releases.map(({ manifest, archive }) => {
    const file = `${url}-/${encodeURIComponent(name)}/${encodeURIComponent(manifest.version)}.tgz`;
    const integrity = `sha512-${createHash('sha512').update(archive()).digest('base64')}`;
    return [manifest.version, { ...manifest, dist: { tarball: file, integrity } }] as const;
  });
  return JSON.stringify({
    name,
    'dist-tags': { latest: versions[0]?.[0] }, // npm asks for ranges; the tag must only exist
    versions: Object.fromEntries(versions),
  });
};

/** Serves `packed`, and what is installed in the workspace at `root`; everything else is unknown to it. */
export const startRegistry = async (root: string, packed: readonly Packed[]): Promise<Registry> => {
  const releases = releasesOf(root, packed);
  let url = '';
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', url).pathname.slice(1));
    const [, archived, version] = /^-\/(.+)\/([^/]+)\.tgz$/.exec(path) ?? [];
    const known = releases.get(archived ?? path);
    const archive = known?.find(({ manifest }) => manifest.version === version)?.archive();
    if (archived !== undefined && archive !== undefined) response.end(archive);
    else if (archived === undefined && known !== undefined)
      response
        .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=3600' })
        .end(document(url, path, known));
    else response.writeHead(404).end('{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  return {
    url,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
};
