export { blockStoreCompliance, type BlockStoreSubject } from './block-store.ts';
export { ask, succeed, type ComplianceCase } from './case.ts';
export { diskCompliance, type DiskSubject } from './disk.ts';
export { sampleBlock } from './sample-block.ts';
export { stateStoreCompliance, type StateStoreSubject } from './state-store.ts';
