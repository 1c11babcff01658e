/** File names of a Disk are plain: a name from outside the program never reaches one, so anything else is a broken caller. */
export const assertPlainName = (name: string): void => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name) || name.endsWith('.tmp'))
    throw new Error(
      `"${name}" is not a plain file name: letters, digits, ".", "_", "-", at most 128, not ending in ".tmp"`,
    );
};
