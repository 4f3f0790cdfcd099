import { z } from "zod";
import { getRecurringInvoice } from "../../../db/recurring-invoices.ts";
import { countOccurrences, listOccurrences } from "../../../db/recurring-occurrences.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { occurrenceJson, presentOccurrence } from "./schema.ts";

/** GET /recurring-invoices/:id/occurrences — what became of each, newest period first. */
export const getOccurrencesRoute = defineRoute({
  method: "get",
  path: "/recurring-invoices/:id/occurrences",
  summary: "List what became of a recurring invoice's occurrences",
  description: "An invoice, or a reason why it was skipped. Newest period first.",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:read" },
  params: z.object({ id: idParam }),
  query: z.strictObject(pageQuery),
  answers: {
    200: listJson(occurrenceJson, {
      outcome_counts: z.object({ generated: z.int(), skipped: z.int(), moved: z.int() }),
    }),
  },

  async run({ sql, company }, { params, query }) {
    const page = pageOf(query);
    const series = await getRecurringInvoice(sql, { companyId: company.id, id: params.id });
    const where = { companyId: company.id, seriesId: series.id };
    const [rows, counts] = await Promise.all([
      listOccurrences(sql, { ...where, ...page }),
      countOccurrences(sql, where),
    ]);
    return listAnswer(
      rows.map(presentOccurrence),
      { ...page, total: counts.generated + counts.skipped + counts.moved },
      { outcome_counts: counts },
    );
  },
});
