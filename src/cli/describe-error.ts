import { InvalidSettings } from "../config/config.ts";
import { Failure, InvalidInput } from "../errors.ts";
import { CannotListen } from "../platform/listen.ts";
import { redactText } from "../platform/redact.ts";
import { Unreachable } from "../platform/unreachable.ts";
import { UsageError } from "./command.ts";

/** One line about anything thrown, without secrets: what is wrong, and where to look when it is a bug. */
export function describeError(error: unknown): string {
  const text =
    error instanceof InvalidSettings
      ? `Settings: ${error.problems.map(redactGiven).join("; ")}`
      : redactText(textOf(error));
  return text.replaceAll(/\s*\n\s*/g, "; ");
}

/** What was expected is an example of ours, to be read; what was given may be anybody's secret. */
function redactGiven(problem: string): string {
  const at = problem.indexOf(', got "');
  return at === -1 ? problem : problem.slice(0, at) + redactText(problem.slice(at));
}

const SETTINGS: Readonly<Record<Unreachable["what"], string>> = {
  database: "DATABASE_URL",
  queue: "QUEUE_URL",
};

function textOf(error: unknown): string {
  if (error instanceof Unreachable) {
    return `${sentence(textOf(error.cause))} Check ${SETTINGS[error.what]}.`;
  }
  if (error instanceof CannotListen) {
    const reason = error.cause instanceof Error ? reasonOf(error.cause) : String(error.cause);
    return `Cannot listen on ${error.address}: ${reason}. Check HOST and PORT.`;
  }
  if (error instanceof InvalidInput) {
    const named = Object.entries(error.errors).map(
      ([field, texts]) => `${field}: ${texts.join(" ")}`,
    );
    return named.length > 0 ? named.join("; ") : error.message;
  }
  if (error instanceof UsageError || error instanceof Failure) return error.message;
  // Node gathers the attempts on each of a host's addresses, and says nothing itself.
  if (error instanceof AggregateError && error.message === "") return textOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const address = connectionProblem(error);
  return address ?? (error.message === "" ? error.name : error.message);
}

const CONNECTION_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody answers there",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host's name cannot be looked up now",
  ETIMEDOUT: "no answer in time",
  CONNECT_TIMEOUT: "no answer in time",
  EADDRNOTAVAIL: "that is no address of this machine",
};

function connectionProblem(error: Error): string | undefined {
  const problem = CONNECTION_PROBLEMS[codeOf(error)];
  if (problem === undefined) return undefined;
  const host =
    "address" in error ? error.address : "hostname" in error ? error.hostname : undefined;
  const port = "port" in error ? error.port : undefined;
  const where = [host, port]
    .filter((part) => typeof part === "string" || typeof part === "number")
    .join(":");
  return `Cannot connect${where === "" ? "" : ` to ${where}`}: ${reasonOf(error)}.`;
}

/** In our words where we have some, with the system's code. */
function reasonOf(error: Error): string {
  const code = codeOf(error);
  const problem = CONNECTION_PROBLEMS[code];
  return problem === undefined ? error.message : `${problem} (${code})`;
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
