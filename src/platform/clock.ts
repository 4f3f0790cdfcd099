/** Where the time comes from: passed in, never asked of the machine, so that a test can set it. */
export interface Clock {
  now: () => Date;
}

export const systemClock: Clock = { now: () => new Date() };
