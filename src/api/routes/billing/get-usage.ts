import { z } from "zod";
import { plans } from "../../../billing/plans.ts";
import { readPlanUsage } from "../../../db/plan-usage.ts";
import { defineRoute } from "../../define-route.ts";
import { getAccountPlan } from "./account.ts";

const usageJson = z
  .object({
    clients: z.int(),
    invoices_this_month: z.int(),
    projects: z.int(),
    team_members: z.int().meta({ description: "People, each once, the owner included." }),
    companies: z.int(),
    max_companies: z.int().nullable(),
  })
  .meta({ id: "PlanUsage" });

/** GET /billing/usage — what the limits of GET /billing/plans are counted against. */
export const getUsageRoute = defineRoute({
  method: "get",
  path: "/billing/usage",
  summary: "Get current plan usage",
  description:
    "Counts over all companies you own, archived records included. An invoice made this month counts " +
    "whatever became of it. A test company lives in a month of its own: its invoices are counted apart, " +
    "and shown while you work in it.",
  tag: "Plans",
  access: "session",
  answers: { 200: z.object({ data: usageJson }) },

  async run({ sql, services, clock, user, company, role }) {
    const inOwnTest = role === "owner" && company !== undefined && company.testNow !== null;
    const [plan, usage] = await Promise.all([
      getAccountPlan(sql, services, user.id),
      readPlanUsage(sql, {
        ownerId: user.id,
        companyId: null,
        testCompanyId: inOwnTest ? company.id : null,
        now: clock.now(),
      }),
    ]);
    const data: z.input<typeof usageJson> = {
      clients: usage.clients,
      invoices_this_month: usage.invoices,
      projects: usage.projects,
      team_members: usage.members,
      companies: usage.companies,
      max_companies: plans[plan].limits.companies,
    };
    return { status: 200, body: { data } };
  },
});
