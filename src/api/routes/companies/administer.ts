import type { Administering } from "../../../actions/administering.ts";
import type { Tx } from "../../../db/client.ts";
import type { SignedInContext } from "../../context.ts";
import { requireRole } from "../../define-route.ts";
import { lockOwnCompany } from "./membership.ts";

/**
 * Who changes the people of the company in the address, which is locked until the transaction ends.
 * Throws NotFound when the user does not belong to it, Forbidden for less than an admin.
 */
export async function administer(
  {
    tx,
    user,
    clock,
    requestId,
  }: Pick<SignedInContext, "user" | "clock" | "requestId"> & { tx: Tx },
  companyId: number,
): Promise<Administering> {
  const { company, role } = await lockOwnCompany(tx, { companyId, userId: user.id });
  requireRole(role, "admin");
  const machineNow = clock.now();
  const now = company.testNow ?? machineNow;
  return { company, causerId: user.id, now, machineNow, requestId };
}
