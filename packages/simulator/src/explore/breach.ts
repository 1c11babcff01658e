/** A property by its number in the README (What is checked; A2 and L1: Small worlds), and what broke it. */
export interface Breach {
  readonly property: PropertyId;
  readonly detail: string;
}

/** What is looked at, by its number in the README. */
export const PROPERTIES = ['S1', 'S2', 'S4', 'S5', 'S8', 'S9', 'S10', 'S11', 'S12', 'S13', 'S14', 'A2', 'L1'] as const;
export type PropertyId = (typeof PROPERTIES)[number];
