import type { Fragment, Tx } from "./client.ts";
import { instant } from "./export-columns.ts";
import { openExport, rowsToRead, type ExportResource } from "./export-rows.ts";

/** A record as it stands in an export: JSON values only. */
export type ProofRecord = Readonly<Record<string, unknown>>;

/** Everything that stands behind an invoice, oldest first; the names are those of the pack's parts. */
export interface ProofParts {
  invoice: ProofRecord[];
  client: ProofRecord[];
  lines: ProofRecord[];
  time_entries: ProofRecord[];
  /** Those that the time was worked on. */
  tasks: ProofRecord[];
  /** What was decided about the invoice and its time, and what took it back. */
  approvals: ProofRecord[];
  expenses: ProofRecord[];
  adjustments: ProofRecord[];
  late_fees: ProofRecord[];
  quotes: ProofRecord[];
  payments: ProofRecord[];
  refunds: ProofRecord[];
  credits: ProofRecord[];
  dispatches: ProofRecord[];
  artifacts: ProofRecord[];
  activity: ProofRecord[];
}

/**
 * Reads what is behind an invoice, at one instant: give it a transaction of repeatable reads. Records that
 * an export has are as they are there.
 */
export async function readProofParts(
  tx: Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Promise<ProofParts> {
  await openExport(tx, { companyId, projectId: null, clientId: null, from: null, to: null });
  const exported = async (resource: ExportResource, where: Fragment): Promise<ProofRecord[]> => {
    const rows = await tx<{ record: ProofRecord }[]>`
      select row_to_json(t)::jsonb as record from (${rowsToRead(tx, resource)}) as t
      where ${where}
      order by t.id
    `;
    return rows.map(({ record }) => record);
  };
  const records = async (query: Fragment): Promise<ProofRecord[]> => {
    const rows = await tx<{ record: ProofRecord }[]>`
      select row_to_json(t)::jsonb as record from (${query}) as t
    `;
    return rows.map(({ record }) => record);
  };
  const at = (value: Fragment): Fragment => instant(tx, value);
  const ofLines = (column: string) => tx`
    select ${tx(column)} from invoice_lines
    where company_id = ${companyId} and invoice_id = ${invoiceId} and ${tx(column)} is not null
  `;
  const ofTime = (column: string) => tx`
    select ${tx(column)} from time_entries
    where company_id = ${companyId}
      and (invoice_id = ${invoiceId} or id in (${ofLines("time_entry_id")}))
  `;
  return {
    invoice: await exported("invoices", tx`t.id = ${invoiceId}`),
    client: await exported(
      "clients",
      tx`t.id = (select client_id from invoices where company_id = ${companyId} and id = ${invoiceId})`,
    ),
    lines: await exported("invoice_lines", tx`t.invoice_id = ${invoiceId}`),
    time_entries: await exported(
      "time_entries",
      tx`t.invoice_id = ${invoiceId} or t.id in (${ofLines("time_entry_id")})`,
    ),
    tasks: await exported("tasks", tx`t.id in (${ofTime("task_id")})`),
    approvals: await records(tx`
      select
        e.id as event_id, e.type, e.subject_type, e.subject_id, e.causer_id as user_id,
        u.name as user_name, e.payload, ${at(tx`e.occurred_at`)} as occurred_at
      from events e
      left join users u on u.id = e.causer_id
      where e.company_id = ${companyId}
        and split_part(e.type, '.', 2) in ('approved', 'rejected', 'approval_withdrawn')
        and (
          (e.subject_type = 'invoice' and e.subject_id = ${invoiceId})
          or (e.subject_type = 'time-entry' and e.subject_id in (${ofTime("id")}))
        )
      order by e.id
    `),
    expenses: await exported(
      "expenses",
      tx`t.invoice_id = ${invoiceId} or t.id in (${ofLines("expense_id")})`,
    ),
    adjustments: await records(tx`
      select id, description, amount, ${at(tx`created_at`)} as created_at
      from invoice_adjustments
      where company_id = ${companyId} and invoice_id = ${invoiceId}
      order by id
    `),
    late_fees: await records(tx`
      select
        rule, occurrence, business_date, fee, tax, ${at(tx`waived_at`)} as waived_at,
        ${at(tx`created_at`)} as created_at
      from invoice_late_fees
      where company_id = ${companyId} and invoice_id = ${invoiceId}
      order by business_date, rule, occurrence
    `),
    quotes: await exported("quotes", tx`t.converted_to_invoice_id = ${invoiceId}`),
    payments: await exported("payments", tx`t.invoice_id = ${invoiceId}`),
    refunds: await exported(
      "refunds",
      tx`t.payment_id in (
        select id from payments where company_id = ${companyId} and invoice_id = ${invoiceId}
      )`,
    ),
    credits: await records(tx`
      select id, credit_id, amount, applied_by, ${at(tx`created_at`)} as created_at
      from credit_applications
      where company_id = ${companyId} and invoice_id = ${invoiceId}
      order by id
    `),
    dispatches: await records(tx`
      select
        id, kind, recipient, message_id, status, response, ${at(tx`accepted_at`)} as accepted_at,
        ${at(tx`created_at`)} as created_at
      from deliveries
      where company_id = ${companyId} and invoice_id = ${invoiceId}
      order by id
    `),
    artifacts: await records(tx`
      select id, name, kind, bytes, sha256, uploaded_by, ${at(tx`created_at`)} as created_at
      from invoice_artifacts
      where company_id = ${companyId} and invoice_id = ${invoiceId}
      order by id
    `),
    activity: await records(tx`
      select id, type, payload, causer_id, ${at(tx`occurred_at`)} as occurred_at
      from events
      where company_id = ${companyId} and subject_type = 'invoice' and subject_id = ${invoiceId}
      order by id
    `),
  };
}
