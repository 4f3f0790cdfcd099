import { z } from "zod";
import { monthOf } from "../../../billing/months.ts";
import { listTaxLiability, type TaxLiabilityRow } from "../../../db/report-money.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { presentByCurrency, sumsByCurrency } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { periodMetaJson, reportPeriodOf, reportPeriodQuery } from "./period.ts";

const liabilityJson = {
  invoiced: moneyJson("Tax included."),
  tax: moneyJson("On the invoices issued, paid or not."),
  tax_paid: moneyJson("The part of it that clients have paid by now."),
  tax_unpaid: minorJson,
  expenses: moneyJson("Without tax."),
  expense_tax: minorJson,
  liability: moneyJson("Tax on invoices less tax on expenses."),
};

const keys = ["invoiced", "tax", "taxPaid", "expenses", "expenseTax"] as const;

/** GET /reports/tax-liability — what is owed to the tax office, month by month. */
export const getTaxLiabilityRoute = defineReport({
  name: "tax-liability",
  summary: "Tax liability report",
  description:
    "Tax on invoices by the day of issue, less tax on expenses by their day; every month and currency in which " +
    "there was any. An invoice that is paid in part has its tax paid in the same part.",
  needsSubscription: true,
  query: reportPeriodQuery,
  row: {
    month: z.string().meta({ example: "2026-01" }),
    currency: z.string(),
    ...liabilityJson,
  },
  meta: { ...periodMetaJson, totals_by_currency: z.record(z.string(), z.object(liabilityJson)) },

  async read(context, query) {
    const { sql, company } = context;
    const { from, to } = reportPeriodOf(context, query);
    const rows = await listTaxLiability(sql, { companyId: company.id, from, to });
    const totals = sumsByCurrency(company.currency, rows, keys);
    return {
      data: rows.map((row) => ({
        month: monthOf(row.month),
        currency: row.currency,
        ...presentLiability(row),
      })),
      meta: {
        period: { start: from, end: to },
        currency: company.currency,
        totals_by_currency: presentByCurrency(totals, presentLiability),
      },
    };
  },
});

function presentLiability(sums: Pick<TaxLiabilityRow, (typeof keys)[number]>) {
  const { invoiced, tax, taxPaid, expenses, expenseTax } = sums;
  return {
    invoiced,
    tax,
    tax_paid: taxPaid,
    tax_unpaid: tax - taxPaid,
    expenses,
    expense_tax: expenseTax,
    liability: tax - expenseTax,
  };
}
