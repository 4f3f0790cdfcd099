import { Stripe } from "stripe";
import {
  ConnectionRevoked,
  Failure,
  ProviderRejected,
  ProviderUnavailable,
  WriteUnconfirmed,
} from "../../errors.ts";

/**
 * What the SDK throws, in our classes. Statuses that mean the same with every provider never get here:
 * the HTTP client has thrown before the SDK saw them, and the SDK carries that along as `detail`.
 */
export function failureOf(
  error: unknown,
  { what, signal, isWrite }: { what: string; signal: AbortSignal; isWrite: boolean },
): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const { detail, statusCode } = error;
  if (detail instanceof Failure) return detail;
  const text = `Stripe: ${what}: ${error.message}`;
  if (error instanceof Stripe.errors.StripeConnectionError) {
    // Given up by whoever asked, before anything was sent or while reading.
    if (signal.aborted && !isTimeout(signal.reason)) return signal.reason;
    return new ProviderUnavailable(`Stripe: ${what}: it took too long`, { cause: error });
  }
  if (error.code === "account_invalid") return new ConnectionRevoked(text, { cause: error });
  // The first request with this key is still under way over there.
  if (statusCode === 409) {
    return isWrite
      ? new WriteUnconfirmed(text, { cause: error })
      : new ProviderUnavailable(text, { cause: error });
  }
  return new ProviderRejected(text, {
    cause: error,
    ...(statusCode === 401 ? { code: "provider_key_refused" } : {}),
    providerCode: error.code ?? error.rawType ?? error.type,
    ...(error.requestId === undefined ? {} : { providerRequestId: error.requestId }),
  });
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "TimeoutError";
}
