/** A property that a run broke; the README names the statement behind each. */
export type ViolatedProperty =
  | 'agreement'
  | 'decided block was refused'
  | 'decided block was never proposed'
  | 'certificate without a quorum'
  | 'certificate of votes nobody released'
  | 'double sign'
  | 'message before its round or step'
  | 'precommit without a prevote'
  | 'lock is not the last precommit'
  | 'round, lock or valid value went back'
  | 'prevote without a reason'
  | 'prevote against a lock'
  | 'precommit without a polka'
  | 'valid value without a polka'
  | 'polka against a lock'
  | 'correct validator accused'
  | 'evidence of what was never sent'
  | 'time did not rise'
  | 'decided block was timely for nobody'
  | 'parent is not the decided one'
  | 'transaction in two blocks'
  | 'decided block lost'
  | 'node halted';

/** A property that did not hold, where, and what showed it. */
export interface Violation {
  readonly property: ViolatedProperty;
  readonly height: bigint;
  readonly detail: string;
}

export type Violated = (property: ViolatedProperty, height: bigint, detail: string) => void;
