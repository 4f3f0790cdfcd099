import { InvalidSettings } from "../config/config.ts";
import { Failure, InvalidInput } from "../errors.ts";
import { redactText } from "../platform/redact.ts";
import { UsageError } from "./command.ts";

/** One line about anything thrown, without secrets: what is wrong, and where to look when it is a bug. */
export function describeError(error: unknown): string {
  return redactText(textOf(error)).replaceAll(/\s*\n\s*/g, "; ");
}

function textOf(error: unknown): string {
  if (error instanceof InvalidSettings) return `Settings: ${error.problems.join("; ")}`;
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
};

function connectionProblem(error: Error): string | undefined {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const problem = CONNECTION_PROBLEMS[code];
  if (problem === undefined) return undefined;
  const host =
    "address" in error ? error.address : "hostname" in error ? error.hostname : undefined;
  const port = "port" in error ? error.port : undefined;
  const where = [host, port]
    .filter((part) => typeof part === "string" || typeof part === "number")
    .join(":");
  return `Cannot connect${where === "" ? "" : ` to ${where}`}: ${problem} (${code}).`;
}
