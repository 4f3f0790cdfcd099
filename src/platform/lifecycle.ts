import type { Log } from "./log.ts";

/** Something that runs until it is closed: a server, a pool, a worker. */
export interface Part {
  close: () => unknown;
}

/** What we need of a process. */
export interface HostProcess {
  on: (event: string, handler: (cause: unknown) => void) => unknown;
  off: (event: string, handler: (cause: unknown) => void) => unknown;
  exit: (code: number) => void;
}

export interface LifecycleOptions {
  log: Log;
  /** How long closing may take in all, in milliseconds, before the process ends regardless. */
  windowMs: number;
  /** Default: this process. A test passes its own. */
  process?: HostProcess;
}

export interface Lifecycle {
  /** Starts a part and returns it. Parts are closed in the opposite order, each after what came later. */
  start: <P extends Part>(name: string, start: () => P | Promise<P>) => Promise<P>;
  /** Closes all parts once; a part that fails does not keep the others from being closed. False when something went wrong. */
  stop: (reason: string) => Promise<boolean>;
  /**
   * From now on SIGTERM and SIGINT stop everything and end the process (0, or 1 when something did not
   * close in time; a second signal ends it at once), and what nobody caught is logged and ends it with 1:
   * after that, nothing in memory can be trusted, and a supervisor starts us anew. Returns how to undo it.
   */
  listen: () => () => void;
}

export function createLifecycle({
  log,
  windowMs,
  process: host = process,
}: LifecycleOptions): Lifecycle {
  const parts: { name: string; part: Part }[] = [];
  let stopping: Promise<boolean> | undefined;
  const isStopping = (): boolean => stopping !== undefined;

  const closeAll = async (): Promise<boolean> => {
    const deadline = performance.now() + windowMs;
    let isClean = true;
    for (const { name, part } of parts.toReversed()) {
      try {
        await within(deadline - performance.now(), part.close());
      } catch (error) {
        isClean = false;
        log.error({ err: error, part: name }, "part did not close");
      }
    }
    return isClean;
  };
  const stop = async (reason: string): Promise<boolean> => {
    if (stopping === undefined) {
      log.info({ reason }, "stopping");
      stopping = closeAll();
    }
    return await stopping;
  };

  const onSignal = (cause: unknown): void => {
    if (isStopping()) {
      log.warn({ reason: cause }, "told to stop again: ending at once");
      host.exit(1);
      return;
    }
    void stopAndExit(String(cause));
  };
  const stopAndExit = async (reason: string): Promise<void> => {
    const isClean = await stop(reason);
    log.info("stopped");
    host.exit(isClean ? 0 : 1);
  };
  const onUncaught = (error: unknown): void => {
    log.fatal({ err: error }, "nobody caught this");
    log.flush();
    host.exit(1);
  };

  return {
    start: async (name, start) => {
      if (isStopping()) throw new Error(`${name} was not started: we are stopping.`);
      const part = await start();
      if (isStopping()) {
        // The others are being closed already, without it.
        await part.close();
        throw new Error(`${name} was closed again: we are stopping.`);
      }
      parts.push({ name, part });
      return part;
    },
    stop,
    listen: () => {
      const handlers = {
        SIGTERM: onSignal,
        SIGINT: onSignal,
        uncaughtException: onUncaught,
        unhandledRejection: onUncaught,
      };
      for (const [event, handler] of Object.entries(handlers)) host.on(event, handler);
      return () => {
        for (const [event, handler] of Object.entries(handlers)) host.off(event, handler);
      };
    },
  };
}

/** Rejects when it takes longer; a window that is used up still lets a part begin to close. */
async function within(ms: number, closing: unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("It did not close in time.")), Math.max(ms, 0));
  });
  try {
    await Promise.race([closing, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
