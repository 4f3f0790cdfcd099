import type { Tx } from "./client.ts";

interface NextInvoice {
  companyId: number;
  clientId: number;
  /** How many lines are to be added. */
  adding: number;
  /** Most lines that it may have with them. */
  linesMax: number;
}

/**
 * The newest draft of a client that what has to be billed goes on, locked: in the client's currency, with
 * room, and with no mail that has left or is about to; undefined when a new one has to be made. Who asks
 * is alone with the client's next invoice until the transaction ends: two who find none would make two.
 */
export async function findNextInvoice(tx: Tx, next: NextInvoice): Promise<number | undefined> {
  const name = `next invoice of client ${next.clientId} of company ${next.companyId}`;
  await tx`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
  let locked: number | undefined;
  // Who holds a draft may send it, so what was found is looked for again once it is locked.
  for (;;) {
    const id = await findNewestDraft(tx, next);
    if (id === undefined || id === locked) return id;
    await tx`
      select from invoices where company_id = ${next.companyId} and id = ${id} for no key update
    `;
    locked = id;
  }
}

async function findNewestDraft(
  tx: Tx,
  { companyId, clientId, adding, linesMax }: NextInvoice,
): Promise<number | undefined> {
  const [row] = await tx<{ id: number }[]>`
    select i.id
    from invoices i
    join clients c on c.company_id = i.company_id and c.id = i.client_id
    where i.company_id = ${companyId} and i.client_id = ${clientId} and i.status = 'draft'
      and i.currency = c.currency and not i.is_archived and i.deleted_at is null
      and not exists (
        select from deliveries d
        where d.company_id = i.company_id and d.invoice_id = i.id
          and d.status in ('queued', 'sending', 'unknown')
      )
      and (
        select count(*) from invoice_lines l
        where l.company_id = i.company_id and l.invoice_id = i.id
      ) <= ${linesMax - adding}
    order by i.id desc
    limit 1
  `;
  return row?.id;
}
