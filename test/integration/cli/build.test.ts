import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");

test("the first `npx nightledger` leaves what is built to the processes that run from it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nightledger-build-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(join(ROOT, "scripts"), join(folder, "scripts"), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await mkdir(join(folder, "dist/cli"), { recursive: true });
  await writeFile(join(folder, "dist/cli/main.js"), "// built\n");

  await promisify(execFile)(process.execPath, [join(folder, "scripts/build.mjs")], {
    env: { ...process.env, npm_command: "exec", npm_lifecycle_event: "build" },
  });

  expect(await readFile(join(folder, "dist/cli/main.js"), "utf8")).toBe("// built\n");
});
