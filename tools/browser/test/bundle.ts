// Bundles as a web project makes them: vite, its browser conditions, nothing of Node.js.
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, defaultClientConditions, type Plugin, type Rolldown } from 'vite';

/** Where the packages come from: `src/*.ts` by the workspace's condition, or the built `dist` as an installed package has it. */
export type Origin = 'sources' | 'dist';

const workspaceRoot = join(import.meta.dirname, '../../..');

/** Globals of Node.js that no browser has. */
const NODE_GLOBALS = [
  'Buffer',
  'process',
  'global',
  'require',
  'module',
  '__dirname',
  '__filename',
  'setImmediate',
  'clearImmediate',
];

const MARK = '__only_node_has_';

/** The bundler knows which names are free: it renames those, and what it renamed can be looked for. */
const marked = Object.fromEntries(
  NODE_GLOBALS.flatMap((name) => [
    [name, MARK + name],
    [`globalThis.${name}`, MARK + name],
  ]),
);

/** Source of the entry that puts the program on a page. */
export const PROGRAM = `import ${JSON.stringify(join(import.meta.dirname, '../src/page.ts'))};`;

const ENTRY = join(import.meta.dirname, 'virtual-entry.js');

/** A module that is only text. */
const virtualEntry = (source: string): Plugin => ({
  name: 'virtual-entry',
  resolveId: (id) => (id === ENTRY ? id : null),
  load: (id) => (id === ENTRY ? source : null),
});

/** Leaves built-in modules out and says who asked: vite itself would put an empty module in their place. */
const builtinsOutside = (asked: (what: string) => void): Plugin => ({
  name: 'builtins-outside',
  enforce: 'pre',
  async resolveId(id, importer, options) {
    if (!isBuiltin(id)) return null;
    const found = await this.resolve(id, importer, { ...options, skipSelf: true });
    if (found !== null && !found.id.startsWith('__vite-browser-external')) return found; // an npm package of that name
    asked(`${id} in ${relative(workspaceRoot, importer ?? id)}`);
    return { id, external: true };
  },
});

const chunksOf = (output: Awaited<ReturnType<typeof build>>): readonly Rolldown.OutputChunk[] =>
  [output]
    .flat()
    .flatMap((result) => ('output' in result ? result.output.filter((part) => part.type === 'chunk') : []));

/** @param source of the entry module; it may import any package of the workspace, or files by absolute path */
const chunksFrom = async (source: string, origin: Origin, options: { readonly forNames: boolean }) => {
  const builtins: string[] = [];
  const output = await build({
    configFile: false,
    root: join(import.meta.dirname, '..'),
    logLevel: 'error',
    resolve: { conditions: [...(origin === 'sources' ? ['@zhtp/source'] : []), ...defaultClientConditions] },
    plugins: [virtualEntry(source), builtinsOutside((what) => builtins.push(what))],
    ...(options.forNames ? { define: marked } : {}),
    build: {
      write: false,
      minify: !options.forNames,
      rolldownOptions: { input: ENTRY, preserveEntrySignatures: 'strict' },
    },
  });
  return { chunks: chunksOf(output), builtins };
};

const freeNames = (chunks: readonly Rolldown.OutputChunk[]): readonly string[] =>
  chunks
    .flatMap(({ modules }) => Object.entries(modules))
    .flatMap(([id, { code }]) =>
      NODE_GLOBALS.filter((name) => new RegExp(`\\b${MARK}${name}\\b`).test(code ?? '')).map(
        (name) => `${name} in ${relative(workspaceRoot, id)}`,
      ),
    );

/** What in a bundle only Node.js has, as `name in file`. */
export const foreignNames = async (source: string, origin: Origin): Promise<readonly string[]> => {
  const { chunks, builtins } = await chunksFrom(source, origin, { forNames: true });
  return [...builtins, ...freeNames(chunks)].toSorted();
};

/** One minified module. */
export const bundleOf = async (source: string, origin: Origin): Promise<string> => {
  const { chunks } = await chunksFrom(source, origin, { forNames: false });
  const [chunk, ...others] = chunks;
  if (chunk === undefined || others.length > 0)
    throw new Error(
      `expected one chunk, got ${String(chunks.length)}: ${chunks.map(({ fileName }) => fileName).join()}`,
    );
  return chunk.code;
};

/** Bytes of a bundle, minified and then compressed. */
export const sizesOf = (code: string): { readonly minified: number; readonly gzipped: number } => ({
  minified: Buffer.byteLength(code),
  gzipped: gzipSync(code, { level: 9 }).length,
});
