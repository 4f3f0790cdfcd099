import type { SandboxAnswer } from "../provider.ts";

/** A rule of QuickBooks that a request breaks. */
export class QbFault extends Error {
  readonly code: string;
  readonly detail: string;

  constructor(code: string, message: string, detail = "") {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}

/** As QuickBooks puts it in an answer, and in the part of a batch. */
export function faultOf({ code, message, detail }: Pick<QbFault, "code" | "message" | "detail">) {
  return {
    Fault: {
      Error: [{ Message: message, Detail: detail, code, element: "" }],
      type: code === "3001" ? "SERVICE" : "ValidationFault",
    },
  };
}

/** Who asks is not let in: the keys are in lower case, unlike everywhere else. */
export function unauthorized(detail: string): SandboxAnswer {
  return {
    status: 401,
    body: {
      warnings: null,
      intuitObject: null,
      fault: {
        error: [
          {
            message: "message=AuthenticationFailed; errorCode=003200; statusCode=401",
            detail,
            code: "3200",
            element: null,
          },
        ],
        type: "AUTHENTICATION",
      },
      report: null,
      queryResponse: null,
      batchItemResponse: [],
      attachableResponse: [],
    },
  };
}

export function throttled(): SandboxAnswer {
  return {
    status: 429,
    body: faultOf({
      code: "3001",
      message: "message=ThrottleExceeded; errorCode=003001; statusCode=429",
      detail: "The request limit was reached. Try again later",
    }),
  };
}

export const noAccess: SandboxAnswer = {
  status: 403,
  body: faultOf({
    code: "3100",
    message: "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
    detail: "The application has no access to this company",
  }),
};
