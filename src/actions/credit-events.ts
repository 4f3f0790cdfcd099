import type { Tx } from "../db/client.ts";
import type { CreditRow } from "../db/credits.ts";
import { recordEvent } from "../db/events.ts";
import type { Acting } from "./acting.ts";

/** Leaves an event about a credit, with what a reader wants to know of it as it is now. Minor units. */
export async function recordCreditEvent(
  tx: Tx,
  by: Acting,
  type: string,
  credit: CreditRow,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvent(tx, {
    companyId: by.company.id,
    type,
    subjectType: "credit",
    subjectId: credit.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: {
      client_id: credit.clientId,
      type: credit.type,
      currency: credit.currency,
      amount: credit.amount,
      balance: credit.remaining,
      ...facts,
    },
  });
}
