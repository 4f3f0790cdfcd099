import { readEnvironment } from "../config/environment.ts";
import { UsageError } from "./command.ts";
import { describeError } from "./describe-error.ts";
import { runCommand } from "./run-command.ts";

/** Something was typed wrong, as shells have it. */
const EXIT_USAGE = 2;

// Whoever reads our output may stop doing so, as `head` does. That is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  process.exitCode = await runCommand(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  if (readEnvironment()["LOG_LEVEL"] === "debug" && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
  }
  process.exitCode = error instanceof UsageError ? EXIT_USAGE : 1;
}
