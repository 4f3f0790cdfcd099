import { readVersion } from "../platform/version.ts";
import { UsageError, type Command } from "./command.ts";
import { commands } from "./commands.ts";
import { print } from "./output.ts";

/** Finds the command that was typed and runs it. Returns the exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    print(rest[0] === undefined ? await renderHelp() : await renderUsage(rest[0]));
    return 0;
  }
  if (name === "--version" || name === "-v") {
    print(await readVersion());
    return 0;
  }
  const command = await findCommand(name);
  if (rest.includes("--help") || rest.includes("-h")) {
    print(await renderUsage(name));
    return 0;
  }
  try {
    return (await command.run(rest)) ?? 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`nightledger ${name}: ${error.message} See nightledger help ${name}.`, {
      cause: error,
    });
  }
}

async function findCommand(name: string): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load !== undefined) return await load();
  throw new UsageError(
    `Unknown command "${name}". There are: ${Object.keys(commands).join(", ")}, help.`,
  );
}

async function renderHelp(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(commands).map(
      async ([name, load]) => `  ${name.padEnd(10)} ${(await load()).summary}`,
    ),
  );
  return [
    `nightledger ${await readVersion()}: the back office that runs a billing company's nights`,
    "",
    "Usage: nightledger <command> [flags]",
    "",
    ...lines,
    `  ${"help".padEnd(10)} Tells about a command: nightledger help night`,
    "",
    "Settings are environment variables; README.md lists them.",
  ].join("\n");
}

async function renderUsage(name: string): Promise<string> {
  const { summary, usage } = await findCommand(name);
  return `${summary}\n\nUsage: nightledger ${name} ${usage.trim()}`;
}
