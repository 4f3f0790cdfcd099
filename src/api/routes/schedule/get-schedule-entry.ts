import { z } from "zod";
import { findScheduleEntry } from "../../../db/schedule-entries.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentScheduleEntry, scheduleEntryJson } from "./schema.ts";

/** GET /schedule/:id */
export const getScheduleEntryRoute = defineRoute({
  method: "get",
  path: "/schedule/:id",
  summary: "Get scheduled work",
  tag: "Schedule",
  access: { scope: "schedule:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: scheduleEntryJson }) },

  async run({ sql, company }, { params }) {
    const entry = await findScheduleEntry(sql, { companyId: company.id, id: params.id });
    if (entry === undefined) throw new NotFound("Schedule entry");
    return { status: 200, body: { data: presentScheduleEntry(entry) }, version: entry };
  },
});
