import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalStorage, type FileStorage } from "../../src/platform/storage.ts";
import type { TestSetup } from "./setup.ts";

export interface TestStorage {
  storage: FileStorage;
  /** What lies in it, unfinished files too. */
  listFiles: () => Promise<string[]>;
}

/** A file storage of the test's own, gone after it. */
export function openTestStorage({ defer }: Pick<TestSetup, "defer">): TestStorage {
  const folder = join(tmpdir(), `nightledger-files-${randomUUID()}`);
  defer(async () => await rm(folder, { recursive: true, force: true }));
  return {
    storage: createLocalStorage(folder),
    listFiles: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
        () => [],
      );
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .toSorted();
    },
  };
}
