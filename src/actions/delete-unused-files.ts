import type { Sql } from "../db/client.ts";
import { forgetFile, postponeFile, takeDueFile } from "../db/files-to-delete.ts";
import { inTransaction } from "../db/transaction.ts";
import type { FileStorage } from "../platform/storage.ts";

/**
 * Deletes files that no record names, of one company or of all. A file that cannot be deleted is left for
 * an hour, and what went wrong is thrown: those behind it are tried the next time. Returns how many went.
 */
export async function deleteUnusedFiles(
  sql: Sql,
  storage: FileStorage,
  { companyId, signal }: { companyId?: number; signal?: AbortSignal } = {},
): Promise<number> {
  for (let count = 0; ; count += 1) {
    signal?.throwIfAborted();
    const outcome = await inTransaction(sql, async (tx) => {
      const file = await takeDueFile(tx, { companyId });
      if (file === undefined) return undefined;
      try {
        await storage.delete(file.key);
      } catch (error) {
        return { file, error };
      }
      await forgetFile(tx, file);
      return { file };
    });
    if (outcome === undefined) return count;
    if ("error" in outcome) {
      await postponeFile(sql, outcome.file);
      throw outcome.error;
    }
  }
}
