import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { addDays } from "../../../billing/dates.ts";
import { hoursText } from "../../../billing/worked-time.ts";
import {
  billingHindrances,
  countBillableClients,
  sumBillableWork,
} from "../../../db/billing-hub.ts";
import { listPipeline, pipelineStages } from "../../../db/report-work.ts";
import { dateJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { currenciesOf } from "../reports/by-currency.ts";
import { hindranceJson } from "./schema.ts";

/** One invoice of each series that is due in so many days counts as on its way. */
const SCHEDULED_DAYS = 30;

type Work = Awaited<ReturnType<typeof sumBillableWork>>[number];

const summaryJson = z.object({
  currency: z.string(),
  ready: z.object({
    client_count: z.int(),
    entry_count: z.int(),
    seconds: z.int(),
    hours: z.string(),
    time_amount: moneyJson("Each entry rounded by itself."),
    expense_count: z.int(),
    expense_amount: moneyJson("Without tax."),
    total: minorJson,
  }),
  blocked: z.array(hindranceJson),
  stages: z.record(z.enum(pipelineStages), z.object({ count: z.int(), amount: minorJson })),
});

/** GET /billing-hub/summary — what could be billed today, what stands in the way, what is under way. */
export const getBillingHubSummaryRoute = defineRoute({
  method: "get",
  path: "/billing-hub/summary",
  summary: "Get what can be billed",
  description:
    "In each currency: billable time and expenses that could be put on invoices now; what cannot, and why; and the " +
    "stages of the billing pipeline, as `GET /reports/billing-pipeline` has them.",
  tag: "Billing hub",
  access: { scope: "billing:read" },
  answers: {
    200: z.object({
      data: z.array(summaryJson),
      meta: z.object({
        as_of: dateJson.meta({ description: "Today, where the company is." }),
        currency: z.string().meta({ description: "The company's." }),
        scheduled_until: dateJson,
      }),
    }),
  },

  async run({ sql, company, user, now }) {
    const { id: companyId, currency } = company;
    const today = todayOf({ company, causerId: user.id, now });
    const until = addDays(today, SCHEDULED_DAYS);
    const [work, clients, pipeline] = await Promise.all([
      sumBillableWork(sql, { companyId, currency }),
      countBillableClients(sql, { companyId, currency }),
      listPipeline(sql, { companyId, currency, today, until }),
    ]);
    const data = currenciesOf(currency, [...work, ...pipeline]).map((code) => {
      const own = work.filter((row) => row.currency === code);
      const count = clients.find((row) => row.currency === code)?.count ?? 0;
      return {
        currency: code,
        ready: { client_count: count, ...readyOf(own) },
        blocked: hindrancesOf(own),
        stages: Object.fromEntries(
          pipelineStages.map((stage) => {
            const row = pipeline.find((each) => each.currency === code && each.stage === stage);
            return [stage, { count: row?.count ?? 0, amount: row?.amount ?? 0n }];
          }),
        ),
      };
    });
    const meta = { as_of: today, currency, scheduled_until: until };
    return { status: 200, body: { data, meta } };
  },
});

function readyOf(work: readonly Work[]) {
  const ready = work.filter((row) => row.reason === null);
  const time = ready.find((row) => row.kind === "time");
  const expenses = ready.find((row) => row.kind === "expense");
  const [timeAmount, expenseAmount] = [time?.amount ?? 0n, expenses?.amount ?? 0n];
  return {
    entry_count: time?.count ?? 0,
    seconds: time?.seconds ?? 0n,
    hours: hoursText(time?.seconds ?? 0n),
    time_amount: timeAmount,
    expense_count: expenses?.count ?? 0,
    expense_amount: expenseAmount,
    total: timeAmount + expenseAmount,
  };
}

/** In the order in which an import looks for them. */
function hindrancesOf(work: readonly Work[]) {
  return billingHindrances.flatMap((reason) =>
    work
      .filter((row) => row.reason === reason)
      .map(({ kind, count, amount }) => ({ reason, kind, count, amount })),
  );
}
