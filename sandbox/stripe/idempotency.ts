import type { SandboxClock } from "../clock.ts";
import type { SandboxAnswer, SandboxRequest } from "../provider.ts";
import { refusal } from "./refusals.ts";

/** Keys may be forgotten after so long (docs.stripe.com/api/idempotent_requests). */
const KEPT_MS = 24 * 3_600_000;

interface Kept {
  /** What was asked: the same key is good for nothing else. */
  request: string;
  /** Undefined while the request is under way. */
  answer: SandboxAnswer | undefined;
  at: number;
}

export interface IdempotencyStore {
  /** Answers a POST: from what is kept for its key, or by `run`, whose answer is kept once it did something. */
  answer: (
    request: SandboxRequest,
    account: string,
    run: () => SandboxAnswer,
  ) => Promise<SandboxAnswer>;
  /** The next POST below a path breaks once it has begun: a 500, which is kept like any answer. */
  breakNext: (path: string) => void;
  /** The next POST below a path stays under way until it is let go on. */
  holdNext: (path: string) => void;
  release: () => void;
}

/** First answers by account and key. What was refused for its form is not kept. */
export function createIdempotencyStore(clock: SandboxClock): IdempotencyStore {
  const kept = new Map<string, Kept>();
  const toBreak: string[] = [];
  const toHold: string[] = [];
  let waiting: (() => void)[] = [];

  async function execute(path: string, run: () => SandboxAnswer): Promise<SandboxAnswer> {
    if (takes(toHold, path)) await new Promise<void>((resolve) => void waiting.push(resolve));
    if (takes(toBreak, path)) {
      return refusal(500, "An unexpected error occurred.", { type: "api_error" });
    }
    return run();
  }

  return {
    async answer(request, account, run) {
      const key = request.headers["idempotency-key"];
      if (key === undefined) return await execute(request.path, run);
      if (key.length > 255) return refusal(400, "The idempotency key is too long.");
      const place = `${account}/${key}`;
      const asked = `${request.path} ${request.body}`;
      const now = clock.now().getTime();
      const known = kept.get(place);
      if (known !== undefined && now - known.at < KEPT_MS) {
        if (known.request !== asked) {
          return refusal(
            400,
            "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            { type: "idempotency_error" },
          );
        }
        if (known.answer === undefined) {
          return refusal(409, "There is currently another in-progress request using this key.", {
            type: "idempotency_error",
            code: "idempotency_key_in_use",
          });
        }
        const { headers, ...answer } = known.answer;
        return { ...answer, headers: { ...headers, "idempotent-replayed": "true" } };
      }
      const entry: Kept = { request: asked, answer: undefined, at: now };
      kept.set(place, entry);
      entry.answer = await execute(request.path, run);
      const { status } = entry.answer;
      if (status >= 400 && status < 500) kept.delete(place);
      return entry.answer;
    },
    breakNext: (path) => void toBreak.push(path),
    holdNext: (path) => void toHold.push(path),
    release() {
      for (const goOn of waiting) goOn();
      waiting = [];
    },
  };
}

function takes(paths: string[], path: string): boolean {
  const index = paths.findIndex((each) => path.startsWith(each));
  if (index < 0) return false;
  paths.splice(index, 1);
  return true;
}
