import type { Sql } from "../../src/db/client.ts";
import { insertClient, insertCompany, insertReminder } from "../support/records.ts";

/** The night all this comes due on. */
export const NIGHT = "2026-03-12";
export const NEXT_NIGHT = "2026-03-13";

/** What a book's first night comes to, in mails. */
export const INVOICE_MAILS = 60;
export const REMINDER_MAILS = 60;

/**
 * A company that lives at 02:00 of the night: 1,300 due series (60 of them send, 200 make up two
 * missed months, 10 cannot be billed) and 1,200 open invoices past their due date: all get a fee, 60
 * a reminder, of 140 the client has no address, and the others were sent after their last stage.
 */
export async function insertBook(sql: Sql): Promise<number> {
  const companyId = await insertCompany(sql, {
    testNow: `${NIGHT}T02:00:00Z`,
    lateFeeType: "percentage",
    lateFeeValue: 150,
    lateFeeDays: 0,
  });
  const clientId = await insertClient(sql, companyId);
  const silentId = await insertClient(sql, companyId, { name: "No Mail Ltd", email: null });
  for (const [index, daysOffset] of [-3, 1, 7].entries()) {
    await insertReminder(sql, companyId, { reminderNumber: index + 1, daysOffset });
  }
  await sql`
    insert into recurring_invoices (
      company_id, client_id, title, frequency, start_date, anchor_date, next_generate_date,
      auto_send, currency, payment_terms, created_at, updated_at
    )
    select
      ${companyId}, ${clientId}, 'Retainer ' || n, 'monthly', p.start, p.start, p.start, n <= ${INVOICE_MAILS}::int,
      'USD', 30, '2025-01-01', '2025-01-01'
    from generate_series(1, 1300) as n
    cross join lateral (
      select case when n > 1100 then date '2026-01-12' else date '2026-03-12' end as start
    ) p
  `;
  // Ten have no lines: they are parked.
  await sql`
    insert into recurring_invoice_lines (
      company_id, recurring_invoice_id, description, quantity, unit_price, created_at, updated_at
    )
    select company_id, id, 'Hosting {{period.month}}', line, 1000 + substr(title, 10)::int % 97, created_at, updated_at
    from recurring_invoices, generate_series(1, 2) as line
    where company_id = ${companyId} and title not like 'Retainer 50_'
  `;
  await sql`
    insert into invoices (
      company_id, client_id, invoice_number, status, issue_date, due_date, currency, subtotal, total,
      sent_at, created_at, updated_at
    )
    select
      ${companyId}, case when n between ${REMINDER_MAILS + 1}::int and 200 then ${silentId}::int8 else ${clientId}::int8 end,
      'OLD-' || n, 'sent', '2026-02-01', case when n <= 200 then '2026-03-11' else '2026-02-10' end::date,
      'USD', 10000 + n, 10000 + n, case when n <= 200 then '2026-03-10' else '2026-03-01' end::timestamptz,
      '2026-02-01', '2026-02-01'
    from generate_series(1, 1200) as n
  `;
  return companyId;
}

/** All a night leaves in a company, told without what may differ from one run of it to another. */
export async function readBook(sql: Sql, companyId: number) {
  const made = await sql`
    select r.title, i.period_start, i.period_end, i.issue_date, i.due_date, i.total::int as total,
      (select string_agg(l.description || l.amount, ',' order by l.sort_order) from invoice_lines l
       where l.company_id = i.company_id and l.invoice_id = i.id) as lines
    from invoices i
    join recurring_invoices r on r.company_id = i.company_id and r.id = i.recurring_invoice_id
    where i.company_id = ${companyId}
    order by r.title, i.period_start
  `;
  const numbers = await sql<{ number: string }[]>`
    select invoice_number as number from invoices
    where company_id = ${companyId} and recurring_invoice_id is not null
    order by invoice_number
  `;
  const series = await sql`
    select title, status, next_k, next_generate_date, occurrences_generated, parked_code
    from recurring_invoices where company_id = ${companyId} order by title
  `;
  const fees = await sql`
    select i.invoice_number, i.status, i.total::int as total, f.occurrence, f.fee::int as fee,
      f.business_date
    from invoices i
    left join invoice_late_fees f on f.company_id = i.company_id and f.invoice_id = i.id
    where i.company_id = ${companyId} and i.recurring_invoice_id is null
    order by i.invoice_number, f.occurrence
  `;
  const feeLines = await sql`
    select count(*)::int as count, sum(amount)::int as amount from invoice_lines
    where company_id = ${companyId} and is_late_fee
  `;
  const reminders = await sql`
    select i.invoice_number, r.reminder_number,
      case when x.status in ('queued', 'sent', 'unknown') then 'asked' else x.status end as status
    from invoice_reminders x
    join invoices i on i.company_id = x.company_id and i.id = x.invoice_id
    join payment_reminders r on r.company_id = x.company_id and r.id = x.reminder_id
    where x.company_id = ${companyId}
    order by i.invoice_number, r.reminder_number
  `;
  const nights = await sql`
    select business_date, status, report from billing_nights
    where company_id = ${companyId} order by business_date
  `;
  const events = await sql`
    select type, count(*)::int as count from events
    where company_id = ${companyId} and type not in ('invoice.sent', 'invoice.reminder_sent')
      and type not like 'attention.%'
    group by type order by type
  `;
  const attention = await sql`
    select kind, count(*)::int as count from attention_items
    where company_id = ${companyId} and kind <> 'mail.unknown' group by kind order by kind
  `;
  return {
    made: [...made],
    numbers: numbers.map(({ number }) => number),
    series: [...series],
    fees: [...fees],
    feeLines: [...feeLines],
    reminders: [...reminders],
    nights: [...nights],
    events: [...events],
    attention: [...attention],
  };
}
