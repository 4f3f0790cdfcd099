import type { LocalDate } from "../billing/dates.ts";
import type { Select, Sql, Tx } from "./client.ts";

/** One fee in the fee ledger, in minor units. A waived one keeps its row, so it is not charged again. */
export interface InvoiceLateFeeRow {
  invoiceId: number;
  rule: string;
  /** 1 for the first fee of the rule. */
  occurrence: number;
  businessDate: LocalDate;
  fee: bigint;
  tax: bigint;
  /** The line it was charged with; that line is gone once the fee is waived. */
  lineId: number | null;
  waivedAt: Date | null;
  createdAt: Date;
}

/** In the order in which they were charged. */
export function listInvoiceLateFees(
  sql: Sql | Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Select<InvoiceLateFeeRow> {
  return sql<InvoiceLateFeeRow[]>`
    select
      invoice_id, rule, occurrence, business_date, fee, tax, line_id, waived_at, created_at
    from invoice_late_fees
    where company_id = ${companyId} and invoice_id = ${invoiceId}
    order by business_date, rule, occurrence
  `;
}

/** Says that the fee charged with a line is waived (BILLING.md 6). */
export async function waiveLateFeeOfLine(
  tx: Tx,
  input: { companyId: number; invoiceId: number; lineId: number; now: Date },
): Promise<void> {
  await tx`
    update invoice_late_fees
    set waived_at = ${input.now}
    where company_id = ${input.companyId}
      and invoice_id = ${input.invoiceId}
      and line_id = ${input.lineId}
      and waived_at is null
  `;
}
