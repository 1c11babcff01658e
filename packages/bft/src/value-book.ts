import type { Verdict } from './input.ts';
import type { ValueId } from './vote.ts';

/** Verdicts kept on values that no proposal and no quorum named: enough for a body that overtakes its proposal. */
const UNASKED_VERDICTS_MAX = 16;

interface ValueRecord {
  readonly verdict: Verdict | null;
  readonly judgeAsked: boolean;
  readonly fetchAsked: boolean;
}

const unheard: ValueRecord = { verdict: null, judgeAsked: false, fetchAsked: false };

/** Mutable book of the values of one height: what was asked about each, and its verdict. A verdict is final. */
export class ValueBook {
  #values = new Map<ValueId, ValueRecord>();
  #unasked = 0;

  verdict(value: ValueId): Verdict | null {
    return this.#values.get(value)?.verdict ?? null;
  }

  judge(value: ValueId, verdict: Verdict): 'Kept' | 'Known' | 'Full' {
    const known = this.#values.get(value);
    if (known !== undefined && known.verdict !== null) return 'Known';
    if (known === undefined) {
      if (this.#unasked >= UNASKED_VERDICTS_MAX) return 'Full';
      this.#unasked += 1;
    }
    this.#values.set(value, { ...(known ?? unheard), verdict });
    return 'Kept';
  }

  /** True when a verdict is missing and was not asked for yet. */
  askToJudge(value: ValueId): boolean {
    const known = this.#values.get(value) ?? unheard;
    if (known.verdict !== null || known.judgeAsked) return false;
    this.#values.set(value, { ...known, judgeAsked: true });
    return true;
  }

  /** True when a verdict is missing and its body was not asked for since the last repetition. */
  askToFetch(value: ValueId): boolean {
    const known = this.#values.get(value) ?? unheard;
    if (known.verdict !== null || known.fetchAsked) return false;
    this.#values.set(value, { ...known, fetchAsked: true });
    return true;
  }

  /** Lets `askToFetch` ask once more. */
  allowFetchAgain(): void {
    for (const [value, known] of this.#values)
      if (known.fetchAsked) this.#values.set(value, { ...known, fetchAsked: false });
  }

  clone(): ValueBook {
    const copy = new ValueBook();
    copy.#values = new Map(this.#values);
    copy.#unasked = this.#unasked;
    return copy;
  }

  describe(): string {
    return [...this.#values]
      .map(
        ([value, { verdict, judgeAsked, fetchAsked }]) =>
          `${value}=${verdict ?? ''}${judgeAsked ? 'j' : ''}${fetchAsked ? 'f' : ''}`,
      )
      .sort()
      .join(',');
  }
}
