/**
 * Turns many small asks into few statements without making any of them wait for company: an ask goes
 * out at once when nothing is under way, else with all others that come meanwhile.
 */
export interface Batcher<Item, Result> {
  ask(item: Item): Promise<Result>;
  /** Resolves when nothing is under way or waits. */
  idle(): Promise<void>;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * @param flush answers for all items at once, in their order; when it throws, see below
 * @param sizeMax the most items of one flush
 * @param isFaultOfItems whether what was thrown may be due to one of the items: each is then asked alone
 */
export function createBatcher<Item, Result>(
  flush: (items: readonly Item[]) => Promise<readonly Result[]>,
  { sizeMax, isFaultOfItems }: { sizeMax: number; isFaultOfItems: (error: unknown) => boolean },
): Batcher<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let running: Promise<void> | undefined;

  async function answer(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await flush(batch.map((entry) => entry.item));
      for (const [index, result] of results.entries()) batch[index]?.resolve(result);
    } catch (error) {
      if (batch.length === 1 || !isFaultOfItems(error)) {
        for (const entry of batch) entry.reject(error);
        return;
      }
      // One that is refused must not take the others with it.
      for (const entry of batch) await answer([entry]);
    }
  }

  async function run(): Promise<void> {
    // Asks of the same turn of the event loop, such as all messages of one packet, go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, sizeMax);
      waiting = waiting.slice(sizeMax);
      await answer(batch);
    }
    running = undefined;
  }

  return {
    async ask(item) {
      return await new Promise<Result>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        running ??= run();
      });
    },
    async idle() {
      // What was asked while we waited is waited for, too.
      for (let current = running; current !== undefined; current = running) await current;
    },
  };
}
