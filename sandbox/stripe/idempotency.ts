import type { SandboxClock } from "../clock.ts";
import type { SandboxAnswer, SandboxRequest } from "../provider.ts";
import { refusal } from "./refusals.ts";

/** Keys may be forgotten after so long (docs.stripe.com/api/idempotent_requests). */
const KEPT_MS = 24 * 3_600_000;

interface Kept {
  /** What was asked: the same key is good for nothing else. */
  request: string;
  answer: SandboxAnswer;
  at: number;
}

export interface IdempotencyStore {
  /** Answers a POST: from what is kept for its key, or by `run`, whose answer is kept once it did something. */
  answer: (request: SandboxRequest, account: string, run: () => SandboxAnswer) => SandboxAnswer;
}

/** First answers by account and key. What was refused for its form is not kept. */
export function createIdempotencyStore(clock: SandboxClock): IdempotencyStore {
  const kept = new Map<string, Kept>();
  return {
    answer(request, account, run) {
      const key = request.headers["idempotency-key"];
      if (key === undefined) return run();
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
        const { headers, ...answer } = known.answer;
        return { ...answer, headers: { ...headers, "idempotent-replayed": "true" } };
      }
      const answer = run();
      if (answer.status < 400 || answer.status >= 500) {
        kept.set(place, { request: asked, answer, at: now });
      }
      return answer;
    },
  };
}
