import type { Logger } from "pino";
import { NotFound } from "../errors.ts";
import { contentTypeOf, kindOfKey, type FileKind } from "../platform/file-kinds.ts";
import { answerFile, type Answer } from "./answers.ts";
import type { ApiServices } from "./context.ts";

/** What a route that gives a stored file answers. Declare 502 with it: the storage can be another machine. */
export function storedFile(kinds: readonly FileKind[]): { contentType: readonly string[] } {
  return { contentType: kinds.map(contentTypeOf) };
}

/** A file that a record names. That it is not there although it should be is logged: somebody lost it. */
export async function answerStoredFile(
  { key, name }: { key: string; name: string },
  { services, log }: { services: ApiServices; log: Logger },
): Promise<Answer> {
  const kind = kindOfKey(key);
  if (kind === undefined) throw new Error(`the file ${key} is of no kind that is stored`);
  try {
    return answerFile(await services.storage.get(key), { name, kind });
  } catch (error) {
    if (error instanceof NotFound) log.error({ err: error, key }, "a stored file is missing");
    throw error;
  }
}
