import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from "pino";
import { redactLine, redactValue } from "./redact.ts";

export type Log = Logger;
export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";

export interface LogOptions {
  level: LogLevel;
  /** Which process speaks, e.g. "worker". */
  name: string;
  /** Where the lines go. Default: stderr, since stdout belongs to what a command answers. */
  to?: DestinationStream;
}

/**
 * A log of JSON lines, without secrets and email addresses whoever logs what. Errors go under `err`.
 * Lines are written at once, so that none is lost when the process ends in the next moment.
 */
export function createLog({ level, name, to }: LogOptions): Log {
  return pino(
    {
      level,
      name,
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactFields(fields),
      },
      // Ours has already made plain values of errors.
      serializers: { err: (plain: unknown) => plain },
      // What was bound to a child log passes by the formatters.
      hooks: { streamWrite: redactLine },
    },
    to ?? destination({ dest: 2, sync: true }),
  );
}

function redactFields(fields: object): Record<string, unknown> {
  const plain = redactValue({ ...fields });
  return typeof plain === "object" && plain !== null ? { ...plain } : {};
}
