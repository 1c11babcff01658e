// What the page can be asked to do. Node.js runs the same functions, and both must answer alike.
export { certificateVerdicts, sealedCertificate } from './commit-certificate.ts';
export { compliance } from './compliance.ts';
export { exportedNames } from './entries.ts';
export { liveEngine } from './live-engine.ts';
export { retargets } from './retargets.ts';
export { chosenBackend, merkleTree, openedKeyFile, sealedKeyFile, signed, verdictOn } from './signatures.ts';
export { faultyRun, simulatedWorld } from './simulated-world.ts';
