import type { Writable } from 'node:stream';

/** Lines redrawn in place at the bottom of a terminal. What was printed before stays above. */
export interface Screen {
  /** Replaces the drawn lines. */
  draw(lines: readonly string[]): void;
  /** Prints lines for good, above the drawn ones. */
  print(lines: readonly string[]): void;
}

const UP_AND_CLEAR = '\u001b[1A\u001b[2K';

/** On a terminal. A line wider than it is cut: a wrapped one would break the count of lines to clear. */
export const terminalScreen = (out: Writable & { readonly columns?: number }): Screen => {
  let drawn: readonly string[] = [];
  const cut = (line: string): string => line.slice(0, Math.max(20, (out.columns ?? 80) - 1));
  const show = (above: readonly string[]): void => {
    out.write(`${[...above, ...drawn.map(cut)].join('\n')}\n`);
  };
  const clear = (): void => {
    if (drawn.length > 0) out.write(`\r${UP_AND_CLEAR.repeat(drawn.length)}`);
  };
  return {
    draw: (lines) => {
      clear();
      drawn = lines;
      show([]);
    },
    print: (lines) => {
      clear();
      show(lines);
    },
  };
};
