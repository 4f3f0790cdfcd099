import { randomUUID } from "node:crypto";
import {
  chmod,
  constants,
  copyFile,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { InvalidPayload, NotFound } from "../errors.ts";

/**
 * Files by key, e.g. `companies/7/receipts/0b9f….pdf`. A key names one content for good, or is replaced
 * whole. Keys hold something random: nobody guesses one, and no two uploads meet.
 */
export interface FileStorage {
  put: (key: string, content: Uint8Array) => Promise<void>;
  /** The same for a file of any size, which lies at `path` and stays there. */
  putFile: (key: string, path: string) => Promise<void>;
  /** Throws `NotFound`. */
  get: (key: string) => Promise<Buffer>;
  /** The content of a file of any size, piece by piece. Throws `NotFound`; the stream fails when it breaks off. */
  open: (key: string) => Promise<Readable>;
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
  /** Written and flushed under another name first: nobody reads half a file, now or after a crash. */
  const place = async (key: string, write: (path: string) => Promise<void>): Promise<void> => {
    const path = pathOf(key);
    await mkdir(dirname(path), { recursive: true });
    const unfinished = join(dirname(path), `.${randomUUID()}`);
    try {
      await write(unfinished);
      const file = await open(unfinished, "r+");
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  };
  return {
    put: async (key, content) => {
      await place(key, (path) => writeFile(path, content, { flag: "wx", mode: 0o600 }));
    },
    putFile: async (key, from) => {
      await place(key, async (path) => {
        await copyFile(from, path, constants.COPYFILE_EXCL);
        await chmod(path, 0o600);
      });
    },
    get: async (key) => await readFile(pathOf(key)).catch(asNotFound),
    open: async (key) => {
      const file = await open(pathOf(key)).catch(asNotFound);
      return file.createReadStream();
    },
    delete: async (key) => {
      await rm(pathOf(key), { force: true });
    },
  };
}

function asNotFound(error: unknown): never {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") {
    throw new NotFound("File", { cause: error });
  }
  throw error;
}
