import { benchFullBlock } from './full-block.ts';

await benchFullBlock();
