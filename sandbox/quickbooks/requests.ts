import type { SandboxClock } from "../clock.ts";
import type { SandboxAnswer, SandboxRequest } from "../provider.ts";
import { faultOf, throttled } from "./faults.ts";

/** Requests a minute with one company, and batches among them. */
const REQUESTS_MAX = 500;
const BATCHES_MAX = 40;
const MINUTE_MS = 60_000;

/** What QuickBooks does with any request before, and after, it looks at what is asked. */
export interface Requests {
  answer: (
    request: SandboxRequest,
    kind: "single" | "batch",
    run: () => SandboxAnswer,
  ) => SandboxAnswer;
}

/**
 * Limits, and first answers by `requestid`: asked again with it, whatever the body, the first answer
 * comes again, refusals too. Who is not let in, or asks too often, leaves none.
 */
export function createRequests(clock: SandboxClock): Requests {
  const kept = new Map<string, SandboxAnswer>();
  let minute = { from: 0, requests: 0, batches: 0 };
  let tid = 0;

  function isTooMany(kind: "single" | "batch"): boolean {
    const now = clock.now().getTime();
    if (now - minute.from >= MINUTE_MS) minute = { from: now, requests: 0, batches: 0 };
    minute.requests += 1;
    if (kind === "batch") minute.batches += 1;
    return minute.requests > REQUESTS_MAX || minute.batches > BATCHES_MAX;
  }

  function first(request: SandboxRequest, kind: "single" | "batch", run: () => SandboxAnswer) {
    const id = request.query.get("requestid");
    if (id === null || request.method === "GET") return run();
    if (id.length > (kind === "batch" ? 36 : 50)) {
      const detail = "requestid is too long";
      return {
        status: 400,
        body: faultOf({ code: "2050", message: "Length exceeds limit", detail }),
      };
    }
    const known = kept.get(id);
    if (known !== undefined) return known;
    const answer = run();
    // As it was then: what is held changes later.
    const copy = structuredClone(answer);
    kept.set(id, copy);
    return copy;
  }

  return {
    answer(request, kind, run) {
      tid += 1;
      const given = isTooMany(kind) ? throttled() : first(request, kind, run);
      return { ...given, headers: { ...given.headers, intuit_tid: `1-sandbox-${tid}` } };
    },
  };
}
