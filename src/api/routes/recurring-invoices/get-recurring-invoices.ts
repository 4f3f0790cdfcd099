import { z } from "zod";
import {
  countRecurringInvoices,
  listRecurringInvoices,
  recurringInvoiceSorts,
} from "../../../db/recurring-invoices.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { booleanQuery, filterQuery, idQuery, sortQuery } from "../../inputs.ts";
import {
  frequencies,
  presentRecurringInvoice,
  recurringInvoiceJson,
  seriesStatuses,
} from "./schema.ts";

/** GET /recurring-invoices — the status counts leave the filter on status out of account. */
export const getRecurringInvoicesRoute = defineRoute({
  method: "get",
  path: "/recurring-invoices",
  summary: "List recurring invoices",
  description:
    "Newest first unless `sort` says otherwise. `meta.status_counts` counts each status among those the " +
    "other filters find; `filter[is_parked]` finds those that wait for a person.",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:read" },
  query: z.strictObject({
    ...pageQuery,
    sort: sortQuery(recurringInvoiceSorts),
    filter: filterQuery({
      status: z.enum(seriesStatuses).optional(),
      client_id: idQuery.optional(),
      frequency: z.enum(frequencies).optional(),
      is_archived: booleanQuery.optional(),
      is_parked: booleanQuery.optional(),
    }),
  }),
  answers: {
    200: listJson(recurringInvoiceJson, {
      status_counts: z.record(z.enum(seriesStatuses), z.int()),
    }),
  },

  async run({ sql, company }, { query }) {
    const page = pageOf(query);
    const filter = {
      companyId: company.id,
      status: query.filter?.status,
      clientId: query.filter?.client_id,
      frequency: query.filter?.frequency,
      isArchived: query.filter?.is_archived,
      isParked: query.filter?.is_parked,
    };
    const sort = query.sort ?? { field: "id", isDescending: true };
    const [rows, counts] = await Promise.all([
      listRecurringInvoices(sql, { ...filter, ...page, sort }),
      countRecurringInvoices(sql, filter),
    ]);
    const total =
      filter.status === undefined
        ? counts.active + counts.paused + counts.completed
        : counts[filter.status];
    return listAnswer(
      rows.map(presentRecurringInvoice),
      { ...page, total },
      { status_counts: counts },
    );
  },
});
