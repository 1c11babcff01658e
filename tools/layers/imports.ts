import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

const literal = /^(['"`])(.*)\1$/;

/** Every module that a TypeScript file imports, re-exports or loads with a literal `import()`, types included. */
export const importsOf = (path: string): readonly string[] => {
  const code = readFileSync(path, 'utf8');
  const { staticImports, staticExports, dynamicImports } = parseSync(path, code).module;
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ...dynamicImports.flatMap(
      ({ moduleRequest }) => literal.exec(code.slice(moduleRequest.start, moduleRequest.end))?.[2] ?? [],
    ),
  ];
};
