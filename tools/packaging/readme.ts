// What the README of a package tells its reader to type.

export interface Readme {
  /** What its first `npm install` line names. */
  readonly installs: readonly string[];
  /** Its first ```ts block. */
  readonly program: string | undefined;
  /** The arguments of the first `npx <name> …` line, for packages whose example is a command. */
  readonly command: readonly string[] | undefined;
}

export const readReadme = (name: string, text: string): Readme => {
  const [, line] = /^npm (?:install|i) (?:--global )?([^#\n]+)/m.exec(text) ?? [];
  const [, program] = /^```ts\n(.*?)^```/ms.exec(text) ?? [];
  const command = text
    .split('\n')
    .find((candidate) => candidate.startsWith(`npx ${name} `))
    ?.replace(/\s+#.*/, '');
  return {
    installs: line?.trim().split(/\s+/) ?? [],
    program,
    command: command?.split(/\s+/).slice(2),
  };
};
