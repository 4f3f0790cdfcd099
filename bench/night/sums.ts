import type { Sql } from "../../src/db/client.ts";
import { NIGHT } from "./seed.ts";

/** What a night came to, for sides whose numbers and times differ by nature. */
export interface NightSums {
  invoices: number;
  total: string;
  lines: number;
  lineAmounts: string;
  occurrences: number;
  movedOn: number;
  events: number;
  posted: number;
  numbersTaken: number;
}

/** Counts and adds up what belongs to the night's business date. */
export async function sumNight(sql: Sql): Promise<NightSums> {
  const [row] = await sql<NightSums[]>`
    with ours as (
      select company_id, id, total from invoices where issue_date = ${NIGHT.businessDate}
    )
    select
      (select count(*)::int from ours) as invoices,
      (select sum(total)::text from ours) as total,
      (select count(*)::int from invoice_lines l join ours i
        on i.company_id = l.company_id and i.id = l.invoice_id) as lines,
      (select sum(l.amount + l.tax_amount_1)::text from invoice_lines l join ours i
        on i.company_id = l.company_id and i.id = l.invoice_id) as line_amounts,
      (select count(*)::int from recurring_occurrences o join ours i
        on i.company_id = o.company_id and i.id = o.invoice_id) as occurrences,
      (select count(*)::int from recurring_invoices
        where next_generate_date > ${NIGHT.businessDate} and next_k = 7) as moved_on,
      (select count(*)::int from events e join ours i
        on i.company_id = e.company_id and i.id = e.subject_id
        where e.type = 'invoice.created') as events,
      (select count(*)::int from event_outbox where type = 'invoice.created') as posted,
      (select sum(next_value - 1)::int from counters) as numbers_taken
  `;
  return row!;
}
