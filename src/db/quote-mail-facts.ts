import type { LocalDate } from "../billing/dates.ts";
import type { QuoteMailState } from "../billing/quote-statuses.ts";
import type { Tx } from "./client.ts";

/** What decides whether a mail with a quote may still go out. */
export interface QuoteMailRow extends QuoteMailState {
  about: "quote";
  quoteId: number;
  clientId: number;
  /** Another one after every change of the quote's row. */
  version: string;
  testNow: Date | null;
}

/** A statement that was asked for, and what decides whether it may still be mailed. */
export interface StatementMailRow {
  about: "statement";
  statementId: number;
  clientId: number;
  fromDate: LocalDate;
  toDate: LocalDate;
  note: string | null;
  cc: string[];
  /** Its client is gone. */
  isDeleted: boolean;
  /** Nobody changes a statement. */
  version: string;
  testNow: Date | null;
}

/** Locks the quote of a delivery and reads what matters right before sending. */
export async function lockQuoteMail(
  tx: Tx,
  input: { companyId: number; deliveryId: number; machineNow: Date },
): Promise<QuoteMailRow | undefined> {
  const [row] = await tx<QuoteMailRow[]>`
    select
      'quote' as about, q.id as quote_id, q.client_id, (q.deleted_at is not null) as is_deleted,
      case when q.status in ('sent', 'viewed', 'draft') and q.expiry_date
          < (coalesce(co.test_now, ${input.machineNow}) at time zone co.timezone)::date
        then 'expired' else q.status end as status,
      q.xmin::text as version, co.test_now
    from deliveries d
    join quotes q on q.company_id = d.company_id and q.id = d.quote_id
    join companies co on co.id = d.company_id
    where d.company_id = ${input.companyId} and d.id = ${input.deliveryId}
    for no key update of q
  `;
  return row;
}

/** Reads the statement of a delivery, and keeps its client from being deleted meanwhile. */
export async function lockStatementMail(
  tx: Tx,
  { companyId, deliveryId }: { companyId: number; deliveryId: number },
): Promise<StatementMailRow | undefined> {
  const [row] = await tx<StatementMailRow[]>`
    select
      'statement' as about, s.id as statement_id, s.client_id, s.from_date, s.to_date, s.note, s.cc,
      (c.deleted_at is not null) as is_deleted, '' as version, co.test_now
    from deliveries d
    join statements s on s.company_id = d.company_id and s.id = d.statement_id
    join clients c on c.company_id = s.company_id and c.id = s.client_id
    join companies co on co.id = d.company_id
    where d.company_id = ${companyId} and d.id = ${deliveryId}
    for share of c
  `;
  return row;
}

/** The mail server took the quote: only now it is sent. */
export async function markQuoteMailed(
  tx: Tx,
  { companyId, quoteId, now }: { companyId: number; quoteId: number; now: Date },
): Promise<void> {
  await tx`
    update quotes
    set sent_at = coalesce(sent_at, ${now}),
        status = case when status = 'draft' then 'sent' else status end,
        updated_at = ${now}
    where company_id = ${companyId} and id = ${quoteId}
  `;
}
