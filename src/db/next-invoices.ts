import type { Tx } from "./client.ts";

/**
 * The newest draft of a client, which what has to be billed goes on; undefined when a new one has to be
 * made. Who asks is alone with the client's next invoice until the transaction ends: two who find none
 * would make two.
 */
export async function findNextInvoice(
  tx: Tx,
  { companyId, clientId }: { companyId: number; clientId: number },
): Promise<number | undefined> {
  const name = `next invoice of client ${clientId} of company ${companyId}`;
  await tx`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
  const [row] = await tx<{ id: number }[]>`
    select id from invoices
    where company_id = ${companyId} and client_id = ${clientId} and status = 'draft'
      and not is_archived and deleted_at is null
    order by id desc
    limit 1
  `;
  return row?.id;
}
