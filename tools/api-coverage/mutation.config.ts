// vitest configuration of a mutation run: the package's own, with throwing bodies planted in its sources as they load.
import { join, resolve } from 'node:path';
import { mergeConfig, type Plugin } from 'vite';
import base from '../../vitest.config.ts';
import { plantedMutants } from './mutants.ts';

const root = resolve(import.meta.dirname, '../..');

const planted = (): Plugin => ({
  name: 'planted-mutants',
  enforce: 'pre',
  transform(code, id) {
    const edits = plantedMutants()
      .flatMap(({ name, bodies }) => bodies.map((body) => ({ name, ...body })))
      .filter(({ file }) => join(root, file) === id.split('?', 1)[0])
      .toSorted((a, b) => b.start - a.start);
    if (edits.length === 0) return null;
    let text = code;
    for (const { name, start, end, isBlock } of edits) {
      const thrown = `if (globalThis.zhtpMutant === ${JSON.stringify(name)}) throw new Error('the body of ${name} is gone');`;
      text = isBlock
        ? `${text.slice(0, start + 1)}${thrown}${text.slice(start + 1)}`
        : `${text.slice(0, start)}{ ${thrown} return (${text.slice(start, end)}); }${text.slice(end)}`;
    }
    return { code: text, map: null };
  },
});

export default mergeConfig(base, {
  plugins: [planted()],
  test: {
    setupFiles: [join(import.meta.dirname, 'mutation-setup.ts')],
    // What was transformed with mutants in it must not be found by an ordinary run.
    fsModuleCache: false,
  },
});
