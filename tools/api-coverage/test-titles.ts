// Titles of all tests, suites included, without running them.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor, type Expression } from 'oxc-parser';

export interface TitledTest {
  readonly file: string;
  /** Suites and test, joined as vitest joins them. */
  readonly title: string;
}

const FUNCTIONS: ReadonlySet<string> = new Set(['test', 'it', 'describe', 'describeVectors', 'describeInChromium']);

/** `test` of `test(…)`, `test.each(…)(…)`, `test.skipIf(…)(…)`. */
const calledName = (callee: Expression): string | undefined => {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type === 'CallExpression') return calledName(callee.callee);
  if (callee.type === 'TaggedTemplateExpression') return calledName(callee.tag);
  return callee.type === 'MemberExpression' ? calledName(callee.object) : undefined;
};

const textOf = (
  code: string,
  argument: { readonly type: string; readonly start: number; readonly end: number },
): string | undefined =>
  argument.type === 'Literal' || argument.type === 'TemplateLiteral'
    ? code.slice(argument.start + 1, argument.end - 1)
    : undefined;

const titlesIn = (root: string, file: string): readonly TitledTest[] => {
  const code = readFileSync(join(root, file), 'utf8');
  const titles: TitledTest[] = [];
  const path: string[] = [];
  const titleOf = (node: {
    readonly callee: Expression;
    readonly arguments: readonly { type: string; start: number; end: number }[];
  }) => {
    const [first] = node.arguments;
    const name = calledName(node.callee);
    return first === undefined || name === undefined || !FUNCTIONS.has(name) ? undefined : textOf(code, first);
  };
  new Visitor({
    CallExpression: (node) => {
      const title = titleOf(node);
      if (title === undefined) return;
      path.push(title);
      titles.push({ file, title: path.join(' > ') });
    },
    'CallExpression:exit': (node) => {
      if (titleOf(node) !== undefined) path.pop();
    },
  }).visit(parseSync(file, code).program);
  return titles;
};

/** Every title of the workspace's packages and apps. */
export const testTitles = (root: string): readonly TitledTest[] =>
  globSync('{packages,apps}/*/test/**/*.test.ts', { cwd: root })
    .toSorted()
    .flatMap((file) => titlesIn(root, file));
