import * as C from './codec.ts';

/** The reference's vote types with the codes that are signed and sent (decisions.md §5). */
export const voteTypeCodec = C.literals('VoteType', { PreVote: 1, PreCommit: 2, Commit: 3, Against: 4 });
export type VoteType = C.TypeOf<typeof voteTypeCodec>;
