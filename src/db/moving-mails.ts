import { idsOf, type Move } from "./move-rows.ts";
import type { Tx } from "./client.ts";

/** Whether a mail about what moves is being handed to the mail server right now. */
export async function isMailLeaving(tx: Tx, move: Move): Promise<boolean> {
  const [row] = await tx<{ found: boolean }[]>`
    select exists (
      select from deliveries
      where company_id = ${move.from} and status = 'sending' and (${isAboutMoving(tx, move)})
    ) as found
  `;
  return row!.found;
}

/**
 * Cancels reminders that wait to be mailed, for the first time or again: they are about stages of the
 * company that is left.
 */
export async function cancelWaitingReminders(tx: Tx, move: Move & { now: Date }): Promise<void> {
  await tx`
    with mails as (
      update deliveries
      set status = 'cancelled', error_code = 'moved',
          error_message = 'the invoice was moved to another company', updated_at = ${move.now}
      where company_id = ${move.from} and kind = 'reminder' and status = 'queued'
        and (${isAboutMoving(tx, move)})
    )
    update invoice_reminders
    set status = 'cancelled', reason = 'the invoice was moved to another company',
        updated_at = ${move.now}
    where company_id = ${move.from} and status = 'queued'
      and id = any(${idsOf(move, "invoice_reminders")}::int8[])
  `;
}

export interface WaitingMailRow {
  id: number;
  kind: "invoice" | "quote" | "statement" | "receipt";
  /** The invoice (also of a receipt), the quote, or the statement's client. */
  subjectId: number;
}

/** Mails that still wait to be sent, once what they are about has moved. */
export async function listWaitingMails(tx: Tx, move: Move): Promise<WaitingMailRow[]> {
  return await tx<WaitingMailRow[]>`
    select deliveries.id, kind, coalesce(invoice_id, quote_id, client_id) as subject_id
    from deliveries
    left join statements
      on statements.company_id = deliveries.company_id and statements.id = deliveries.statement_id
    where deliveries.company_id = ${move.to} and status = 'queued' and kind <> 'reminder'
      and (${isAboutMoving(tx, move)})
    order by deliveries.id
  `;
}

function isAboutMoving(tx: Tx, move: Move) {
  return tx`
    invoice_id = any(${idsOf(move, "invoices")}::int8[])
    or quote_id = any(${idsOf(move, "quotes")}::int8[])
    or statement_id = any(${idsOf(move, "statements")}::int8[])
  `;
}
