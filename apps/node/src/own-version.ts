import { readFileSync } from 'node:fs';

/** The version of this program, from the package it lies in: beside the sources as beside what is compiled. */
export const ownVersion = (): string => {
  const json: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof json === 'object' && json !== null && 'version' in json && typeof json.version === 'string'
    ? json.version
    : 'unknown';
};
