import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { listRecoveredWork } from "../../../db/recovered-work.ts";
import { listTimeOnNoInvoice } from "../../../db/unbilled-work.ts";
import { dateJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { readWorkFilter, workFilterQuery } from "../reports/work-filter.ts";
import { missingBillableJson, missingBillableOf } from "./missing-billable.ts";
import { recoveryJson, recoveryOf } from "./recovery.ts";
import { answerRetainerRisk, retainerRiskJson } from "./retainer-risk.ts";

/** GET /revenue-intelligence — where earned money is being lost; docs/revenue-intelligence.md. */
export const getRevenueIntelligenceRoute = defineRoute({
  method: "get",
  path: "/revenue-intelligence",
  summary: "Read retainer risk, missing billable and recovery",
  description:
    "How the budgets of projects stand, which billable time is on no invoice, and what became of the time " +
    "that is, by currency, each with the ids of the records behind it. Of all time, or of a project, a client " +
    "or the days from `from` to `to`, both included. Budgets are looked at as of `to`, or today if that is earlier.",
  tag: "Reports",
  access: { scope: "revenue-intelligence:read" },
  query: z.strictObject(workFilterQuery),
  answers: {
    200: z.object({
      data: z.object({
        as_of: dateJson,
        period: z.object({ start: dateJson.nullable(), end: dateJson.nullable() }),
        currency: z.string().meta({ description: "The company's." }),
        retainer_risk: retainerRiskJson,
        missing_billable: missingBillableJson,
        recovery: recoveryJson,
      }),
    }),
  },

  async run({ sql, company, user, now }, { query }) {
    const filter = await readWorkFilter(sql, company, query);
    const today = todayOf({ company, causerId: user.id, now });
    const { from = null, to = null } = query;
    const asOf = to !== null && to < today ? to : today;
    const [retainerRisk, unbilled, recovered] = await Promise.all([
      answerRetainerRisk(sql, { ...filter, asOf }),
      listTimeOnNoInvoice(sql, filter),
      listRecoveredWork(sql, { ...filter, today }),
    ]);
    return {
      status: 200,
      body: {
        data: {
          as_of: asOf,
          period: { start: from, end: to },
          currency: company.currency,
          retainer_risk: retainerRisk,
          missing_billable: missingBillableOf(company.currency, unbilled),
          recovery: recoveryOf(company.currency, unbilled, recovered),
        },
      },
    };
  },
});
