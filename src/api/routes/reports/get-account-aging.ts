import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { listAgedReceivables, type AgedReceivablesRow } from "../../../db/receivables.ts";
import { defineRoute } from "../../define-route.ts";
import { minorJson } from "../../units.ts";
import { ageQuery } from "./age.ts";
import { byCurrencyJson, reportByCurrency } from "./by-currency.ts";

const accountAgingJson = byCurrencyJson({
  buckets: z.array(
    z.object({ label: z.string(), range: z.string(), amount: minorJson, count: z.int() }),
  ),
  total_outstanding: minorJson,
  clients: z.array(
    z.object({
      client_id: z.int(),
      client_name: z.string(),
      current: z.int(),
      days_31_60: z.int(),
      days_61_90: z.int(),
      days_90_plus: z.int(),
      total: minorJson,
    }),
  ),
});

/** GET /reports/account-aging — what is owed by age, and by whom. */
export const getAccountAgingRoute = defineRoute({
  method: "get",
  path: "/reports/account-aging",
  summary: "Accounts receivable aging report",
  description:
    "What is owed by age in days, with a row for each client who owes something, the largest first. " +
    "In the company's currency; `by_currency` has every currency.",
  tag: "Reports",
  access: { scope: "reports:read" },
  query: z.strictObject(ageQuery),
  answers: { 200: accountAgingJson },

  async run({ sql, company, user, now }, { query }) {
    const rows = await listAgedReceivables(sql, {
      companyId: company.id,
      today: todayOf({ company, causerId: user.id, now }),
      ageFrom: query.age_from,
      byClient: true,
    });
    const body = reportByCurrency(company.currency, rows, (currency) =>
      accountAgingOf(rows.filter((row) => row.currency === currency)),
    );
    return { status: 200, body };
  },
});

function accountAgingOf(rows: readonly AgedReceivablesRow[]) {
  const all = rows.find((row) => row.clientId === null);
  return {
    buckets: [
      bucket("Current", "0-30 days", all?.upTo30, all?.upTo30Count),
      bucket("31-60 days", "31-60 days", all?.upTo60, all?.upTo60Count),
      bucket("61-90 days", "61-90 days", all?.upTo90, all?.upTo90Count),
      bucket("90+ days", "90+ days", all?.older, all?.olderCount),
    ],
    total_outstanding: all?.total ?? 0n,
    clients: rows
      .filter((row) => row.clientId !== null)
      .map((row) => ({
        client_id: row.clientId,
        client_name: row.clientName,
        current: row.upTo30,
        days_31_60: row.upTo60,
        days_61_90: row.upTo90,
        days_90_plus: row.older,
        total: row.total,
      })),
  };
}

function bucket(label: string, range: string, amount = 0n, count = 0) {
  return { label, range, amount, count };
}
