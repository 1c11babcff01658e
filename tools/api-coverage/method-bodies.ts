// Where the body of a documented method begins and ends in the sources.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { functionNames, homesOf, methodNames } from './candidates.ts';
import type { PublicPackage } from './exports.ts';
import type { ReferenceItem } from './reference.ts';

export interface MethodBody {
  readonly file: string;
  /** Offsets in the file: of a block with its braces, or of the expression an arrow function answers. */
  readonly start: number;
  readonly end: number;
  readonly isBlock: boolean;
}

interface Span {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

const bodyIn = (file: string, body: Span | null): readonly MethodBody[] =>
  body === null
    ? []
    : [
        {
          file,
          start: body.start,
          end: body.end,
          isBlock: body.type.endsWith('Body') || body.type === 'BlockStatement',
        },
      ];

const nameOf = (key: { readonly type: string; readonly name?: unknown; readonly value?: unknown }): string =>
  typeof key.name === 'string' ? key.name : typeof key.value === 'string' ? key.value : '';

interface FoundBodies {
  readonly methods: readonly MethodBody[];
  readonly freeFunctions: readonly MethodBody[];
}

const bodiesIn = (root: string, file: string, item: ReferenceItem): FoundBodies => {
  const names = methodNames(item);
  const functions = functionNames(item);
  const methods: MethodBody[] = [];
  const freeFunctions: MethodBody[] = [];
  new Visitor({
    ClassDeclaration: (node) => {
      if (node.id?.name !== item.owner) return;
      for (const member of node.body.body)
        if (member.type === 'MethodDefinition' && names.includes(nameOf(member.key)))
          methods.push(...bodyIn(file, member.value.body));
    },
    VariableDeclarator: (node) => {
      if (node.id.type !== 'Identifier' || node.init === null) return;
      const init = node.init.type === 'TSAsExpression' ? node.init.expression : node.init;
      if (functions.includes(node.id.name) && init.type === 'ArrowFunctionExpression')
        freeFunctions.push(...bodyIn(file, init.body));
      if (node.id.name !== item.owner || init.type !== 'ObjectExpression') return;
      for (const property of init.properties)
        if (property.type === 'Property' && names.includes(nameOf(property.key)) && 'body' in property.value)
          methods.push(...bodyIn(file, property.value.body as Span | null));
    },
  }).visit(parseSync(file, readFileSync(join(root, file), 'utf8')).program);
  return { methods, freeFunctions };
};

/**
 * Every body of a documented method, in the first package that has one: `create` and the constructor it ends in, or a free
 * function where the owner is a plain record.
 */
export const bodiesOf = (
  root: string,
  item: ReferenceItem,
  packages: readonly PublicPackage[],
): { readonly home: PublicPackage; readonly bodies: readonly MethodBody[] } | undefined => {
  for (const home of homesOf(item.owner, packages)) {
    const found = home.sources.map((file) => bodiesIn(root, file, item));
    const methods = found.flatMap((each) => each.methods);
    const bodies = methods.length > 0 ? methods : found.flatMap(({ freeFunctions }) => freeFunctions);
    if (bodies.length > 0) return { home, bodies };
  }
  return undefined;
};
