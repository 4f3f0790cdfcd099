import { z } from "zod";
import { planNames, plans } from "../../../billing/plans.ts";
import { defineRoute } from "../../define-route.ts";

const limit = z.int().nullable().meta({ description: "null: no limit." });

const planJson = z
  .object({
    id: z.int(),
    plan: z.enum(planNames),
    max_clients: limit,
    max_invoices_per_month: limit,
    max_projects: limit,
    max_members: limit,
    max_companies: limit,
    feature_api_access: z.boolean(),
    feature_recurring_invoices: z.boolean(),
    feature_time_tracking: z.boolean(),
    feature_quotes: z.boolean(),
    feature_client_portal: z.boolean(),
    feature_billing_reports: z.boolean(),
  })
  .meta({ id: "Plan" });

/** GET /billing/plans — from the least to the most. */
export const getPlansRoute = defineRoute({
  method: "get",
  path: "/billing/plans",
  summary: "List available plans",
  description:
    "All plan tiers and what they limit, counted over all companies of one owner. What would pass a " +
    "limit is refused with 403 and `upgrade_required`; nights are not.",
  tag: "Plans",
  access: "session",
  answers: { 200: z.object({ data: z.array(planJson) }) },

  run: async () => ({ status: 200, body: { data: planNames.map(presentPlan) } }),
});

function presentPlan(name: (typeof planNames)[number], index: number): z.input<typeof planJson> {
  const { limits, features } = plans[name];
  return {
    id: index + 1,
    plan: name,
    max_clients: limits.clients,
    max_invoices_per_month: limits.invoices,
    max_projects: limits.projects,
    max_members: limits.members,
    max_companies: limits.companies,
    feature_api_access: features.apiAccess,
    feature_recurring_invoices: features.recurringInvoices,
    feature_time_tracking: features.timeTracking,
    feature_quotes: features.quotes,
    feature_client_portal: features.clientPortal,
    feature_billing_reports: features.billingReports,
  };
}
