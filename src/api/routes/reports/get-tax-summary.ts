import { z } from "zod";
import { listChargedTaxes, type ChargedTaxRow } from "../../../db/charged-taxes.ts";
import { defineRoute } from "../../define-route.ts";
import { minorJson, moneyJson, rateJson } from "../../units.ts";
import { byCurrencyJson, reportByCurrency } from "./by-currency.ts";
import { reportPeriodJson, reportPeriodOf, reportPeriodQuery } from "./period.ts";

const taxSummaryJson = byCurrencyJson({
  taxes: z.array(
    z.object({
      tax_name: z.string().nullable(),
      tax_rate: rateJson,
      taxable_amount: moneyJson("After discounts, without tax."),
      tax_collected: minorJson,
      invoice_count: z.int(),
    }),
  ),
  total_tax_collected: minorJson,
});

/** GET /reports/tax-summary — the taxes on what was issued in a period. */
export const getTaxSummaryRoute = defineRoute({
  method: "get",
  path: "/reports/tax-summary",
  summary: "Tax summary report",
  description:
    "Tax by name and rate on the invoices issued in the period, paid or not, late fees included; " +
    "drafts and cancelled invoices are left out. In the company's currency; `by_currency` has every one.",
  tag: "Reports",
  access: { scope: "reports:read" },
  query: z.strictObject(reportPeriodQuery),
  answers: { 200: taxSummaryJson.extend({ period: reportPeriodJson }) },

  async run(context, { query }) {
    const { sql, company } = context;
    const { from, to } = reportPeriodOf(context, query);
    const rows = await listChargedTaxes(sql, { companyId: company.id, from, to });
    const report = reportByCurrency(company.currency, rows, (currency) =>
      taxSummaryOf(rows.filter((row) => row.currency === currency)),
    );
    return { status: 200, body: { period: { start: from, end: to }, ...report } };
  },
});

function taxSummaryOf(rows: readonly ChargedTaxRow[]) {
  return {
    taxes: rows.map((row) => ({
      tax_name: row.name,
      tax_rate: Number(row.rate),
      taxable_amount: row.taxable,
      tax_collected: row.tax,
      invoice_count: row.invoiceCount,
    })),
    total_tax_collected: rows.reduce((sum, row) => sum + row.tax, 0n),
  };
}
