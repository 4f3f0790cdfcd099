import { z } from "zod";
import { startImport } from "../../../actions/start-import.ts";
import { updateImport } from "../../../db/imports.ts";
import { Conflict } from "../../../errors.ts";
import { importFreshBooks } from "../../../jobs/freshbooks/import.ts";
import { importableResources } from "../../../jobs/freshbooks/plan.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { askedBy } from "../../asked-by.ts";
import { getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";
import { messageJson, refusalJson, refuse } from "./schema.ts";

/** POST /settings/freshbooks/import — takes the books over, as a run. */
export const postFreshBooksImportRoute = defineRoute({
  method: "post",
  path: "/settings/freshbooks/import",
  summary: "Import from FreshBooks",
  description:
    "Takes over what is not here yet; with `reimport_existing`, what is here is written over, and the " +
    "report tells what had been changed here. Location names the run. 409 while an import runs.",
  tag: "FreshBooks",
  access: { scope: "imports:write", minimumRole: "admin" },
  body: z.strictObject({
    selected_resources: z
      .array(z.enum(importableResources))
      .min(1)
      .optional()
      .meta({ description: "Default: everything." }),
    reimport_existing: z.boolean().default(false),
  }),
  answers: {
    202: messageJson.extend({
      data: z.object({ message: z.string(), import_id: z.int(), run_id: z.uuid() }),
    }),
    409: refusalJson,
    422: refusalJson,
  },

  async run(context, { body }) {
    const { tx, company, user, now } = context;
    const provider = getProvider(context, "freshbooks");
    try {
      const begun = await startImport(
        tx,
        { company, provider, userId: user.id, now },
        {
          selectedResources: [...new Set(body.selected_resources ?? importableResources)],
          reimportExisting: body.reimport_existing,
        },
      );
      const { runId } = await enqueue(
        tx,
        importFreshBooks,
        { companyId: company.id, importId: begun.id },
        askedBy(context),
      );
      await updateImport(tx, begun, { runId, now });
      return {
        status: 202,
        headers: { Location: `/api/v1/runs/${runId}` },
        body: { data: { message: "Import started", import_id: begun.id, run_id: runId } },
      };
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      return refuse(context, error.code === "import_in_progress" ? 409 : 422, error);
    }
  },
});
