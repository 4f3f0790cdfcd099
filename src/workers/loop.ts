import type { Log } from "../platform/log.ts";

/** A task done over and over, in one process at a time with itself. */
export interface Loop {
  /** Does the task again as soon as possible. */
  wake: () => void;
  /** Lets the current pass end, and resolves then. */
  stop: () => Promise<void>;
}

/**
 * Does `pass` again and again, resting as many milliseconds as it answers, or until woken. A pass that
 * throws is logged and tried again, resting longer each time, at most 5 seconds: what it needs, such as
 * the database, may come back.
 */
export function startLoop(log: Log, name: string, pass: () => Promise<number>): Loop {
  const stopping = new AbortController();
  let isWoken = false;
  let endRest: (() => void) | undefined;

  async function rest(ms: number): Promise<void> {
    if (isWoken || stopping.signal.aborted || ms <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
      endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    endRest = undefined;
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      isWoken = false;
      let restMs: number;
      try {
        restMs = await pass();
        failures = 0;
      } catch (error) {
        failures += 1;
        restMs = Math.min(5_000, 50 * 2 ** Math.min(failures, 10));
        log.warn({ err: error, loop: name, failures }, "pass failed, will be tried again");
        // What went wrong is not mended by being told again that there is work.
        isWoken = false;
      }
      await rest(restMs);
    }
  }

  const running = run();
  return {
    wake() {
      isWoken = true;
      endRest?.();
    },
    async stop() {
      stopping.abort();
      endRest?.();
      await running;
    },
  };
}
