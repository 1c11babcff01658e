import * as program from './program.ts';

// The one name by which whoever drives the page reaches the program.
Object.assign(globalThis, { zhtp: program });
