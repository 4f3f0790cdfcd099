import type { Sql, Tx } from "./client.ts";

/** Something a person has to look at, once while it is open. */
export interface NewAttentionItem {
  companyId: number | null;
  /** e.g. "run.dead", "outbox.stuck". */
  kind: string;
  /** Tells items of one kind apart. */
  key: string;
  title: string;
  detail?: string;
  subjectType?: string;
  subjectId?: number;
  runId?: string;
}

/** Raises an item, or brings the open one of this company, kind and key up to date. */
export async function raiseAttention(sql: Sql | Tx, item: NewAttentionItem): Promise<void> {
  await sql`
    insert into attention_items (
      company_id, kind, key, title, detail, subject_type, subject_id, run_id
    )
    values (
      ${item.companyId}, ${item.kind}, ${item.key}, ${item.title}, ${item.detail ?? null},
      ${item.subjectType ?? null}, ${item.subjectId ?? null}, ${item.runId ?? null}
    )
    on conflict (coalesce(company_id, 0), kind, key) where resolved_at is null
    do update set title = excluded.title, detail = excluded.detail, run_id = excluded.run_id
  `;
}

/** Closes an open item because its cause is gone. False when there was none. */
export async function settleAttention(
  sql: Sql | Tx,
  item: { companyId: number | null; kind: string; key: string; resolution: string },
): Promise<boolean> {
  const rows = await sql<{ id: number }[]>`
    update attention_items
    set resolved_at = now(), resolution = ${item.resolution}
    where coalesce(company_id, 0) = ${item.companyId ?? 0}
      and kind = ${item.kind}
      and key = ${item.key}
      and resolved_at is null
    returning id
  `;
  return rows.length > 0;
}

/** Closes the open items about mails of an invoice itself of which nobody knew whether they arrived. */
export async function settleInvoiceDoubts(
  tx: Tx,
  input: { companyId: number; invoiceId: number; resolution: string },
): Promise<void> {
  const { companyId, invoiceId, resolution } = input;
  await tx`
    update attention_items a
    set resolved_at = now(), resolution = ${resolution}
    from deliveries d
    where a.company_id = ${companyId} and a.kind = 'mail.unknown' and a.resolved_at is null
      and a.subject_type = 'invoice' and a.subject_id = ${invoiceId}
      and d.company_id = ${companyId} and d.invoice_id = ${invoiceId} and d.kind = 'invoice'
      and a.key = d.id::text
  `;
}

/** The number of the invoice that is a draft only because nobody knows what an open item asks. */
export async function findDraftInDoubt(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<string | undefined> {
  const [row] = await tx<{ invoiceNumber: string }[]>`
    select i.invoice_number
    from attention_items a
    join deliveries d on d.company_id = a.company_id and d.id::text = a.key and d.kind = 'invoice'
    join invoices i on i.company_id = d.company_id and i.id = d.invoice_id
    where a.company_id = ${companyId} and a.id = ${id}
      and a.kind = 'mail.unknown' and a.resolved_at is null
      and i.status = 'draft' and not i.is_archived and i.deleted_at is null
  `;
  return row?.invoiceNumber;
}

export interface AttentionItemRow {
  id: number;
  companyId: number | null;
  kind: string;
  key: string;
  title: string;
  detail: string | null;
  subjectType: string | null;
  subjectId: number | null;
  runId: string | null;
  createdAt: Date;
  resolvedAt: Date | null;
  resolution: string | null;
}

/** Items, newest first: of one company, or the platform's own (null). */
export async function listAttention(
  sql: Sql | Tx,
  filter: { companyId: number | null; isOpen: boolean; limit: number; offset?: number },
): Promise<AttentionItemRow[]> {
  return await sql<AttentionItemRow[]>`
    select
      id, company_id, kind, key, title, detail, subject_type, subject_id, run_id, created_at,
      resolved_at, resolution
    from attention_items
    where (resolved_at is null) = ${filter.isOpen}
      and ${filter.companyId === null ? sql`company_id is null` : sql`company_id = ${filter.companyId}`}
    order by id desc
    limit ${filter.limit} offset ${filter.offset ?? 0}
  `;
}

/** How many items a company has. */
export async function countAttention(
  sql: Sql | Tx,
  { companyId, isOpen }: { companyId: number; isOpen: boolean },
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from attention_items
    where company_id = ${companyId} and (resolved_at is null) = ${isOpen}
  `;
  return row?.count ?? 0;
}

/**
 * Closes an item because somebody looked at it and says so. Undefined when the company has no such
 * item; one that is closed already stays as it was.
 */
export async function resolveAttention(
  tx: Tx,
  input: { companyId: number; id: number; userId: number; resolution: string },
): Promise<AttentionItemRow | undefined> {
  const { companyId, id } = input;
  await tx`
    update attention_items
    set resolved_at = now(), resolved_by = ${input.userId}, resolution = ${input.resolution}
    where company_id = ${companyId} and id = ${id} and resolved_at is null
  `;
  const [row] = await tx<AttentionItemRow[]>`
    select
      id, company_id, kind, key, title, detail, subject_type, subject_id, run_id, created_at,
      resolved_at, resolution
    from attention_items
    where company_id = ${companyId} and id = ${id}
  `;
  return row;
}
