// All packages in one empty project: their types for a bundler, with every example, and for a browser.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Surroundings } from './check-package.ts';
import { emptyProject } from './empty-project.ts';
import { readReadme } from './readme.ts';
import type { Packed } from './registry.ts';
import { facesOf, typeProblems, type Resolution } from './type-check.ts';

/** What does not hold when all are installed at once, one line each. */
export const checkTogether = async (
  { root, folder, registry }: Surroundings,
  packed: readonly Packed[],
): Promise<readonly string[]> => {
  const project = emptyProject(folder, 'together', registry);
  const install = await project.npm('install', ...packed.map(({ archive }) => archive));
  if (install.status !== 0) return [`npm install of all packages fails:\n${install.output}`];
  const examples = packed.flatMap(({ manifest }, index) => {
    const text = readFileSync(join(project.folder, 'node_modules', manifest.name, 'README.md'), 'utf8');
    const { program } = readReadme(manifest.name, text);
    if (program === undefined) return [];
    project.write(`example${index}.ts`, program);
    return [`example${index}.ts`];
  });
  const faces = (resolution: Resolution): readonly string[] =>
    packed.flatMap(({ manifest }) => facesOf(manifest, resolution));
  return [
    ...(await typeProblems(project, root, 'bundler', faces('bundler'), examples)),
    ...(await typeProblems(project, root, 'browser', faces('browser'), [])),
  ];
};
