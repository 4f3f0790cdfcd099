import {
  leastPlanWith,
  plans,
  type Counted,
  type Feature,
  type PlanName,
} from "../billing/plans.ts";
import type { Tx } from "../db/client.ts";
import type { CompanyRow } from "../db/companies.ts";
import {
  findOwnerId,
  isInTeam,
  lockPlanUsage,
  readPlanUsage,
  type AccountRef,
} from "../db/plan-usage.ts";
import { Forbidden } from "../errors.ts";
import type { Acting } from "./acting.ts";

// The one place where a plan says no. Whatever makes a client, an invoice, a project, a member or a
// company asks here first; only nights do not (BILLING.md section 12).

const featureNames: Readonly<Record<Feature, string>> = {
  apiAccess: "API access requires",
  recurringInvoices: "Recurring invoices require",
  timeTracking: "Time tracking requires",
  quotes: "Quotes require",
  clientPortal: "The client portal requires",
  billingReports: "Reports on billing require",
};

const countedNames: Readonly<Record<Counted, string>> = {
  clients: "clients",
  invoices: "invoices a month",
  projects: "projects",
  members: "team members",
  companies: "companies",
};

/** Throws Forbidden (`upgrade_required`) when the company's plan lacks a feature. */
export function requireFeature({ plan }: Pick<CompanyRow, "plan">, feature: Feature): void {
  if (plans[plan].features[feature]) return;
  const least = leastPlanWith(feature);
  const label = least.slice(0, 1).toUpperCase() + least.slice(1);
  throw upgradeRequired(`${featureNames[feature]} a ${label} plan. Please upgrade.`);
}

/**
 * Makes sure that `adding` more fit into the company's plan, counted over all companies of its owner,
 * and keeps others from adding until the transaction ends: two at once never pass the limit together.
 * Ask before numbers are taken, whose lock is the last. Throws Forbidden (`upgrade_required`).
 */
export async function requireRoom(
  tx: Tx,
  { company, now }: Pick<Acting, "company" | "now">,
  counted: Counted,
  adding = 1,
): Promise<void> {
  if (adding <= 0 || plans[company.plan].limits[counted] === null) return;
  const account = { ownerId: await findOwnerId(tx, company.id), companyId: company.id };
  const testCompanyId = company.testNow === null ? null : company.id;
  await requireRoomIn(tx, { ...account, testCompanyId, now, plan: company.plan }, counted, adding);
}

/**
 * Makes sure that the person with this address fits into the team: somebody who belongs to another
 * company of the same owner counts already. Throws Forbidden (`upgrade_required`).
 */
export async function requireSeat(
  tx: Tx,
  by: Pick<Acting, "company" | "now">,
  email: string,
): Promise<void> {
  if (plans[by.company.plan].limits.members === null) return;
  const ownerId = await findOwnerId(tx, by.company.id);
  const isCounted = await isInTeam(tx, { ownerId, companyId: by.company.id, email });
  if (!isCounted) await requireRoom(tx, by, "members");
}

/** The same for an account as such: who founds a company may have none yet. */
export async function requireRoomIn(
  tx: Tx,
  account: AccountRef & { plan: PlanName; testCompanyId: number | null; now: Date },
  counted: Counted,
  adding = 1,
): Promise<void> {
  const { plan } = account;
  const limit = plans[plan].limits[counted];
  if (limit === null) return;
  await lockPlanUsage(tx, account);
  const usage = await readPlanUsage(tx, account);
  if (usage[counted] + adding <= limit) return;
  throw upgradeRequired(
    `You've reached your ${plan} plan limit of ${limit} ${countedNames[counted]}. Please upgrade.`,
  );
}

function upgradeRequired(message: string): Forbidden {
  return new Forbidden(message, { code: "upgrade_required", details: { upgrade_required: true } });
}
