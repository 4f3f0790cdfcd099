import type { Sql, Tx } from "./client.ts";
import type { RunStatus } from "./run-ledger.ts";

/** A mail that waits, though the run that was to send it has ended. */
export interface AbandonedMailRow {
  companyId: number;
  deliveryId: number;
  runStatus: RunStatus;
}

/** Mails that nobody will send, as things are; `only` asks about one of them. */
export async function listAbandonedMails(
  sql: Sql | Tx,
  { limit, only }: { limit: number; only?: { companyId: number; deliveryId: number } },
): Promise<AbandonedMailRow[]> {
  return await sql<AbandonedMailRow[]>`
    select deliveries.company_id, deliveries.id as delivery_id, job_runs.status as run_status
    from deliveries
    join run_keys
      on run_keys.job = 'mail.send-' || deliveries.kind
      and run_keys.key = deliveries.company_id || '/' || deliveries.id
    join job_runs on job_runs.id = run_keys.run_id
    where deliveries.status in ('queued', 'sending')
      and job_runs.status in ('dead', 'cancelled', 'skipped', 'succeeded')
      ${
        only === undefined
          ? sql``
          : sql`and deliveries.company_id = ${only.companyId} and deliveries.id = ${only.deliveryId}`
      }
    order by deliveries.company_id, deliveries.id
    limit ${limit}
  `;
}
