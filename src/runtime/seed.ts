/** Random numbers that repeat: one small generator, permutations, and a way to make tf.layers' initialisers repeat. */

/** Mixes any numbers and texts into one unsigned 32-bit seed (FNV-1a, then an avalanche so that neighbours differ everywhere). */
export function hashSeed(...parts: (number | string)[]): number {
  let hash = 0x811c9dc5;
  for (const character of parts.map(String).join('\u0000')) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A sequence of numbers in [0, 1) fixed by its seed (sfc32: 128 bits of state, passes the usual test batteries). */
export class RandomSequence {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.a = hashSeed(seed, 'a');
    this.b = hashSeed(seed, 'b');
    this.c = hashSeed(seed, 'c');
    for (let round = 0; round < 12; round++) this.next();
  }

  next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  }
}

/** 0 … count − 1 in an order fixed by the seed (Fisher and Yates). */
export function permutation(count: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  const random = new RandomSequence(seed);
  for (let last = count - 1; last > 0; last--) {
    const chosen = Math.floor(random.next() * (last + 1));
    const kept = order[last]!;
    order[last] = order[chosen]!;
    order[chosen] = kept;
  }
  return order;
}

/** Runs `build` with a seeded Math.random: tf.layers' initialisers draw from it, so the same seed gives the same first weights. */
export function seeded<Result>(seed: number, build: () => Result): Result {
  const original = Math.random;
  const random = new RandomSequence(seed);
  Math.random = () => random.next();
  try {
    return build();
  } finally {
    Math.random = original;
  }
}
