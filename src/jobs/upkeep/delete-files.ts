import { z } from "zod";
import { deleteUnusedFiles } from "../../actions/delete-unused-files.ts";
import { defineJob, done } from "../define-job.ts";

/** Deletes receipts and logos that were replaced, and uploads whose request died on the way. */
export const deleteFiles = defineJob({
  name: "files.delete-unused",
  queue: "default",
  payload: z.object({}),
  retry: { attempts: 3, delayMsFirst: 30_000, delayMsMax: 120_000 },
  timeoutMs: 240_000,
  schedule: { everyMs: 300_000 },

  async run({ sql, storage, signal }) {
    return done({ deleted: await deleteUnusedFiles(sql, storage, { signal }) });
  },
});
