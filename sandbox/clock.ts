/** What time it is in the sandbox: the machine's, until it is set; then it goes on from there. */
export interface SandboxClock {
  now: () => Date;
  set: (instant: Date) => void;
  advanceMs: (ms: number) => void;
}

/** @param start stands still there, until it is moved; without it, time goes by */
export function createSandboxClock(start?: Date): SandboxClock {
  let standing = start;
  let offsetMs = 0;
  return {
    now: () => new Date((standing?.getTime() ?? Date.now()) + offsetMs),
    set(instant) {
      standing = instant;
      offsetMs = 0;
    },
    advanceMs(ms) {
      offsetMs += ms;
    },
  };
}
