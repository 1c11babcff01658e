// Reads the API reference: every documented struct, field, enum variant, method, default value and error, one item each.

export type ItemKind = 'struct' | 'field' | 'enum' | 'variant' | 'error' | 'method' | 'default';

export interface ReferenceItem {
  readonly kind: ItemKind;
  /** Struct or enum, as documented. */
  readonly owner: string;
  /** Field, variant or method in TypeScript's spelling (decisions.md §1); empty for the owner itself. */
  readonly name: string;
  /** Fields of a variant, camelCase; the documented value of a default. */
  readonly detail: readonly string[];
}

const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The documented value without suffixes and separators: `14 * 24 * 60 * 60`, `0x1d00ffff`. */
const plainValue = (text: string): string =>
  text
    .replace(/\/\/.*$/, '')
    .trim()
    .replace(/,$/, '');

const withoutComments = (code: string): string => code.replace(/\/\/.*$/gm, '');

/** Splits at commas that are not inside brackets. */
const topLevelParts = (body: string): readonly string[] => {
  const parts: string[] = [];
  let [depth, part] = [0, ''];
  for (const letter of body) {
    if ('{(<['.includes(letter)) depth++;
    if ('})>]'.includes(letter)) depth--;
    if (letter === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += letter;
  }
  return [...parts, part].map((text) => text.trim()).filter((text) => text !== '');
};

const variantsOf = (owner: string, body: string): readonly ReferenceItem[] =>
  topLevelParts(body).flatMap((text): readonly ReferenceItem[] => {
    const [, name, fields = ''] = /^(\w+)\s*(?:\{(.*)\}|\(.*\)|=.*)?$/s.exec(text) ?? [];
    if (name === undefined) return [];
    const detail = topLevelParts(fields).map((field) => camelCase(field.split(':', 1)[0] ?? ''));
    return [{ kind: owner.endsWith('Error') ? 'error' : 'variant', owner, name, detail }];
  });

const fieldsOf = (owner: string, body: string): readonly ReferenceItem[] =>
  [...body.matchAll(/\bpub (\w+):/g)].map(([, name = '']) => ({
    kind: 'field',
    owner,
    name: camelCase(name),
    detail: [],
  }));

const itemsOfCode = (code: string): readonly ReferenceItem[] => {
  const plain = withoutComments(code);
  const structs = [...plain.matchAll(/\bpub struct (\w+) \{(.*?)\n\}/gs)].flatMap(([, owner = '', body = '']) => [
    { kind: 'struct', owner, name: '', detail: [] } as const,
    ...fieldsOf(owner, body),
  ]);
  const enums = [...plain.matchAll(/\bpub enum (\w+) \{(.*?)\n\}/gs)].flatMap(([, owner = '', body = '']) => [
    { kind: 'enum', owner, name: '', detail: [] } as const,
    ...variantsOf(owner, body),
  ]);
  const traits = [...plain.matchAll(/\bpub trait (\w+)[^{]*\{(.*?)\n\}/gs)].flatMap(([, owner = '', body = '']) => [
    { kind: 'struct', owner, name: '', detail: [] } as const,
    ...[...body.matchAll(/\bfn (\w+)\(/g)].map(
      ([, name = '']) => ({ kind: 'method', owner, name: camelCase(name), detail: [] }) as const,
    ),
  ]);
  return [...structs, ...enums, ...traits];
};

/** Values of a literal under a heading `**Default Values …**`. */
const defaultsOf = (section: string): readonly ReferenceItem[] => {
  const literal = /\*\*Default Values[^\n]*\n```rust\n(\w+) \{(.*?)\n\}/s.exec(section);
  const [, owner = '', body = ''] = literal ?? [];
  return [...body.matchAll(/^\s*(\w+): (.*)$/gm)].map(([, name = '', value = '']) => ({
    kind: 'default',
    owner,
    name: camelCase(name),
    detail: [plainValue(value)],
  }));
};

const methodsOf = (owner: string, section: string): readonly ReferenceItem[] =>
  [...section.matchAll(/^\*\*`(\w+)\(/gm)].map(([, name = '']) => ({
    kind: 'method',
    owner,
    name: camelCase(name),
    detail: [],
  }));

/** Every documented item, each once, in the order of the reference. */
export const readReference = (markdown: string): readonly ReferenceItem[] => {
  const sections = markdown.split(/^### /m).slice(1);
  const items = sections.flatMap((section) => {
    const owner = /^(\w+)\s*\n/.exec(section)?.[1] ?? '';
    const code = [...section.matchAll(/^```rust\n(.*?)^```/gms)].flatMap(([, block = '']) => itemsOfCode(block));
    return [...code, ...(owner === '' ? [] : methodsOf(owner, section)), ...defaultsOf(section)];
  });
  return [...new Map(items.map((item) => [`${item.kind} ${item.owner}.${item.name}`, item])).values()];
};
