import { enableCompileCache } from 'node:module';
import { availableParallelism } from 'node:os';

// Both must come before anything else is loaded: compiled sources are kept (a start takes half as long), and the thread
// pool has room for verifications on all cores with file syncs beside them.
enableCompileCache();
process.env['UV_THREADPOOL_SIZE'] ??= String(availableParallelism() + 6);

const { runCli } = await import('./cli.ts');
await runCli(process.argv);
