/** `unstarted` lies between leaving a round and starting the next; `commit` is final. */
export type Step = 'unstarted' | 'propose' | 'prevote' | 'precommit' | 'commit';
