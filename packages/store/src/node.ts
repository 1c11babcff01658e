export { openFileDisk, type FileDisk } from './node/file-disk.ts';
export { nodeFileSystem, type FileSystem } from './node/file-system.ts';
export { makeFolders } from './node/folders.ts';
export { openLevelBlockStore, type LevelBlockStore } from './node/level-block-store.ts';
export { openLevelStateStore, type LevelStateStore } from './node/level-state-store.ts';
export { acquireLock, type Lock, type LockedError } from './node/lock.ts';
