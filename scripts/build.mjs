// Compiles src/ to dist/ and sandbox/ to dist/sandbox/, and copies what the compiler does not, such as the
// SQL migrations. Runs after every install, so it is also where the installed database driver is mended.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { mendPostgres } from "./mend-postgres.mjs";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

mendPostgres();

// A production install (--omit=dev) has no compiler and runs the dist/ it was shipped with.
const require = createRequire(import.meta.url);
let compiler;
try {
  compiler = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
} catch {
  if (existsSync("dist/cli/main.js")) process.exit(0);
  throw new Error(
    "typescript is not installed and there is no dist/: run npm ci without --omit=dev",
  );
}

// The first `npx nightledger` in a clone prepares the package once more: what runs from dist/ keeps it.
if (process.env.npm_command === "exec" && existsSync("dist/cli/main.js")) process.exit(0);

rmSync("dist", { recursive: true, force: true });
try {
  for (const project of ["tsconfig.build.json", "tsconfig.sandbox.json"]) {
    execFileSync(process.execPath, [compiler, "-p", project], { stdio: "inherit" });
  }
} catch {
  // The compiler has said what is wrong; a stack of ours would only hide it.
  process.exit(1);
}
cpSync("src", "dist", {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || !path.endsWith(".ts"),
});
