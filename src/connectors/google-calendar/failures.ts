import { z } from "zod";
import { ConnectionRevoked, ProviderRejected, RateLimited, type Failure } from "../../errors.ts";
import { failureOfStatus, type HttpAnswer } from "../../platform/http-client.ts";

/** How long to stay away when Google does not say: its limits are of one minute. */
const WAIT_MS = 30_000;
/** The day of a limit ends at midnight in California; asked for again each hour, it is found soon after. */
const WAIT_FOR_DAY_MS = 3_600_000;

/** What is looked at of an answer that is no success. */
export type Refusal = Pick<HttpAnswer, "status" | "what" | "isWrite" | "retryAfterMs"> & {
  body: unknown;
};

const Body = z.object({
  error: z.object({
    message: z.string().optional(),
    errors: z.array(z.looseObject({ reason: z.string().optional() })).optional(),
    details: z.array(z.looseObject({ reason: z.string().optional() })).optional(),
  }),
});

const limits = new Set(["rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"]);
const dayLimits = new Set(["dailyLimitExceeded", "variableTermLimitExceeded"]);

/** Codes of `ProviderRejected`, for what a caller may expect. */
export const codes = {
  notFound: "provider_not_found",
  taken: "provider_id_taken",
  gone: "provider_gone",
  stale: "provider_stale",
} as const;

const codeOfStatus: Readonly<Record<number, string>> = {
  403: "provider_forbidden",
  404: codes.notFound,
  409: codes.taken,
  410: codes.gone,
  412: codes.stale,
};

/**
 * What a refusal of Google's means. Limits come as 429 and, more often, as 403, so the reason counts
 * before the status.
 */
export function failureOf(answer: Refusal): Failure {
  const { status, what, retryAfterMs } = answer;
  const error = Body.safeParse(answer.body).data?.error;
  const reason = error?.errors?.[0]?.reason ?? error?.details?.[0]?.reason;
  if (reason !== undefined && (limits.has(reason) || dayLimits.has(reason))) {
    const waitMs = dayLimits.has(reason) ? WAIT_FOR_DAY_MS : WAIT_MS;
    return new RateLimited(`${what}: ${reason}`, { afterMs: retryAfterMs ?? waitMs });
  }
  const known = failureOfStatus(answer, { waitMs: WAIT_MS });
  if (known !== undefined) return known;
  const text = `${what}: ${error?.message ?? `status ${status}`}`.slice(0, 500);
  if (status === 401) return new ConnectionRevoked(text);
  return new ProviderRejected(text, {
    code: codeOfStatus[status] ?? "provider_rejected",
    ...(reason !== undefined && { providerCode: reason }),
  });
}
