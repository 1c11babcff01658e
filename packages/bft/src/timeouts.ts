/** `repeat` is not in the paper: it stands for the paper's gossip property (`protocol.md` § The pure core). */
export type TimeoutKind = 'propose' | 'prevote' | 'precommit' | 'repeat';

/** Milliseconds, whole and not negative; read once per height, from chain state. */
export interface TimeoutParams {
  readonly proposeMs: number;
  readonly prevoteMs: number;
  readonly precommitMs: number;
  /** What each further round adds to the three above: 500 (`protocol.md` § The pure core). */
  readonly perRoundMs: number;
  /** Pause between two repetitions of a node's own messages; the same in all rounds. */
  readonly repeatMs: number;
}

/** How long to wait in this round: base + round · perRoundMs (the paper's timeoutPropose(r), timeoutPrevote(r), timeoutPrecommit(r)). */
export const timeoutMs = (params: TimeoutParams, kind: TimeoutKind, round: number): number => {
  switch (kind) {
    case 'propose':
      return params.proposeMs + round * params.perRoundMs;
    case 'prevote':
      return params.prevoteMs + round * params.perRoundMs;
    case 'precommit':
      return params.precommitMs + round * params.perRoundMs;
    case 'repeat':
      return params.repeatMs;
  }
};
