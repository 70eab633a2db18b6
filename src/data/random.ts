/** Random numbers from counters: the same key gives the same numbers on every machine, in any order, in any shard. */

/** One round of a 32-bit avalanche: every input bit reaches every output bit. */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A 32-bit hash of whole numbers. */
export function hashOf(...keys: number[]): number {
  let state = 0x9e3779b9;
  for (const key of keys) {
    const high = Math.floor(key / 4294967296);
    state = mix(state ^ (key | 0));
    if (high !== 0 && high !== -1) state = mix(state ^ high);
    state = (state + 0x9e3779b9) | 0;
  }
  return mix(state);
}

export interface RandomStream {
  /** In [0, 1). */
  uniform(): number;
  between(low: number, high: number): number;
  /** A whole number below the limit. */
  below(limit: number): number;
  normal(): number;
}

/** A stream of numbers that depends on nothing but its keys. */
export function randomStream(...keys: number[]): RandomStream {
  const key = hashOf(...keys);
  const second = hashOf(key, 0x51ed27);
  let counter = 0;
  const uniform = () => {
    counter += 1;
    return mix(mix(key + Math.imul(counter, 0x9e3779b9)) ^ second) / 4294967296;
  };
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    below: (limit) => Math.floor(uniform() * limit),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** Shuffles in place (Fisher and Yates) and returns what it was given. */
export function shuffle<List extends { [index: number]: number; length: number }>(list: List, random: RandomStream): List {
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const kept = list[last]!;
    list[last] = list[other]!;
    list[other] = kept;
  }
  return list;
}

export function permutation(count: number, random: RandomStream): Int32Array {
  return shuffle(
    Int32Array.from({ length: count }, (_, index) => index),
    random,
  );
}
