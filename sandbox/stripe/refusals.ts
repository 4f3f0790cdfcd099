import type { SandboxAnswer } from "../provider.ts";

let requests = 0;

/** A refusal in Stripe's form. */
export function refusal(
  status: number,
  message: string,
  details: { type?: string; code?: string; param?: string } = {},
): SandboxAnswer {
  requests += 1;
  return {
    status,
    headers: { "request-id": `req_${requests}` },
    body: { error: { type: "invalid_request_error", message, ...details } },
  };
}

/** The platform may not act for this account, or not any more. */
export function noAccess(account: string): SandboxAnswer {
  return refusal(
    403,
    `The provided key does not have access to account '${account}' (or that account does not exist). Application access may have been revoked.`,
    { code: "account_invalid" },
  );
}

export function noSuch(what: string, id: string): SandboxAnswer {
  return refusal(404, `No such ${what}: '${id}'`, { code: "resource_missing", param: "id" });
}

export function missing(param: string): SandboxAnswer {
  return refusal(400, `Missing required param: ${param}.`, { code: "parameter_missing", param });
}
