import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it. One level at a time, since Node's own recursion never ends where
 * the system says of a folder that is there that it is not (/proc).
 *
 * @throws Error naming the folder and why it cannot be made
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeLevel(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split(",")[0] : String(cause);
    throw new Error(`The data folder ${path} cannot be made (${why}).`, { cause });
  }
}

async function makeLevel(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (code !== "ENOENT" || parent === path || (await isThere(parent))) throw error;
    await makeLevel(parent);
    await mkdir(path);
  }
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
