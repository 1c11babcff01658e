// Where an item of the reference may live in TypeScript, by the rules of decisions.md §1.
import type { PublicPackage } from './exports.ts';
import type { ReferenceItem } from './reference.ts';

/** Names under which a documented method may appear on its owner: `new` is `create` where it can be refused. */
export const methodNames = (item: ReferenceItem): readonly string[] =>
  item.name === 'new' ? ['create', 'new', 'constructor'] : [item.name];

/** Free functions that stand for a method of a plain record. */
export const functionNames = ({ owner, name }: ReferenceItem): readonly string[] =>
  name === 'new' ? [`create${owner}`, `make${owner}`] : [name];

/** The packages that export an owner. */
export const homesOf = (owner: string, packages: readonly PublicPackage[]): readonly PublicPackage[] =>
  packages.filter(({ names }) => names.has(owner));

const aliasOf = ({ name }: PublicPackage): string => name.slice('@zhtp/'.length);

const HELPERS = `
type Field<T, F extends string> = F extends keyof T ? true : false;
type Some<U, Tag> = Extract<U, { readonly _tag: Tag }>;
type Variant<U, N extends string> = N extends U ? true : [Some<U, N>] extends [never] ? false : true;
type VariantFields<U, N extends string, F extends string> = F extends keyof Some<U, N> ? true : false;
type Made<T> = T extends new (...args: never[]) => unknown ? true : false;
type IsTrue<T extends true> = T;
`;

/** Types that compile where the item is there; one of them is enough. */
const claimsOf = (item: ReferenceItem, packages: readonly PublicPackage[]): readonly string[] => {
  const { kind, owner, name, detail } = item;
  const homes = homesOf(owner, packages);
  const owners = homes.map((home) => ({ home, type: `${aliasOf(home)}.${owner}` }));
  switch (kind) {
    case 'struct':
    case 'enum':
    case 'default':
      return [];
    case 'field':
      return owners.map(({ type }) => `Field<${type}, '${name}'>`);
    case 'variant':
    case 'error':
      return owners.map(({ type }) =>
        detail.length === 0
          ? `Variant<${type}, '${name}'>`
          : `VariantFields<${type}, '${name}', '${detail.join("' | '")}'>`,
      );
    case 'method': {
      const onValue = owners.filter(({ home }) => home.names.get(owner)?.isType === false);
      const called = methodNames(item).filter((method) => method !== 'constructor');
      return [
        ...owners.flatMap(({ type }) => called.map((method) => `Field<${type}, '${method}'>`)),
        ...onValue.flatMap(({ type }) => called.map((method) => `Field<typeof ${type}, '${method}'>`)),
        ...(name === 'new' ? onValue.map(({ type }) => `Made<typeof ${type}>`) : []),
        ...homes.flatMap((home) =>
          functionNames(item)
            .filter((each) => home.names.get(each)?.isType === false)
            .map((each) => `Made<new () => typeof ${aliasOf(home)}.${each}>`),
        ),
      ];
    }
  }
};

/** One claim per line; `lines[i]` is the item that line i claims. */
export const claimsProgram = (
  items: readonly ReferenceItem[],
  packages: readonly PublicPackage[],
): { readonly code: string; readonly lines: readonly (ReferenceItem | undefined)[] } => {
  const head = [
    ...packages.map((each) => `import type * as ${aliasOf(each)} from '${each.name}';`),
    ...HELPERS.split('\n'),
  ];
  const claims = items.flatMap((item) => claimsOf(item, packages).map((claim) => ({ item, claim })));
  return {
    code: [...head, ...claims.map(({ claim }, i) => `export type Claim${String(i)} = IsTrue<${claim}>;`)].join('\n'),
    lines: [...head.map(() => undefined), ...claims.map(({ item }) => item)],
  };
};
