import { z } from "zod";
import { listNights } from "../../../db/billing-nights.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { filterQuery } from "../../inputs.ts";
import { nightJson, presentNight } from "./schema.ts";

/** GET /nights — the company's nights, newest first. */
export const getNightsRoute = defineRoute({
  method: "get",
  path: "/nights",
  summary: "List nights",
  tag: "Nights",
  access: { scope: "nights:read" },
  query: z.strictObject({
    ...pageQuery,
    filter: filterQuery({
      status: z.enum(["scheduled", "running", "completed", "held", "missed"]).optional(),
    }),
  }),
  answers: { 200: listJson(nightJson, {}) },
  async run({ sql, company }, { query }) {
    const page = pageOf(query);
    const { rows, total } = await listNights(sql, {
      companyId: company.id,
      status: query.filter?.status ?? null,
      ...page,
    });
    return listAnswer(rows.map(presentNight), { ...page, total });
  },
});
