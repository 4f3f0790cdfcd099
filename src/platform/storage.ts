import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InvalidPayload, NotFound } from "../errors.ts";

/**
 * Files by key, e.g. `companies/7/receipts/0b9f….pdf`. A key names one content for good, or is replaced
 * whole. Keys hold something random: nobody guesses one, and no two uploads meet.
 */
export interface FileStorage {
  put: (key: string, content: Uint8Array) => Promise<void>;
  /** Throws `NotFound`. */
  get: (key: string) => Promise<Buffer>;
  /** Also when there is none. */
  delete: (key: string) => Promise<void>;
}

const KEY_LENGTH_MAX = 512;
/** Parts of letters, digits, `-`, `_` and `.`, none starting with a dot: no way out of the folder, no hidden file. */
const KEY = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** Returns the key. Throws `InvalidPayload` for one that is none. */
export function checkStorageKey(key: string): string {
  if (key.length <= KEY_LENGTH_MAX && KEY.test(key)) return key;
  throw new InvalidPayload(`${JSON.stringify(key.slice(0, 100))} is not a storage key.`);
}

/** Keeps files in a folder of this machine, made when first needed. Throws `InvalidPayload` for a key that is none. */
export function createLocalStorage(folder: string): FileStorage {
  const pathOf = (key: string): string => join(folder, ...checkStorageKey(key).split("/"));
  return {
    put: async (key, content) => {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true });
      // Written and flushed under another name first: nobody reads half a file, now or after a crash.
      const unfinished = join(dirname(path), `.${randomUUID()}`);
      try {
        const file = await open(unfinished, "wx", 0o600);
        try {
          await file.writeFile(content);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
    get: async (key) => {
      try {
        return await readFile(pathOf(key));
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") {
          throw new NotFound("File", { cause: error });
        }
        throw error;
      }
    },
    delete: async (key) => {
      await rm(pathOf(key), { force: true });
    },
  };
}
