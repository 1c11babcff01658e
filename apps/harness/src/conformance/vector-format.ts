import { causeText } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Type } from 'io-ts';
import { notUnderstood, failed, type CaseReport, type Outcome } from './case-outcome.ts';
import { isList, isObject, read, type JsonObject } from './shape.ts';

/** Files of raw headers in the folder of a vector file, which is all that one file may know of others. */
type HeadersBeside = () => readonly Uint8Array[];

/** One kind of vector file: how to tell it by its content, and how to run its cases against the packages. */
export interface VectorFormat {
  readonly name: string;
  /** What passing means where a case has no expected result of its own; printed with every file. */
  readonly remark?: string;
  /** Judges content alone; names of files may change. */
  readonly recognises: (document: unknown) => boolean;
  /** `path` only ever adds detail that a content cannot state; no format depends on it. */
  readonly run: (document: unknown, path: string, headersBeside: HeadersBeside) => readonly CaseReport[];
}

/** What a case is called: its own name, or its position. */
const nameOf = (element: unknown, index: number): string => {
  const name = isObject(element) ? (element['name'] ?? element['tcId']) : undefined;
  return typeof name === 'string' || typeof name === 'number' ? String(name) : `#${String(index + 1)}`;
};

/** One case; whatever it throws counts against us, not against the run. */
export const runCase = (section: string, name: string, outcome: () => Outcome): CaseReport => {
  try {
    return { section, name, outcome: outcome() };
  } catch (cause) {
    return { section, name, outcome: failed(`threw: ${causeText(cause)}`) };
  }
};

/** Every case of a list: read strictly, then run. */
export const runList = <A>(
  section: string,
  list: unknown,
  codec: Type<A, unknown, unknown>,
  run: (entry: A, index: number) => Outcome,
): readonly CaseReport[] => {
  if (!isList(list)) return [unreadable(section, `${section} is not a list`)];
  if (list.length === 0) return [unreadable(section, `${section} is an empty list`)];
  return list.map((element, index) => {
    const entry = read(codec, element);
    return runCase(section, nameOf(element, index), () =>
      E.isLeft(entry) ? notUnderstood(entry.left) : run(entry.right, index),
    );
  });
};

/** A section that says nothing we could run. */
export const unreadable = (section: string, problem: string): CaseReport => ({
  section,
  name: '-',
  outcome: notUnderstood(problem),
});

/** Keys that describe a file to people. */
const PROSE: ReadonlySet<string> = new Set([
  'source',
  'note',
  'rule',
  'rules',
  'semantics',
  'formula',
  'how',
  'description',
  'comment',
  'licence',
  'license',
]);

/** The keys of a document that are neither prose nor known, each as a case that nobody understood. */
export const unknownKeys = (document: JsonObject, known: readonly string[]): readonly CaseReport[] =>
  Object.entries(document)
    .filter(([key, value]) => !known.includes(key) && !(PROSE.has(key) && typeof value === 'string'))
    .map(([key]) => unreadable(key, `${key} is a key that is not known in this format`));

/** The reader of each section of a document; parts of a file may lack some of them. */
export type Sections = Readonly<Record<string, (content: unknown, document: JsonObject) => readonly CaseReport[]>>;

/** Runs the sections a document has, in the order of `sections`, and refuses what it has beyond them. */
export const runSections = (
  document: unknown,
  sections: Sections,
  parameters: readonly string[] = [],
): readonly CaseReport[] => {
  if (!isObject(document)) return [unreadable('-', 'the document is not an object')];
  const present = Object.entries(sections).filter(([key]) => Object.hasOwn(document, key));
  return [
    ...present.flatMap(([key, run]) => {
      const reports = run(document[key], document);
      return reports.length > 0 ? reports : [unreadable(key, `${key} holds no cases`)];
    }),
    ...unknownKeys(document, [...Object.keys(sections), ...parameters]),
  ];
};
