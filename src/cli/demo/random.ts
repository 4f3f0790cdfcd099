/** Numbers that look random and are the same each time: the demo tells one story. */
export interface Random {
  /** In [0, 1). */
  next: () => number;
  /** Whole, from `min` to `max`, both included. */
  whole: (min: number, max: number) => number;
  pick: <T>(values: readonly [T, ...T[]]) => T;
}

/** Mulberry32: 32 bits of state, good enough to make up names and prices. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return { next, whole, pick: (values) => values[whole(0, values.length - 1)] ?? values[0] };
}
