import { bestPlan, type PlanName } from "../../../billing/plans.ts";
import type { Sql, Tx } from "../../../db/client.ts";
import { listPlansOwnedBy } from "../../../db/companies.ts";
import { findPlanCustomer } from "../../../db/plan-customers.ts";
import type { ApiServices } from "../../context.ts";

/**
 * The plan of a person's account: the best of the companies they own, or what a first one would get: what they
 * have subscribed to, else the default.
 */
export async function getAccountPlan(
  sql: Sql | Tx,
  { settings }: ApiServices,
  userId: number,
): Promise<PlanName> {
  const owned = bestPlan(await listPlansOwnedBy(sql, userId));
  return owned ?? (await findPlanCustomer(sql, userId))?.plan ?? settings.planDefault;
}
