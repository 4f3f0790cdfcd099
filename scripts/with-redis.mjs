// Runs a command with QUEUE_URL set to a Redis server of its own, which ends with it:
//   node scripts/with-redis.mjs vitest run --project queues
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { tsImport } from "tsx/esm/api";

const { startRedis } = await tsImport("../test/support/redis.ts", import.meta.url);

const [command, ...options] = process.argv.slice(2);
if (command === undefined) {
  console.error("usage: node scripts/with-redis.mjs <command> [argument…]");
  process.exit(2);
}

let redis;
try {
  redis = await startRedis();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const child = spawn(command, options, {
  stdio: "inherit",
  env: {
    ...process.env,
    QUEUE_URL: redis.url,
    // As in an npm script.
    PATH: [join(import.meta.dirname, "../node_modules/.bin"), process.env.PATH].join(delimiter),
  },
});
// Ctrl-C reaches the command from the terminal; what reaches only us is passed on.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));

const code = await new Promise((resolve) => {
  child.once("error", (error) => {
    console.error(`${command} did not start: ${error.message}`);
    resolve(127);
  });
  child.once("exit", (exitCode, signal) => resolve(signal === null ? exitCode : 1));
});
await redis.stop();
process.exit(code);
