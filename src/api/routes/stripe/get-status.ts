import { z } from "zod";
import { findConnection } from "../../../db/connections.ts";
import { Failure } from "../../../errors.ts";
import { refreshAccount } from "../../../jobs/stripe/account.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import type { Sql } from "../../../db/client.ts";
import { defineRoute } from "../../define-route.ts";
import { stripeSignal } from "../billing/stripe.ts";

const statusJson = z
  .object({
    connected: z.boolean(),
    account_name: z.string().nullable().optional(),
    payouts_enabled: z.boolean().optional(),
    charges_enabled: z.boolean().optional(),
    connected_at: instantJson.nullable().optional(),
  })
  .meta({ id: "StripeStatus" });

/** What was kept of the account when Stripe was asked last. */
const keptSettings = z.object({
  payouts_enabled: z.boolean().catch(false),
  charges_enabled: z.boolean().catch(false),
});

/** GET /settings/stripe/status — how the company's account stands. */
export const getStripeStatusRoute = defineRoute({
  method: "get",
  path: "/settings/stripe/status",
  summary: "Get Stripe Connect status",
  description:
    "Asks Stripe and keeps the answer; what was kept last when Stripe cannot be reached. Not connected " +
    "is also an account whose owner has withdrawn our access.",
  tag: "Integrations",
  access: { scope: "integrations:read" },
  answers: { 200: z.object({ data: statusJson }) },

  async run(context) {
    const { sql, company } = context;
    const key = { companyId: company.id, provider: "stripe" } as const;
    if ((await findConnection(sql, key))?.status === "connected") await refreshStatus(context);
    const row = await findConnection(sql, key);
    if (row?.status !== "connected") return { status: 200, body: { data: { connected: false } } };
    const kept = keptSettings.parse(row.settings);
    const data: z.input<typeof statusJson> = {
      connected: true,
      account_name: row.externalName,
      payouts_enabled: kept.payouts_enabled,
      charges_enabled: kept.charges_enabled,
      connected_at: presentInstant(row.connectedAt),
    };
    return { status: 200, body: { data } };
  },
});

/** What goes wrong on the way is kept with the connection, which is parked when access was withdrawn. */
async function refreshStatus({
  sql,
  clock,
  services,
  company,
}: CompanyContext & { sql: Sql }): Promise<void> {
  const { connectors } = services;
  const { stripe } = connectors;
  if (stripe === undefined) return;
  try {
    await refreshAccount({ sql, clock, connectors, signal: stripeSignal() }, stripe, company.id);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}
