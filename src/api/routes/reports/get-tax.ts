import { z } from "zod";
import { listChargedTaxes } from "../../../db/charged-taxes.ts";
import { minorJson, moneyJson, rateJson } from "../../units.ts";
import { sumsByCurrency } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { periodMetaJson, reportPeriodOf, reportPeriodQuery } from "./period.ts";

/** GET /reports/tax — the taxes on what was issued in a period, in every currency. */
export const getTaxRoute = defineReport({
  name: "tax",
  summary: "Tax report",
  description:
    "Tax by name, rate and currency on the invoices issued in the period, paid or not, late fees included: the " +
    "parts of the `tax` of `GET /reports/tax-liability`.",
  query: reportPeriodQuery,
  row: {
    tax_name: z.string().nullable(),
    tax_rate: rateJson,
    currency: z.string(),
    taxable_amount: moneyJson("After discounts, without tax."),
    tax: minorJson,
    invoice_count: z.int(),
  },
  meta: {
    ...periodMetaJson,
    totals_by_currency: z.record(z.string(), z.object({ tax: minorJson })),
  },

  async read(context, query) {
    const { sql, company } = context;
    const { from, to } = reportPeriodOf(context, query);
    const rows = await listChargedTaxes(sql, { companyId: company.id, from, to });
    return {
      data: rows.map((row) => ({
        tax_name: row.name,
        tax_rate: Number(row.rate),
        currency: row.currency,
        taxable_amount: row.taxable,
        tax: row.tax,
        invoice_count: row.invoiceCount,
      })),
      meta: {
        period: { start: from, end: to },
        currency: company.currency,
        totals_by_currency: sumsByCurrency(company.currency, rows, ["tax"]),
      },
    };
  },
});
