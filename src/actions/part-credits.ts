import type { Tx } from "../db/client.ts";
import { recordEvents } from "../db/events.ts";
import type { MovingIds } from "../db/move-rows.ts";
import {
  addToCreditedElsewhere,
  keepCredit,
  lockTornCredits,
  splitCredit,
} from "../db/torn-credits.ts";
import type { Acting } from "./acting.ts";

/**
 * A credit and what it was used for must not end in different companies. What was used on the other
 * side becomes a credit of its own there, so that each company's credits still add up. Returns what
 * moves after that.
 */
export async function partCredits(tx: Tx, by: Acting, moving: MovingIds): Promise<MovingIds> {
  const companyId = by.company.id;
  const creditIds = new Set(moving.get("credits"));
  const invoiceIds = [...(moving.get("invoices") ?? [])];
  const where = { companyId, creditIds: [...creditIds], invoiceIds };
  const torn = await lockTornCredits(tx, where);
  if (torn.length === 0) return moving;

  const splits: { id: number; partId: number; amount: bigint }[] = [];
  for (const credit of torn) {
    const { paymentId, usedApart: amount } = credit;
    if (paymentId !== null) await addToCreditedElsewhere(tx, { companyId, paymentId, amount });
    if (credit.usedApart < credit.amount) {
      const partId = await splitCredit(tx, { ...where, credit, now: by.now });
      splits.push({ id: credit.id, partId, amount });
      if (!credit.isMoving) creditIds.add(partId);
    } else if (credit.isMoving) {
      await keepCredit(tx, { companyId, id: credit.id, now: by.now });
      creditIds.delete(credit.id);
    } else {
      creditIds.add(credit.id);
    }
  }
  await recordEvents(
    tx,
    companyId,
    splits.map(({ id, partId, amount }) => ({
      type: "credit.split",
      subjectType: "credit",
      subjectId: id,
      payload: { split_off: partId, amount },
      causerId: by.causerId,
      occurredAt: by.now,
    })),
  );
  return new Map([...moving, ["credits", creditIds]]);
}
