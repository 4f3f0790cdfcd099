import type { Tx } from "../db/client.ts";
import { copyContacts } from "../db/contacts.ts";
import { findTwinClient, insertClient } from "../db/clients.ts";
import { recordEvent } from "../db/events.ts";
import { getInvoicedClient } from "../db/invoice-references.ts";
import { getInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { getBillableClient } from "./create-invoice.ts";
import { claimMove, moveClaimed, type MoveSides } from "./move-record.ts";
import { requireRoom } from "./require-plan.ts";

/**
 * Moves an invoice with its lines, payments, credits, mails, fees, reminders, time and expenses to
 * another company. Its client there is the given one, or the one with the same name and address, or
 * else a copy of the client here.
 */
export async function moveInvoice(
  tx: Tx,
  sides: MoveSides,
  input: { invoiceId: number; clientId: number | undefined },
): Promise<InvoiceRow> {
  const { invoiceId } = input;
  const { from, to } = sides;
  const claimed = await claimMove(tx, sides, { table: "invoices", id: invoiceId });
  const invoice = await getInvoice(tx, { companyId: claimed.from, id: invoiceId });
  const clientId =
    input.clientId === undefined
      ? await findOrCopyClient(tx, to, { companyId: from.company.id, clientId: invoice.clientId })
      : (await getBillableClient(tx, to.company.id, input.clientId)).id;
  await moveClaimed(tx, sides, claimed, { clientId });
  const moved = { companyId: claimed.to, id: invoiceId };
  return await updateInvoiceRow(tx, moved, { updatedAt: to.now });
}

async function findOrCopyClient(
  tx: Tx,
  to: Acting,
  original: { companyId: number; clientId: number },
): Promise<number> {
  const companyId = to.company.id;
  const client = await getInvoicedClient(tx, original);
  const twin = await findTwinClient(tx, { companyId, name: client.name, email: client.email });
  if (twin !== undefined) return (await getBillableClient(tx, companyId, twin)).id;

  await requireRoom(tx, to, "clients");
  const { id: _id, uuid: _uuid, createdAt: _createdAt, updatedAt: _updatedAt, ...fields } = client;
  const copy = await insertClient(tx, { ...fields, isArchived: false, companyId, now: to.now });
  await copyContacts(tx, { ...original, toCompanyId: companyId, toClientId: copy.id, now: to.now });
  await recordEvent(tx, {
    companyId,
    type: "client.created",
    subjectType: "client",
    subjectId: copy.id,
    causerId: to.causerId,
    occurredAt: to.now,
  });
  return copy.id;
}
