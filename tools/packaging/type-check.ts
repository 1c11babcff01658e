// The compiler over what a user writes: every face of a package imported, and the program of its README.
import { join } from 'node:path';
import type { EmptyProject } from './empty-project.ts';
import { runsInBrowser } from './module-rules.ts';
import type { Manifest } from './published.ts';

/** How the types of an installed package are resolved. */
export type Resolution = 'nodenext' | 'bundler' | 'browser';

/** Every declaration that is reached is checked, but for the compiler's own. */
const strict = {
  strict: true,
  target: 'es2024',
  noEmit: true,
  skipLibCheck: false,
  skipDefaultLibCheck: true,
};
const bundler = { ...strict, module: 'esnext', moduleResolution: 'bundler' };

/** The types of Node.js are the workspace's own; in a browser there are none, not even for a dependency of a dependency. */
const compilerOptions = (root: string): Readonly<Record<Resolution, object>> => {
  const node = { types: ['node'], typeRoots: [join(root, 'node_modules/@types')] };
  return {
    nodenext: { ...strict, ...node, module: 'nodenext' },
    bundler: { ...bundler, ...node },
    browser: { ...bundler, types: [], lib: ['es2024', 'dom'] },
  };
};

/** What others may import of a package, as they write it: '@zhtp/store', '@zhtp/store/node'. */
export const facesOf = (manifest: Manifest, resolution: Resolution): readonly string[] =>
  Object.keys(manifest.exports ?? {})
    .filter((face) => face !== './package.json' && (resolution !== 'browser' || runsInBrowser(manifest, face)))
    .map((face) => `${manifest.name}${face.slice(1)}`);

/** One line per breach: what the compiler says of `faces` and the project's `programs`. */
export const typeProblems = async (
  project: EmptyProject,
  root: string,
  resolution: Resolution,
  faces: readonly string[],
  programs: readonly string[],
): Promise<readonly string[]> => {
  project.write('faces.ts', faces.map((face, index) => `export * as face${index} from '${face}';\n`).join(''));
  const options = compilerOptions(root)[resolution];
  project.write('tsconfig.json', JSON.stringify({ compilerOptions: options, files: ['faces.ts', ...programs] }));
  const run = await project.node(join(root, 'node_modules/typescript/bin/tsc'), '-p', '.');
  return run.status === 0
    ? []
    : run.output
        .trim()
        .split(/\n(?!\s)/)
        .map((line) => `types, ${resolution}: ${line}`);
};
