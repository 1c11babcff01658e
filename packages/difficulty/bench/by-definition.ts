// Retargeting as the definition reads: every step on a bigint as wide as it gets, nothing checked, nothing shared.

const decode = (bits: bigint): bigint => {
  const [size, word] = [bits >> 24n, bits & 0x7f_ffffn];
  return size <= 3n ? word >> (8n * (3n - size)) : word << (8n * (size - 3n));
};

const encode = (target: bigint): bigint => {
  let size = 0n;
  for (let rest = target; rest > 0n; rest >>= 8n) size++;
  let word = size <= 3n ? target << (8n * (3n - size)) : target >> (8n * (size - 3n));
  if ((word & 0x80_0000n) !== 0n) {
    word >>= 8n;
    size++;
  }
  return (size << 24n) | word;
};

const [TIMESPAN, FACTOR, LIMIT] = [1_209_600n, 4n, 0xffffn << 208n];

export const retargetByDefinition = (bits: number, timespan: bigint): number => {
  const least = TIMESPAN / FACTOR;
  const most = TIMESPAN * FACTOR;
  const clamped = timespan < least ? least : timespan > most ? most : timespan;
  const target = (decode(BigInt(bits)) * clamped) / TIMESPAN;
  return Number(encode(target > LIMIT ? LIMIT : target));
};
