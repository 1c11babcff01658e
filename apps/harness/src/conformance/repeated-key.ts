/** Where the string that begins here ends; a quote counts unless an odd number of backslashes stands before it. */
const endOfString = (json: string, start: number): number => {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let before = end - 1;
    while (json[before] === '\\') before--;
    if ((end - before) % 2 === 1) return end;
  }
  return json.length;
};

/** Keys are compared as they are read: an escape may hide what is the same. */
const unescaped = (key: string): unknown => (key.includes('\\') ? JSON.parse(key) : key.slice(1, -1));

const COLON = /\s*:/y;

/**
 * A key that an object of this JSON text has twice, in quotes, or undefined. Parsers keep the last one without a word: a
 * section or an expectation would be lost.
 */
export const repeatedKey = (json: string): string | undefined => {
  const open: Set<unknown>[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '}') open.pop();
    else if (character === '"') {
      const start = at;
      at = endOfString(json, start);
      COLON.lastIndex = at + 1;
      if (!COLON.test(json)) continue;
      const key = json.slice(start, at + 1);
      const [keys, name] = [open.at(-1), unescaped(key)];
      if (keys?.has(name) === true) return key;
      keys?.add(name);
    }
  }
  return undefined;
};
