import type { SandboxAnswer } from "../provider.ts";

/** A refusal in Google's form: what counts is the reason. */
export function refusal(
  status: number,
  reason: string,
  message: string,
  domain = "global",
): SandboxAnswer {
  return {
    status,
    body: { error: { errors: [{ domain, reason, message }], code: status, message } },
  };
}

export const unauthorized = (): SandboxAnswer => refusal(401, "authError", "Invalid Credentials");
export const notFound = (): SandboxAnswer => refusal(404, "notFound", "Not Found");
export const invalid = (message: string): SandboxAnswer => refusal(400, "invalid", message);
export const deleted = (): SandboxAnswer => refusal(410, "deleted", "Resource has been deleted");
export const duplicate = (): SandboxAnswer =>
  refusal(409, "duplicate", "The requested identifier already exists.");
export const stale = (): SandboxAnswer => refusal(412, "conditionNotMet", "Precondition Failed");
export const tooMany = (): SandboxAnswer =>
  refusal(403, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits");
export const expiredToken = (): SandboxAnswer =>
  refusal(
    410,
    "fullSyncRequired",
    "Sync token is no longer valid, a full sync is required.",
    "calendar",
  );
