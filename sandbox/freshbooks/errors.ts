import type { SandboxAnswer } from "../provider.ts";

/** Sign-in's own form. */
export const unauthenticated: SandboxAnswer = {
  status: 401,
  body: {
    error: "unauthenticated",
    error_description: "This action requires authentication to continue.",
  },
};

/** Accounting's older form, which comes with status 200. */
export function badPage(object: string): SandboxAnswer {
  const error = {
    errno: 1024,
    field: "page",
    message: "Page must be a positive integer.",
    object,
    value: "",
  };
  return { status: 200, body: { response: { errors: [error] } } };
}

/** Accounting's older form for what is not there. */
export function notFoundOld(object: string, value: string): SandboxAnswer {
  const message = `${object.slice(0, 1).toUpperCase()}${object.slice(1)} not found.`;
  const error = { errno: 1012, field: `${object}id`, message, object, value };
  return { status: 404, body: { response: { errors: [error] } } };
}

/** Accounting's newer form (google.rpc). */
export function notFoundNew(object: string, value: string): SandboxAnswer {
  return {
    status: 404,
    body: {
      code: 5,
      message: "Request failed with status_code: 404",
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: "1012",
          domain: "accounting.api.freshbooks.com",
          metadata: { object, message: `${object} not found.`, value, field: "userid" },
        },
      ],
    },
  };
}

export const noAccess: SandboxAnswer = {
  status: 403,
  body: {
    response: {
      errors: [
        { errno: 1004, message: "You do not have access to this account.", object: "account" },
      ],
    },
  },
};
