import type { LocalDate } from "../billing/dates.ts";
import { addUpStatement, type StatementTotals } from "../billing/statements.ts";
import type { Sql, Tx } from "../db/client.ts";
import type { ClientRow } from "../db/clients.ts";
import type { CompanyRow } from "../db/companies.ts";
import { getInvoicedClient } from "../db/invoice-references.ts";
import { listStatementInvoices, type StatementInvoiceRow } from "../db/statements.ts";

export interface Statement {
  client: ClientRow;
  from: LocalDate;
  to: LocalDate;
  /** Oldest first, each with what was owed in its currency after it. */
  items: (StatementInvoiceRow & { balance: bigint })[];
  /** The client's currency first, even where nothing was billed in it. */
  totals: [StatementTotals, ...StatementTotals[]];
}

/** What a client was billed in a period and what of it is still owed, as the records are now. */
export async function loadStatement(
  sql: Sql | Tx,
  company: Pick<CompanyRow, "id">,
  { clientId, from, to }: { clientId: number; from: LocalDate; to: LocalDate },
): Promise<Statement> {
  const companyId = company.id;
  const [client, invoices] = await Promise.all([
    getInvoicedClient(sql, { companyId, clientId }),
    listStatementInvoices(sql, { companyId, clientId, fromDate: from, toDate: to }),
  ]);
  const { items, totals } = addUpStatement(invoices);
  const { currency } = client;
  const own = totals.find((sum) => sum.currency === currency);
  const nothing = { currency, totalInvoiced: 0n, totalPaid: 0n, totalOutstanding: 0n };
  const others = totals.filter((sum) => sum.currency !== currency);
  return { client, from, to, items, totals: [own ?? nothing, ...others] };
}
