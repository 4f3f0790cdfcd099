import type { Missable } from "./settings.ts";

/** One invoice cannot go over now; the others can. */
export class Waits extends Error {
  override name = "Waits";
  /** What is missing; null when it is QuickBooks that refuses. */
  readonly setting: Missable | null;

  constructor(reason: string, options: { setting?: Missable; cause?: unknown } = {}) {
    super(reason.slice(0, 500), { cause: options.cause });
    this.setting = options.setting ?? null;
  }
}
