import type { Command } from "./command.ts";

/** Every command, loaded only when it is asked for. In the order of `help`. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import("./up.ts")).up,
  demo: async () => (await import("./demo.ts")).demo,
  migrate: async () => (await import("./migrate.ts")).migrateCommand,
  api: async () => (await import("./api.ts")).api,
  worker: async () => (await import("./worker.ts")).worker,
  scheduler: async () => (await import("./scheduler.ts")).scheduler,
  night: async () => (await import("./night.ts")).night,
  runs: async () => (await import("./runs.ts")).runs,
  token: async () => (await import("./token.ts")).token,
  keys: async () => (await import("./keys.ts")).keysCommand,
  verify: async () => (await import("./verify.ts")).verify,
  sandbox: async () => (await import("./sandbox.ts")).sandbox,
  doctor: async () => (await import("./doctor.ts")).doctor,
};
