import type { Clock } from "../../src/platform/clock.ts";

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  /** Moves to an instant, also backwards. Text is ISO 8601. */
  set: (instant: Date | string) => void;
  advanceMs: (ms: number) => void;
}

export function createTestClock(start: Date | string = "2026-03-02T09:00:00Z"): TestClock {
  let now = new Date(start);
  return {
    now: () => new Date(now),
    set: (instant) => {
      now = new Date(instant);
    },
    advanceMs: (ms) => {
      now = new Date(now.getTime() + ms);
    },
  };
}
