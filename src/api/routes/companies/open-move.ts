import { z } from "zod";
import type { MoveSides } from "../../../actions/move-record.ts";
import type { Tx } from "../../../db/client.ts";
import { lockCompany, type CompanyRow } from "../../../db/companies.ts";
import { findRole } from "../../../db/company-members.ts";
import { closeRecords } from "../../../db/record-gates.ts";
import { InvalidInput, NotFound } from "../../../errors.ts";
import type { CompanyContext } from "../../context.ts";
import { requireRole } from "../../define-route.ts";
import { idInBody } from "../invoices/line-inputs.ts";

export const moveBody = z.strictObject({ target_company_id: idInBody });

/**
 * Who may move a record where, with the records of both companies closed to others. Throws NotFound
 * for a company that is not the caller's, Forbidden when they may not write there (API.md rule 4), and
 * InvalidInput when the record, which `find` finds or throws, is there already.
 */
export async function openMove(
  { tx, company, user, clock }: CompanyContext & { tx: Tx },
  {
    targetId,
    what,
    find,
  }: { targetId: number; what: string; find: (companyId: number) => Promise<unknown> },
): Promise<MoveSides> {
  if (targetId === company.id) {
    await find(company.id);
    const message = `${what} is already in this company.`;
    // The contract wraps this one answer in data.
    throw new InvalidInput({ target_company_id: [message] }, { details: { data: { message } } });
  }
  const role = await findRole(tx, { companyId: targetId, userId: user.id });
  if (role === undefined) throw new NotFound("Company");
  requireRole(role, "member");

  await closeRecords(tx, [company.id, targetId]);
  const locked = new Map<number, CompanyRow>();
  for (const id of [company.id, targetId].toSorted((a, b) => a - b)) {
    const row = await lockCompany(tx, id);
    if (row === undefined) throw new NotFound("Company");
    locked.set(id, row);
  }
  const acting = (id: number) => {
    const row = locked.get(id)!;
    return { company: row, causerId: user.id, now: row.testNow ?? clock.now() };
  };
  return { from: acting(company.id), to: acting(targetId) };
}
