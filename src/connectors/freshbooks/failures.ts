import { z } from "zod";
import { ConnectionRevoked, ProviderRejected, type Failure } from "../../errors.ts";
import { failureOfStatus, type HttpAnswer } from "../../platform/http-client.ts";

/** FreshBooks says nothing of its limit, and sends no `Retry-After`. */
const WAIT_MS = 10_000;

const OldError = z.looseObject({
  errno: z.coerce.number().optional(),
  message: z.string().optional(),
  field: z.string().nullish(),
});
/** The forms in which FreshBooks says that something is wrong; which one depends on the endpoint. */
const forms = z.union([
  // Accounting, which may come with status 200. `errors` is a list, or one by itself.
  z
    .object({
      response: z.object({
        errors: z.union([z.array(OldError).min(1), OldError.transform((error) => [error])]),
      }),
    })
    .transform(({ response: { errors } }) => ({
      code: errors[0]?.errno?.toString(),
      message: errors[0]?.message,
    })),
  // Accounting, newer: google.rpc.
  z
    .object({
      code: z.number().optional(),
      message: z.string(),
      details: z.array(
        z.looseObject({
          reason: z.string().optional(),
          metadata: z.looseObject({ message: z.string().optional() }).optional(),
        }),
      ),
    })
    .transform(({ message, details }) => ({
      code: details[0]?.reason,
      message: details[0]?.metadata?.message ?? message,
    })),
  // Sign-in, and online payments.
  z
    .object({ error: z.string(), error_description: z.string().nullish() })
    .transform(({ error, error_description: description }) => ({
      code: error,
      message: description ?? error,
    })),
  // Projects and time.
  z
    .object({ errno: z.coerce.number(), error: z.unknown() })
    .transform(({ errno, error }) => ({ code: String(errno), message: JSON.stringify(error) })),
  z
    .object({ message: z.string(), error_type: z.string().optional() })
    .transform(({ message, error_type: type }) => ({ code: type, message })),
]);

/** Codes that mean: who asks is not let in. */
const REFUSED = new Set(["1003", "unauthenticated", "invalid_token"]);

/**
 * What is wrong with an answer, if anything. A 403 has the code `provider_forbidden`: the plan or the
 * scopes do not reach so far, and the rest can go on. A 404 has `provider_not_found`.
 */
export function failureOf(answer: HttpAnswer): Failure | undefined {
  const known = failureOfStatus(answer, { waitMs: WAIT_MS });
  if (known !== undefined) return known;
  const problem = readProblem(answer.text);
  if (answer.status < 400 && !isProblemInside(answer.text)) return undefined;
  const code = problem?.code;
  const text = `${answer.what}: ${problem?.message ?? `status ${answer.status}`}`.slice(0, 500);
  if (answer.status === 401 || (code !== undefined && REFUSED.has(code))) {
    return new ConnectionRevoked(text);
  }
  const isGone = answer.status === 404 || code === "1012";
  return new ProviderRejected(text, {
    code:
      answer.status === 403
        ? "provider_forbidden"
        : isGone
          ? "provider_not_found"
          : "provider_rejected",
    ...(code !== undefined && { providerCode: code }),
  });
}

function readProblem(
  text: string,
): { code?: string | undefined; message?: string | undefined } | undefined {
  try {
    return forms.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Errors in the body of a 200, which only the accounting endpoints do. */
function isProblemInside(text: string): boolean {
  if (!text.includes('"errors"')) return false;
  try {
    return z
      .object({
        response: z.object({ errors: z.union([z.array(z.unknown()).min(1), z.looseObject({})]) }),
      })
      .safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
