import { z } from "zod";
import { listRefunds, refundSortFields, summarizeRefunds } from "../../../db/payment-refunds.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { filterQuery, idQuery, sortQuery } from "../../inputs.ts";
import { minorJson } from "../../units.ts";
import { moneyFilter, presentRefund, refundJson, toMoneyFilter } from "../payments/schema.ts";

const totalJson = z.object({ currency: z.string(), count: z.int(), amount: minorJson });

/** GET /refunds — what was given back, with sums per currency of all that match. */
export const getRefundsRoute = defineRoute({
  method: "get",
  path: "/refunds",
  summary: "List refunds",
  description:
    "Newest first unless `sort` says otherwise. `meta.totals` has one entry for each currency of the " +
    "refunds found.",
  tag: "Payments",
  access: { scope: "payments:read" },
  query: z.strictObject({
    ...pageQuery,
    sort: sortQuery(refundSortFields),
    filter: filterQuery({ ...moneyFilter, payment_id: idQuery.optional() }),
  }),
  answers: {
    200: listJson(refundJson.extend({ invoice_id: z.int() }), { totals: z.array(totalJson) }),
  },

  async run({ sql, company }, { query }) {
    const page = pageOf(query);
    const filter = {
      ...toMoneyFilter(company.id, query.filter),
      paymentId: query.filter?.payment_id,
    };
    const sort = query.sort ?? { field: "id", isDescending: true };
    const [refunds, totals] = await Promise.all([
      listRefunds(sql, filter, { sort, ...page }),
      summarizeRefunds(sql, filter),
    ]);
    return listAnswer(
      refunds.map((refund) => ({ ...presentRefund(refund), invoice_id: refund.invoiceId })),
      { ...page, total: totals.reduce((sum, { count }) => sum + count, 0) },
      { totals },
    );
  },
});
