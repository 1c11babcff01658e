import { join } from 'node:path';
import { runNpm } from './empty-project.ts';
import type { PublishedPackage } from './published.ts';
import type { Packed } from './registry.ts';

/** Packs each package as it stands, by one `npm pack` without scripts; the archives lie in `folder`. */
export const packAll = async (
  root: string,
  packages: readonly PublishedPackage[],
  folder: string,
): Promise<readonly Packed[]> => {
  const where = ['--pack-destination', folder];
  const run = await runNpm(['pack', '--ignore-scripts', ...where, ...packages.map((member) => member.folder)], root);
  if (run.status !== 0) throw new Error(`npm pack fails:\n${run.output}`);
  return packages.map(({ manifest }) => {
    const file = `${manifest.name.replace('@', '').replaceAll('/', '-')}-${manifest.version}.tgz`;
    return { manifest, archive: join(folder, file) };
  });
};
