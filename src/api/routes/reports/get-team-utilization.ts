import { z } from "zod";
import { hoursOf, percentOf } from "../../../billing/worked-time.ts";
import { listMemberTime, type MemberTimeRow } from "../../../db/worked-time.ts";
import { defineRoute } from "../../define-route.ts";
import { amountsJson, minorJson, moneyJson } from "../../units.ts";
import { amountsByCurrency, currenciesOf } from "./by-currency.ts";
import { reportPeriodJson, reportPeriodOf, reportPeriodQuery } from "./period.ts";

const memberJson = z.object({
  user_id: z.int(),
  name: z.string(),
  total_hours: z.number(),
  billable_hours: z.number(),
  non_billable_hours: z.number(),
  utilization_rate: z.number().meta({ description: "Per cent of the hours that are billable." }),
  billable_amount: moneyJson("In the company's currency."),
  billable_amount_by_currency: amountsJson,
  by_client: z.array(
    z.object({
      client_id: z.int(),
      client_name: z.string(),
      currency: z.string(),
      hours: z.number(),
      amount: minorJson,
    }),
  ),
});

/** GET /reports/team-utilization — how much of everybody's time is billable, and for whom. */
export const getTeamUtilizationRoute = defineRoute({
  method: "get",
  path: "/reports/team-utilization",
  summary: "Team utilization report",
  description:
    "A row for each member of the company, and for whoever worked in the period; running timers count " +
    "once they are stopped. An amount counts in the invoice's currency once the time is on one, else in " +
    "the client's, else in the company's.",
  tag: "Reports",
  access: { scope: "reports:read" },
  query: z.strictObject(reportPeriodQuery),
  answers: {
    200: z.object({
      period: reportPeriodJson,
      currency: z.string().meta({ description: "The company's." }),
      members: z.array(memberJson),
    }),
  },

  async run(context, { query }) {
    const { sql, company } = context;
    const { from, to } = reportPeriodOf(context, query);
    const { id: companyId, currency } = company;
    const rows = await listMemberTime(sql, { companyId, currency, from, to });
    const byUser = new Map<number, MemberTimeRow[]>();
    for (const row of rows) {
      const ofUser = byUser.get(row.userId);
      if (ofUser === undefined) byUser.set(row.userId, [row]);
      else ofUser.push(row);
    }
    const members = [...byUser.values()].map((ofUser) => memberOf(currency, ofUser));
    return { status: 200, body: { period: { start: from, end: to }, currency, members } };
  },
});

function memberOf(own: string, rows: readonly MemberTimeRow[]) {
  const worked = rows.flatMap((row) =>
    row.currency === null ? [] : [{ ...row, currency: row.currency }],
  );
  const total = worked.reduce((sum, row) => sum + row.duration, 0n);
  const billable = worked.reduce((sum, row) => sum + row.billable, 0n);
  const amounts = amountsByCurrency(currenciesOf(own, worked), worked, (row) => row.amount);
  return {
    user_id: rows[0]?.userId,
    name: rows[0]?.name,
    total_hours: hoursOf(total),
    billable_hours: hoursOf(billable),
    non_billable_hours: hoursOf(total - billable),
    utilization_rate: percentOf(billable, total),
    billable_amount: amounts[own],
    billable_amount_by_currency: amounts,
    by_client: worked
      .filter((row) => row.clientId !== null)
      .map((row) => ({
        client_id: row.clientId,
        client_name: row.clientName,
        currency: row.currency,
        hours: hoursOf(row.duration),
        amount: row.amount,
      })),
  };
}
