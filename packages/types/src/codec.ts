/** The one way to declare a message; `import * as C from './codec.ts'` reads well at the declarations. */
export * from './codec-core.ts';
export * from './codec-leaves.ts';
export * from './codec-composites.ts';
export * from './codec-records.ts';
export * from './codec-wide.ts';
export * from './codec-absent.ts';
export * from './codec-written-once.ts';
