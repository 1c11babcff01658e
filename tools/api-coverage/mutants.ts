// Shared between the program that plants mutants and the tests that meet them.

/** A documented method whose bodies throw while a test that names it runs. */
export interface Mutant {
  /** `Owner.method`. */
  readonly name: string;
  /** Source of the pattern for titles that name it. */
  readonly titles: string;
  readonly bodies: readonly {
    readonly file: string;
    readonly start: number;
    readonly end: number;
    readonly isBlock: boolean;
  }[];
}

/** Environment variable that carries the mutants of a run as JSON. */
export const MUTANTS = 'ZHTP_MUTANTS';

/** The mutants of this run. */
export const plantedMutants = (): readonly Mutant[] => JSON.parse(process.env[MUTANTS] ?? '[]') as readonly Mutant[];

/** The one mutant that a test meets: the first that its title names, so that each failure has one cause. */
export const mutantOf = (mutants: readonly Mutant[], title: string): Mutant | undefined =>
  mutants.find(({ titles }) => new RegExp(titles).test(title));
