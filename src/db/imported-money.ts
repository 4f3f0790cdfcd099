import type { ProviderName } from "../platform/oauth.ts";
import type { Sql, Tx } from "./client.ts";

/**
 * Whether something happened to an invoice here that an import must not undo: a fee, a refund, a
 * payment or a use of credit that no import brought, time or expenses billed by it.
 */
export async function hasMoneyOfItsOwn(
  sql: Sql | Tx,
  {
    companyId,
    invoiceId,
    provider,
  }: { companyId: number; invoiceId: number; provider: ProviderName },
): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    select (
      exists (
        select from invoice_late_fees
        where company_id = ${companyId} and invoice_id = ${invoiceId}
      )
      or exists (
        select from invoice_lines
        where company_id = ${companyId} and invoice_id = ${invoiceId}
          and (time_entry_id is not null or expense_id is not null)
      )
      or exists (
        select from payments
        where company_id = ${companyId} and invoice_id = ${invoiceId}
          and (
            amount_refunded > 0
            or not exists (
              select from external_refs
              where company_id = ${companyId} and provider = ${provider} and kind = 'payment'
                and record_id = payments.id
            )
          )
      )
      or exists (
        select from credit_applications
        where company_id = ${companyId} and invoice_id = ${invoiceId}
          and not exists (
            select from external_refs
            where company_id = ${companyId} and provider = ${provider}
              and kind = 'credit-application' and record_id = credit_applications.id
          )
      )
    ) as found
  `;
  return row?.found ?? false;
}
