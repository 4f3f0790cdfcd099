import { z } from "zod";
import { hoursText } from "../../../billing/worked-time.ts";
import {
  countSelections,
  listBillableClients,
  type ClientWorkRow,
} from "../../../db/billing-hub.ts";
import { dateJson, listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { importMax } from "../../../billing/worked-time.ts";
import { defineRoute } from "../../define-route.ts";
import { booleanQuery, idQuery } from "../../inputs.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { hindranceJson } from "./schema.ts";

const idsJson = (what: string) =>
  z
    .array(z.int())
    .optional()
    .meta({ description: `The oldest ${importMax}. Left out without ${what}:read.` });

const selectionJson = z
  .object({
    client_id: z.int().nullable().meta({ description: "Null: work of no client." }),
    client_name: z
      .string()
      .nullable()
      .optional()
      .meta({ description: "Left out without clients:read." }),
    currency: z.string(),
    can_bill: z.boolean().meta({ description: "Whether anything of it can be billed now." }),
    total: moneyJson("What can be billed now, without tax."),
    time: z.object({
      entry_count: z.int(),
      seconds: z.int(),
      hours: z.string(),
      amount: moneyJson("Each entry rounded by itself."),
      time_entry_ids: idsJson("time-entries"),
    }),
    expenses: z.object({
      expense_count: z.int(),
      amount: minorJson,
      expense_ids: idsJson("expenses"),
    }),
    oldest_date: dateJson.nullable().meta({ description: "Of what can be billed now." }),
    blocked: z.array(hindranceJson),
  })
  .meta({ id: "InvoiceSelection" });

/** GET /billing-hub/invoice-selection — what an invoice for each client could have on it now. */
export const getInvoiceSelectionRoute = defineRoute({
  method: "get",
  path: "/billing-hub/invoice-selection",
  summary: "List what can be billed to each client",
  description:
    "A row for each client and currency with billable time or expenses on no invoice, the most first: what `POST " +
    "/invoices/{id}/import-time` and `import-expenses` would take now, and what they would refuse, with the reason. " +
    "`can_bill` keeps clients who can be billed something. Time counts in its client's currency, expenses in their own.",
  tag: "Billing hub",
  access: { scope: "billing:read" },
  query: z.strictObject({
    ...pageQuery,
    client_id: idQuery.optional(),
    can_bill: booleanQuery.optional(),
  }),
  answers: { 200: listJson(selectionJson, {}) },

  async run(context, { query }) {
    const { sql, company } = context;
    const { id: companyId, currency } = company;
    const isReady = query.can_bill ?? false;
    const filter = { companyId, currency, clientId: query.client_id, isReady };
    const page = pageOf(query);
    const [rows, total] = await Promise.all([
      listBillableClients(sql, filter, page),
      countSelections(sql, filter),
    ]);
    const selections = new Map<string, ClientWorkRow[]>();
    for (const row of rows) {
      const key = `${row.clientId} ${row.currency}`;
      const known = selections.get(key);
      if (known === undefined) selections.set(key, [row]);
      else known.push(row);
    }
    const data = Array.from(selections.values(), (work) => presentSelection(context, work));
    return listAnswer(data, { ...page, total });
  },
});

function presentSelection(
  { mayUse }: Pick<CompanyContext, "mayUse">,
  work: readonly ClientWorkRow[],
) {
  const ready = work.filter((row) => row.reason === null);
  const time = ready.find((row) => row.kind === "time");
  const expenses = ready.find((row) => row.kind === "expense");
  const [first] = work;
  return {
    client_id: first?.clientId,
    ...(mayUse("clients:read") ? { client_name: first?.clientName } : {}),
    currency: first?.currency,
    can_bill: ready.length > 0,
    total: ready.reduce((sum, row) => sum + row.amount, 0n),
    time: {
      entry_count: time?.count ?? 0,
      seconds: time?.seconds ?? 0n,
      hours: hoursText(time?.seconds ?? 0n),
      amount: time?.amount ?? 0n,
      ...(mayUse("time-entries:read") ? { time_entry_ids: time?.ids ?? [] } : {}),
    },
    expenses: {
      expense_count: expenses?.count ?? 0,
      amount: expenses?.amount ?? 0n,
      ...(mayUse("expenses:read") ? { expense_ids: expenses?.ids ?? [] } : {}),
    },
    oldest_date: ready.map((row) => row.oldestDate).toSorted()[0] ?? null,
    blocked: work.flatMap(({ reason, kind, count, amount }) =>
      reason === null ? [] : [{ reason, kind, count, amount }],
    ),
  };
}
