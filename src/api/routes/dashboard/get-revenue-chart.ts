import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { formatMonth, lastMonths, listMonths, monthOf } from "../../../billing/months.ts";
import { listRevenueByMonth } from "../../../db/revenue.ts";
import { defineRoute } from "../../define-route.ts";
import { amountsJson } from "../../units.ts";
import { amountsByCurrency, currenciesOf } from "../reports/by-currency.ts";

const monthsShown = 12;

/** GET /dashboard/revenue-chart — what was invoiced in each of the last twelve months. */
export const getRevenueChartRoute = defineRoute({
  method: "get",
  path: "/dashboard/revenue-chart",
  summary: "Get revenue chart data",
  description:
    "What was invoiced, tax included, by month of issue: the last twelve months, this one the last. " +
    "Each month names every currency of the chart.",
  tag: "Dashboard",
  access: { scope: "reports:read" },
  answers: {
    200: z.object({
      data: z.array(
        z.object({
          month: z.string().meta({ example: "Apr 2026" }),
          month_key: z.string().meta({ example: "2026-04" }),
          revenue_by_currency: amountsJson,
        }),
      ),
    }),
  },

  async run({ sql, company, user, now }) {
    const period = lastMonths(todayOf({ company, causerId: user.id, now }), monthsShown);
    const rows = await listRevenueByMonth(sql, { companyId: company.id, ...period });
    const currencies = currenciesOf(company.currency, rows);
    const data = listMonths(period.from, period.to).map((month) => ({
      month: formatMonth(month),
      month_key: month,
      revenue_by_currency: amountsByCurrency(
        currencies,
        rows.filter((row) => monthOf(row.month) === month),
        (row) => row.invoiced,
      ),
    }));
    return { status: 200, body: { data } };
  },
});
