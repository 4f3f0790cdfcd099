import type { LocalDate } from "../billing/dates.ts";
import { statementMailKey } from "../billing/message-ids.ts";
import { settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { lockClient } from "../db/clients.ts";
import { insertDeliveries, listStatementDeliveries, type DeliveryRow } from "../db/deliveries.ts";
import { recordEvent } from "../db/events.ts";
import { insertStatement } from "../db/statements.ts";
import { NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { findPendingMail } from "./request-mail.ts";
import { getRecipient } from "./send-quote.ts";

/**
 * Asks for a client's statement to be mailed; the mailer follows the event. The same statement,
 * with the same note and copies, still on its way counts. Throws `InvalidInput` when the client has no address.
 */
export async function sendStatement(
  tx: Tx,
  by: Acting,
  input: {
    clientId: number;
    from: LocalDate;
    to: LocalDate;
    note: string | null;
    cc: readonly string[];
  },
): Promise<DeliveryRow> {
  const companyId = by.company.id;
  const { clientId, from, to, note, cc } = input;
  const client = await lockClient(tx, { companyId, id: clientId });
  if (client === undefined) throw new NotFound("Client");
  const recipient = await getRecipient(tx, { companyId, clientId });
  const period = { companyId, clientId, fromDate: from, toDate: to };
  const statement = { ...period, note, cc };
  const pending = await findPendingMail(tx, by, await listStatementDeliveries(tx, statement));
  if (pending !== undefined) return pending;

  const statementId = await insertStatement(tx, { ...statement, createdAt: by.now });
  const key = statementMailKey(statementId);
  const rows = [{ kind: "statement", key, statementId, recipient }] as const;
  const [delivery] = await insertDeliveries(tx, { companyId, now: by.now, rows });
  await recordEvent(tx, {
    companyId,
    type: "client.statement-requested",
    subjectType: "client",
    subjectId: clientId,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: { delivery_id: delivery!.id, from, to },
  });
  await settleAttention(tx, {
    companyId,
    kind: "statement.no-recipient",
    key: String(clientId),
    resolution: "one was sent",
  });
  return delivery!;
}
