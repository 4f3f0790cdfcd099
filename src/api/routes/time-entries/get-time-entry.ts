import { z } from "zod";
import { findTimeEntry } from "../../../db/time-entries.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentTimeEntry, timeEntryJson } from "./schema.ts";

/** GET /time-entries/:id */
export const getTimeEntryRoute = defineRoute({
  method: "get",
  path: "/time-entries/:id",
  summary: "Get a time entry",
  tag: "Time tracking",
  access: { scope: "time-entries:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: timeEntryJson }) },

  async run({ sql, company }, { params }) {
    const entry = await findTimeEntry(sql, { companyId: company.id, id: params.id });
    if (entry === undefined) throw new NotFound("Time entry");
    return { status: 200, body: { data: presentTimeEntry(entry) }, version: entry };
  },
});
