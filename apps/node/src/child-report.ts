import { identityCodec, struct, text, u16, u32, u64, union, type TypeOf } from '@zhtp/types';
import { statusCodec } from './status.ts';

/** What a node tells the process that started it, over the IPC channel, in JSON form. */
export const childReportCodec = union('ChildReport', {
  Ready: [1, { apiPort: u16, listening: text(512) }],
  Block: [
    2,
    {
      block: struct('CommittedBlockReport', {
        height: u64,
        round: u32,
        proposer: identityCodec,
        transactions: u32,
        /** Unix milliseconds. */
        time: u64,
      }),
    },
  ],
  Status: [3, { status: statusCodec }],
});
export type ChildReport = TypeOf<typeof childReportCodec>;
