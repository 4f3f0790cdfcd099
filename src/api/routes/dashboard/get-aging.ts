import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { listAgedReceivables } from "../../../db/receivables.ts";
import { defineRoute } from "../../define-route.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { ageQuery } from "../reports/age.ts";
import { currenciesOf } from "../reports/by-currency.ts";

const agingJson = z.object({
  overdue_total: minorJson,
  outstanding_total: moneyJson("What is owed and not overdue."),
  total: minorJson,
  buckets: z.array(z.object({ label: z.string(), amount: minorJson })),
});

/** GET /dashboard/aging — what is owed, by currency and age. */
export const getAgingRoute = defineRoute({
  method: "get",
  path: "/dashboard/aging",
  summary: "Get accounts receivable aging",
  description:
    "What is owed by age in days, for each currency; the company's own is always there. " +
    "`outstanding_total` is the part that is not overdue.",
  tag: "Dashboard",
  access: { scope: "reports:read" },
  query: z.strictObject(ageQuery),
  answers: { 200: z.object({ data: z.record(z.string(), agingJson) }) },

  async run({ sql, company, user, now }, { query }) {
    const rows = await listAgedReceivables(sql, {
      companyId: company.id,
      today: todayOf({ company, causerId: user.id, now }),
      ageFrom: query.age_from,
      byClient: false,
    });
    const data = Object.fromEntries(
      currenciesOf(company.currency, rows).map((currency) => {
        const row = rows.find((candidate) => candidate.currency === currency);
        const total = row?.total ?? 0n;
        const overdue = row?.overdue ?? 0n;
        const aging = {
          overdue_total: overdue,
          outstanding_total: total - overdue,
          total,
          buckets: [
            { label: "0-30 Days", amount: row?.upTo30 ?? 0n },
            { label: "31-60 Days", amount: row?.upTo60 ?? 0n },
            { label: "61-90 Days", amount: row?.upTo90 ?? 0n },
            { label: "91+ Days", amount: row?.older ?? 0n },
          ],
        };
        return [currency, aging];
      }),
    );
    return { status: 200, body: { data } };
  },
});
