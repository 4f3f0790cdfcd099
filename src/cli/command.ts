import { parseArgs, type ParseArgsConfig } from "node:util";
import { loadConfig, type Config } from "../config/config.ts";
import { readEnvironment } from "../config/environment.ts";
import { isLocalDate, type LocalDate } from "../billing/dates.ts";

/** Something was typed wrong: one line says what, and nothing was done. */
export class UsageError extends Error {
  override name = "UsageError";
}

export interface Command {
  /** What it is for, in one line. */
  summary: string;
  /** What may be typed after its name, and what it means; shown by `help`. */
  usage: string;
  /** Returns the exit code; nothing means 0. */
  run: (args: readonly string[]) => Promise<number | void>;
}

type Options = NonNullable<ParseArgsConfig["options"]>;

interface CommandDefinition<O extends Options> {
  summary: string;
  usage: string;
  options: O;
  /** Words beside the options, by name, e.g. ["run id"]. Default: none. */
  words?: readonly string[];
  run: (values: ValuesOf<O>, words: readonly string[]) => Promise<number | void>;
}

type ValuesOf<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; strict: true; allowPositionals: true }>
>["values"];

/** Puts reading and checking of flags before a command, with our own words for what is wrong. */
export function defineCommand<const O extends Options>(definition: CommandDefinition<O>): Command {
  const { summary, usage, options, words = [], run } = definition;
  return {
    summary,
    usage,
    async run(args) {
      const { values, positionals } = parse(args, options);
      const surplus = positionals[words.length];
      if (surplus !== undefined) throw new UsageError(`Unexpected "${surplus}".`);
      const missing = words[positionals.length];
      if (missing !== undefined) throw new UsageError(`The ${missing} is missing.`);
      return await run(values, positionals);
    },
  };
}

function parse<O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const unknown = /^Unknown option '(?<option>[^']*)'/.exec(error.message)?.groups?.["option"];
    // Node's own text goes on with advice that does not fit here.
    const text = unknown === undefined ? firstSentence(error.message) : `Unknown flag ${unknown}.`;
    throw new UsageError(text, { cause: error });
  }
}

function firstSentence(text: string): string {
  const end = text.search(/\.\s|\n/);
  const sentence = end === -1 ? text : text.slice(0, end);
  return sentence.endsWith(".") ? sentence : `${sentence}.`;
}

/** The settings, from the environment and what flags put over it. */
export function readSettings(
  flags: { dataDir?: string | undefined; port?: string | undefined; SMTP_URL?: "" } = {},
  defaults: Readonly<Record<string, string>> = {},
  /** In place of what the environment says. */
  instead: Readonly<Record<string, string>> = {},
): Config {
  const environment = readEnvironment({
    DATA_DIR: requireValue("--data-dir", flags.dataDir),
    PORT: flags.port === undefined ? undefined : String(readPort(flags.port)),
    SMTP_URL: flags.SMTP_URL,
  });
  // What a flag stands over is wrong all the same where it is wrong.
  loadConfig(readEnvironment());
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  return loadConfig({ ...defaults, ...given, ...instead });
}

function requireValue(flag: string, text: string | undefined): string | undefined {
  if (text?.trim() === "") throw new UsageError(`${flag} is empty.`);
  return text;
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`--port: expected a number from 0 to 65535, got "${text}".`);
}

/** A calendar day given by a flag. */
export function readDate(flag: string, text: string): LocalDate {
  if (isLocalDate(text)) return text;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text))
    throw new UsageError(`${flag}: there is no such day as ${text}.`);
  throw new UsageError(`${flag}: expected a date like 2026-03-31, got "${text}".`);
}

/** A record's number given by a flag. */
export function readId(flag: string, text: string): number {
  const id = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(id)) return id;
  throw new UsageError(`${flag}: expected a number from 1, got "${text}".`);
}

/** How many, given by a flag. */
export function readCount(flag: string, text: string, max: number): number {
  const count = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= max) return count;
  throw new UsageError(`${flag}: expected a number from 1 to ${max}, got "${text}".`);
}
