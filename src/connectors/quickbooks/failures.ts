import {
  ConnectionRevoked,
  ProviderRejected,
  ProviderUnavailable,
  RateLimited,
  WriteUnconfirmed,
  type Failure,
} from "../../errors.ts";
import { failureOfStatus, type HttpAnswer } from "../../platform/http-client.ts";
import { FaultAnswer, type QbProblem } from "./schemas.ts";

/** Intuit: "wait 60 seconds" (developer.intuit.com, limits and throttles). */
const WAIT_MS = 60_000;

/**
 * Codes after which only a person can help, by connecting again as an administrator: the token (3200),
 * the app's access (3100), the user's (120, 5020), the subscription (6190).
 */
const REFUSED = new Set(["3200", "3100", "120", "5020", "6190"]);
/** An error of theirs: "resubmit once". */
const BROKEN = "10000";
/** Somebody else changed it since it was read. */
export const isStale = (code: string | undefined): boolean => code === "5010";
/** A customer, vendor or employee, or an item, has the name. */
export const isDuplicateName = (code: string | undefined): boolean => code === "6240";
export const isDuplicateNumber = (code: string | undefined): boolean => code === "6140";
/** What is referred to is deleted or inactive. */
export const isGone = (code: string | undefined): boolean => code === "610" || code === "2500";

/** What is wrong with an answer, if anything: a fault may come with any status, 200 included. */
export function failureOf(answer: HttpAnswer): Failure | undefined {
  const problem = readProblem(answer.text);
  if (problem?.code === "3001") return limited(answer);
  const known = failureOfStatus(answer, { waitMs: WAIT_MS });
  if (known !== undefined) return known;
  if (problem === undefined) {
    if (answer.status < 400) return undefined;
    const text = `${answer.what}: status ${answer.status}`;
    return answer.status === 401
      ? new ConnectionRevoked(text)
      : new ProviderRejected(text, requestOf(answer));
  }
  return failureOfProblem(problem, answer, answer.status === 401);
}

/** The same of one part of a batch, which has a fault of its own. */
export function failureOfPart(part: unknown, answer: HttpAnswer): Failure | undefined {
  const problem = FaultAnswer.safeParse(part).data;
  if (problem === undefined) return undefined;
  return problem.code === "3001" ? limited(answer) : failureOfProblem(problem, answer, false);
}

function failureOfProblem(
  { code, message }: QbProblem,
  answer: HttpAnswer,
  isRefused: boolean,
): Failure {
  const text = `${answer.what}: ${message}`.slice(0, 500);
  if (isRefused || (code !== undefined && REFUSED.has(code))) return new ConnectionRevoked(text);
  if (code === BROKEN) {
    return answer.isWrite ? new WriteUnconfirmed(text) : new ProviderUnavailable(text);
  }
  return new ProviderRejected(text, {
    ...requestOf(answer),
    ...(code !== undefined && { providerCode: code }),
  });
}

function limited(answer: HttpAnswer): RateLimited {
  return new RateLimited(`${answer.what}: too many requests`, {
    afterMs: answer.retryAfterMs ?? WAIT_MS,
  });
}

/** Intuit's support asks for it. */
function requestOf(answer: HttpAnswer): { providerRequestId?: string } {
  const id = answer.header("intuit_tid");
  return id === undefined ? {} : { providerRequestId: id };
}

function readProblem(text: string): QbProblem | undefined {
  if (!/"[Ff]ault"/.test(text)) return undefined;
  try {
    return FaultAnswer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
