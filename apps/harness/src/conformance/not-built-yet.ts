import type * as t from 'io-ts';
import { declared } from './declarations.ts';
import { closed, hasKeys, prose, someIn } from './shape.ts';
import { runList, runSections, type Sections, type VectorFormat } from './vector-format.ts';

/** A list of cases known by the keys of its elements. */
interface KnownSection {
  readonly section: string;
  readonly keys: readonly string[];
}

const anyOf = (keys: readonly string[]): t.Props => Object.fromEntries(keys.map((key) => [key, prose]));

/**
 * A format that is known and read, strictly enough to count its cases, but that no package of this release runs: every
 * section of it is declared. See `declarations.ts`.
 */
const declaredFormat = (
  name: string,
  sections: readonly KnownSection[],
  parameters: readonly string[] = [],
): VectorFormat => {
  const readers: Sections = Object.fromEntries(
    sections.map(({ section, keys }): [string, Sections[string]] => {
      const element = closed(anyOf(keys));
      return [section, (content) => runList(section, content, element, () => declared(name, section))];
    }),
  );
  return {
    name,
    recognises: (document) =>
      sections.some(({ section, keys }) => someIn(document, section, (element) => hasKeys(element, ...keys))),
    run: (document) => runSections(document, readers, parameters),
  };
};

/** Formats of packages to come. When one is built, its reader moves to a file of its own and its line here goes. */
export const notBuiltYet: readonly VectorFormat[] = [
  declaredFormat(
    'inflation',
    [
      { section: 'rows', keys: ['bondedRatio', 'inflation', 'change'] },
      { section: 'blockProvision', keys: ['annualProvisions', 'perBlock'] },
    ],
    ['params'],
  ),
];
