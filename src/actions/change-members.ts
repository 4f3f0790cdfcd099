import type { Tx } from "../db/client.ts";
import { deleteMember, findRole, setRole, type Role } from "../db/company-members.ts";
import { findRunningTimer } from "../db/timers.ts";
import { Forbidden, InvalidInput, NotFound } from "../errors.ts";
import { recordAdministration, type Administering } from "./administering.ts";
import { stopTimer } from "./run-timer.ts";

/** Gives a member another role. The company is locked. A company has one owner, who stays it. */
export async function changeMemberRole(
  tx: Tx,
  by: Administering,
  { userId, role }: { userId: number; role: Exclude<Role, "owner"> },
): Promise<void> {
  const before = await getRole(tx, by, userId);
  if (before === "owner") {
    throw new Forbidden("Cannot change the owner role.", { code: "owner_stays" });
  }
  if (before === role) return;
  await setRole(tx, { companyId: by.company.id, userId, role });
  await recordAdministration(tx, by, {
    type: "member.role_changed",
    subjectType: "member",
    subjectId: userId,
    facts: { from: before, to: role },
  });
}

/**
 * Takes a member out of the company: their sessions see it no longer, their API tokens of it end, and
 * a timer of theirs is stopped. What they did stays. The company is locked.
 */
export async function removeMember(tx: Tx, by: Administering, userId: number): Promise<void> {
  const role = await getRole(tx, by, userId);
  if (role === "owner") {
    throw new Forbidden("Cannot remove the company owner.", { code: "owner_stays" });
  }
  if (userId === by.causerId) {
    throw new InvalidInput({ user_id: ["You cannot remove yourself."] });
  }
  const companyId = by.company.id;
  if ((await findRunningTimer(tx, { companyId, userId })) !== undefined) {
    await stopTimer(tx, by, { userId });
  }
  await deleteMember(tx, { companyId, userId, now: by.machineNow });
  await recordAdministration(tx, by, {
    type: "member.removed",
    subjectType: "member",
    subjectId: userId,
    facts: { role },
  });
}

async function getRole(tx: Tx, by: Administering, userId: number): Promise<Role> {
  const role = await findRole(tx, { companyId: by.company.id, userId });
  if (role === undefined) throw new NotFound("Member");
  return role;
}
