import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { listInvoiceSums, type InvoiceSumsRow } from "../../../db/revenue.ts";
import { defineRoute } from "../../define-route.ts";
import { idQuery } from "../../inputs.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { byCurrencyJson, currenciesOf, reportByCurrency } from "./by-currency.ts";
import { reportPeriodJson, reportPeriodOf, reportPeriodQuery } from "./period.ts";

const totalsJson = z.object({
  total_invoiced: minorJson,
  total_paid: minorJson,
  total_outstanding: moneyJson("What is owed and not overdue."),
  total_overdue: minorJson,
  invoice_count: z.int(),
});
const statusJson = z.object({ count: z.int(), total: minorJson });

/** GET /reports/invoice-summary — what was issued in a period, by currency, status and client. */
export const getInvoiceSummaryRoute = defineRoute({
  method: "get",
  path: "/reports/invoice-summary",
  summary: "Invoice summary report",
  description:
    "Invoices by the day of issue. Drafts and cancelled invoices are counted in `by_status` only, which " +
    "is in the company's currency; `by_currency` has it for every one. Invoiced = paid + outstanding + overdue.",
  tag: "Reports",
  access: { scope: "reports:read" },
  query: z.strictObject({ ...reportPeriodQuery, client_id: idQuery.optional() }),
  answers: {
    200: byCurrencyJson({ by_status: z.record(z.string(), statusJson) }).extend({
      period: reportPeriodJson,
      totals_by_currency: z.record(z.string(), totalsJson),
      by_client: z.array(
        z.object({
          client_id: z.int(),
          client_name: z.string(),
          currency: z.string(),
          invoiced: minorJson,
          paid: minorJson,
          outstanding: moneyJson("All that is owed, overdue or not."),
        }),
      ),
    }),
  },

  async run(context, { query }) {
    const { sql, company, user, now } = context;
    const { from, to } = reportPeriodOf(context, query);
    const rows = await listInvoiceSums(sql, {
      companyId: company.id,
      from,
      to,
      clientId: query.client_id,
      today: todayOf({ company, causerId: user.id, now }),
    });
    const ofCurrency = (currency: string) => rows.filter((row) => row.currency === currency);
    const currencies = currenciesOf(company.currency, rows);
    return {
      status: 200,
      body: {
        period: { start: from, end: to },
        totals_by_currency: Object.fromEntries(
          currencies.map((currency) => [currency, totalsOf(ofCurrency(currency))]),
        ),
        by_client: currencies.flatMap((currency) => clientsOf(ofCurrency(currency))),
        ...reportByCurrency(company.currency, rows, (currency) => ({
          by_status: statusesOf(ofCurrency(currency)),
        })),
      },
    };
  },
});

function totalsOf(rows: readonly InvoiceSumsRow[]) {
  const all = rows.find((row) => row.status === null && row.clientId === null);
  return {
    total_invoiced: all?.total ?? 0n,
    total_paid: all?.paid ?? 0n,
    total_outstanding: (all?.due ?? 0n) - (all?.overdue ?? 0n),
    total_overdue: all?.overdue ?? 0n,
    invoice_count: all?.count ?? 0,
  };
}

function statusesOf(rows: readonly InvoiceSumsRow[]) {
  return Object.fromEntries(
    rows.flatMap(({ status, count, total }) =>
      status === null ? [] : [[status, { count, total }]],
    ),
  );
}

function clientsOf(rows: readonly InvoiceSumsRow[]) {
  return rows
    .filter((row) => row.clientId !== null)
    .map((row) => ({
      client_id: row.clientId,
      client_name: row.clientName,
      currency: row.currency,
      invoiced: row.total,
      paid: row.paid,
      outstanding: row.due,
    }));
}
