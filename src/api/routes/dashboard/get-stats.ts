import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { hoursOf } from "../../../billing/worked-time.ts";
import { sumReceivables } from "../../../db/receivables.ts";
import { sumUnbilledTime } from "../../../db/worked-time.ts";
import { defineRoute } from "../../define-route.ts";
import { amountsJson, minorJson } from "../../units.ts";
import { amountsByCurrency, currenciesOf } from "../reports/by-currency.ts";

/** GET /dashboard/stats — what is owed, and what was worked and not billed yet. */
export const getDashboardStatsRoute = defineRoute({
  method: "get",
  path: "/dashboard/stats",
  summary: "Get dashboard stats",
  description:
    "What is outstanding, the overdue part of it, and unbilled time. `unbilled_amount` is what counts " +
    "in the company's currency; time for clients with another one is in `unbilled_amount_by_currency`.",
  tag: "Dashboard",
  access: { scope: "reports:read" },
  answers: {
    200: z.object({
      data: z.object({
        outstanding_by_currency: amountsJson,
        overdue_by_currency: amountsJson,
        unbilled_hours: z.number(),
        unbilled_amount: minorJson,
        unbilled_amount_by_currency: amountsJson,
      }),
    }),
  },

  async run({ sql, company, user, now }) {
    const { id: companyId, currency } = company;
    const [owed, unbilled] = await Promise.all([
      sumReceivables(sql, { companyId, today: todayOf({ company, causerId: user.id, now }) }),
      sumUnbilledTime(sql, { companyId, currency }),
    ]);
    const owing = currenciesOf(currency, owed);
    const worth = amountsByCurrency(
      currenciesOf(currency, unbilled),
      unbilled,
      (row) => row.amount,
    );
    return {
      status: 200,
      body: {
        data: {
          outstanding_by_currency: amountsByCurrency(owing, owed, (row) => row.outstanding),
          overdue_by_currency: amountsByCurrency(owing, owed, (row) => row.overdue),
          unbilled_hours: hoursOf(unbilled.reduce((sum, row) => sum + row.duration, 0n)),
          unbilled_amount: worth[currency],
          unbilled_amount_by_currency: worth,
        },
      },
    };
  },
});
