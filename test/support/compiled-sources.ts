import { execFile } from "node:child_process";
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { isAlive } from "../../src/platform/postmaster.ts";
import { askAt, openDoor } from "./door.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Answers with the folder of the compiled sources. */
    compiledSourcesUrl: string;
  }
}

const ROOT = join(import.meta.dirname, "../..");
/** Where packages are found and git does not look. */
const CACHE = join(ROOT, "node_modules/.cache");
const FOLDER = "nightledger-tests-";

/**
 * Run by vitest once, in its main process: compiles, when the first test asks for it, what tests start as
 * processes of their own. Each of those starts in half the time that it takes from the sources, and there
 * are hundreds of them. Types are not checked: that is `npm run types`.
 */
export default async function offerCompiledSources(
  project: TestProject,
): Promise<() => Promise<void>> {
  const folder = join(CACHE, `${FOLDER}${process.pid}`);
  let compiled: Promise<string> | undefined;
  const door = await openDoor(() => (compiled ??= compile(folder)));
  project.provide("compiledSourcesUrl", door.url);
  return async () => {
    door.close();
    if (compiled === undefined) return;
    await compiled.catch(() => {});
    await rm(folder, { recursive: true, force: true });
  };
}

/** In a test: the compiled form of a source, named from the root: `src/cli/main.ts`. */
export async function findCompiled(path: string): Promise<string> {
  return join(await askAt(inject("compiledSourcesUrl")), path.replace(/\.ts$/, ".js"));
}

async function compile(folder: string): Promise<string> {
  await removeFoldersOfKilledRuns();
  await mkdir(folder, { recursive: true });
  const config = join(folder, "tsconfig.json");
  const settings = {
    extends: join(ROOT, "tsconfig.build.json"),
    compilerOptions: { rootDir: ROOT, outDir: folder, noCheck: true, sourceMap: false, types: [] },
    include: [join(ROOT, "src"), join(ROOT, "sandbox"), join(ROOT, "test/chaos/*-process.ts")],
  };
  await writeFile(config, JSON.stringify(settings));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  await promisify(execFile)(process.execPath, [compiler, "-p", config]).catch((error: unknown) => {
    // It says on stdout what is wrong, which the error's own words leave out.
    const said = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
    throw new Error(`The sources cannot be compiled.\n${said}`, { cause: error });
  });
  // What the compiler leaves, and what the product has elsewhere than its sources: see scripts/build.mjs.
  await cp(join(ROOT, "src/db/migrations"), join(folder, "src/db/migrations"), { recursive: true });
  await cp(join(ROOT, "package.json"), join(folder, "package.json"));
  await cp(join(folder, "sandbox"), join(folder, "src/sandbox"), { recursive: true });
  return folder;
}

async function removeFoldersOfKilledRuns(): Promise<void> {
  for (const name of await readdir(CACHE).catch(() => [])) {
    const pid = new RegExp(`^${FOLDER}(\\d+)$`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(CACHE, name), { recursive: true, force: true });
  }
}
