/** Heights whose round was distributed, as runs without a gap: a chain that pays every height keeps one run for ever. */
export interface HeightRun {
  readonly first: bigint;
  readonly last: bigint;
}

/** In ascending order, never touching. */
export type PaidHeights = readonly HeightRun[];

/** Index of the first run that does not end below the height before this one. */
const position = (paid: PaidHeights, height: bigint): number => {
  let [low, high] = [0, paid.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const run = paid[middle];
    if (run !== undefined && run.last + 1n < height) low = middle + 1;
    else high = middle;
  }
  return low;
};

export const isPaid = (paid: PaidHeights, height: bigint): boolean => {
  for (const run of paid.slice(position(paid, height), position(paid, height) + 2))
    if (run.first <= height && height <= run.last) return true;
  return false;
};

/** With one height more; runs that come to touch become one. */
export const withPaid = (paid: PaidHeights, height: bigint): PaidHeights => {
  if (isPaid(paid, height)) return paid;
  const at = position(paid, height);
  const [left, right] = [paid[at], paid[at + 1]];
  const growsUp = left !== undefined && left.last + 1n === height;
  if (growsUp && right !== undefined && right.first === height + 1n)
    return [...paid.slice(0, at), { first: left.first, last: right.last }, ...paid.slice(at + 2)];
  if (growsUp) return [...paid.slice(0, at), { first: left.first, last: height }, ...paid.slice(at + 1)];
  if (left !== undefined && left.first === height + 1n)
    return [...paid.slice(0, at), { first: height, last: left.last }, ...paid.slice(at + 1)];
  return [...paid.slice(0, at), { first: height, last: height }, ...paid.slice(at)];
};
