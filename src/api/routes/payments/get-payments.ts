import { z } from "zod";
import { listPayments, paymentSortFields, summarizePayments } from "../../../db/payment-lists.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { booleanQuery, filterQuery, requiredText, searchQuery, sortQuery } from "../../inputs.ts";
import { minorJson } from "../../units.ts";
import { listedPaymentJson, moneyFilter, presentListedPayment, toMoneyFilter } from "./schema.ts";

const totalJson = z.object({
  currency: z.string(),
  count: z.int(),
  amount: minorJson,
  amount_refunded: minorJson,
});

/** GET /payments — what came in, with sums per currency of all that match. */
export const getPaymentsRoute = defineRoute({
  method: "get",
  path: "/payments",
  summary: "List payments",
  description:
    "Newest first unless `sort` says otherwise. `filter[reference]` finds a part of it, in any case; " +
    "`filter[is_refunded]` those of which something was, or nothing was, given back. `meta.totals` has one " +
    "entry for each currency of the payments found.",
  tag: "Payments",
  access: { scope: "payments:read" },
  query: z.strictObject({
    ...pageQuery,
    sort: sortQuery(paymentSortFields),
    filter: filterQuery({
      ...moneyFilter,
      payment_method: requiredText(100).optional(),
      reference: searchQuery,
      is_refunded: booleanQuery.optional(),
    }),
  }),
  answers: { 200: listJson(listedPaymentJson, { totals: z.array(totalJson) }) },

  async run({ sql, company, mayUse }, { query }) {
    const page = pageOf(query);
    const filter = {
      ...toMoneyFilter(company.id, query.filter),
      paymentMethod: query.filter?.payment_method,
      referencePart: query.filter?.reference,
      isRefunded: query.filter?.is_refunded,
    };
    const sort = query.sort ?? { field: "id", isDescending: true };
    const [payments, sums] = await Promise.all([
      listPayments(sql, filter, { sort, ...page }),
      summarizePayments(sql, filter),
    ]);
    return listAnswer(
      payments.map((payment) => presentListedPayment(payment, mayUse)),
      { ...page, total: sums.reduce((total, { count }) => total + count, 0) },
      {
        totals: sums.map(({ amountRefunded, ...sum }) => ({
          ...sum,
          amount_refunded: amountRefunded,
        })),
      },
    );
  },
});
