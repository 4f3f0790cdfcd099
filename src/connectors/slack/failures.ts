import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRequestError } from "@slack/web-api";
import {
  ConnectionRevoked,
  ProviderRejected,
  ProviderUnavailable,
  RateLimited,
  WriteUnconfirmed,
} from "../../errors.ts";
import { wordOf } from "./refusals.ts";

/** How long to stay away when Slack does not say, in milliseconds: as its own documents advise. */
export const WAIT_MS = 30_000;

/** Whoever asks is not let in (any more): only connecting again helps. */
const REFUSED = new Set([
  "access_denied",
  "account_inactive",
  "invalid_auth",
  "invalid_code",
  "invalid_refresh_token",
  "not_authed",
  "token_expired",
  "token_revoked",
  "two_factor_setup_required",
]);

/** Trouble over there; of a write "some aspect of the operation may have succeeded". */
const TROUBLE = new Set([
  "fatal_error",
  "internal_error",
  "request_timeout",
  "service_unavailable",
]);

/** Surely not done, and may be later. */
const BUSY = new Set(["message_limit_exceeded", "org_login_required", "team_added_to_org"]);

/** Nothing can be posted in this channel any more, whatever it says. */
const DEAD = new Set([
  "accesslimited",
  "cannot_reply_to_message",
  "channel_is_limited_access",
  "channel_not_found",
  "is_archived",
  "messages_tab_disabled",
  "method_not_supported_for_channel_type",
  "too_many_members",
]);

/** The message is at fault; another form of it may go through. */
const MESSAGE =
  /^(invalid_(arguments|blocks|blocks_format|metadata_format|metadata_schema|post_type)|msg_blocks_too_long|msg_too_long|no_text|too_many_attachments|metadata_too_large|attachment_payload_limit_exceeded)$/;

/**
 * What the SDK throws, in our classes. What goes wrong on the way, and statuses that mean the same with
 * every provider, never get here: the HTTP client has thrown before the SDK saw them, and the SDK
 * carries that along as `original`.
 */
export function failureOf(
  error: unknown,
  { what, isWrite }: { what: string; isWrite: boolean },
): unknown {
  if (error instanceof WebAPIRequestError) return error.original;
  if (error instanceof WebAPIHTTPError) {
    return new ProviderRejected(`${what}: status ${error.statusCode}`, {
      cause: error,
      providerCode: `http_${error.statusCode}`,
    });
  }
  return error instanceof WebAPIPlatformError ? failureOfCode(error, { what, isWrite }) : error;
}

function failureOfCode(
  error: WebAPIPlatformError,
  { what, isWrite }: { what: string; isWrite: boolean },
): Error {
  const { data } = error;
  const providerCode = wordOf(data.error);
  const scope = "needed" in data && typeof data.needed === "string" ? ` (${data.needed})` : "";
  const text = `${what}: ${providerCode}${scope}`;
  const cause = { cause: error };
  if (REFUSED.has(providerCode)) return new ConnectionRevoked(text, cause);
  if (providerCode === "ratelimited" || providerCode === "rate_limited") {
    return new RateLimited(text, { ...cause, afterMs: WAIT_MS });
  }
  if (TROUBLE.has(providerCode)) {
    return isWrite ? new WriteUnconfirmed(text, cause) : new ProviderUnavailable(text, cause);
  }
  if (BUSY.has(providerCode)) {
    return new ProviderUnavailable(text, { ...cause, code: providerCode });
  }
  return new ProviderRejected(text, { ...cause, code: rejectionOf(providerCode), providerCode });
}

function rejectionOf(code: string): string {
  if (code === "not_in_channel") return "not_in_channel";
  if (DEAD.has(code) || code.startsWith("restricted_action")) return "channel_dead";
  return MESSAGE.test(code) ? "message_refused" : "provider_rejected";
}
