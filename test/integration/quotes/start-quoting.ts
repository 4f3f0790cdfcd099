import { line, startInvoicing, type Invoicing } from "../invoices/start-invoicing.ts";

/** Answers of all routes; tests look into them freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Data = any;

export interface Quoting extends Invoicing {
  /** A draft quote; of one line over 100.00 unless told otherwise. Returns `data`. */
  quote: (fields?: Record<string, unknown>) => Promise<Data>;
  /** The same, marked as sent. */
  sentQuote: (fields?: Record<string, unknown>) => Promise<Data>;
  /** The types of the events about a quote, oldest first. */
  eventsOfQuote: (quoteId: number) => Promise<string[]>;
}

/** The API with a company, its owner and a client, to quote to. */
export async function startQuoting(company: Record<string, unknown> = {}): Promise<Quoting> {
  const invoicing = await startInvoicing(company);
  const { sql, companyId, clientId, expectCall } = invoicing;
  const quote: Quoting["quote"] = async (fields = {}) =>
    await expectCall(201, "POST", "/quotes", {
      client_id: clientId,
      line_items: [line("Consulting", 1, 10_000)],
      ...fields,
    });
  return {
    ...invoicing,
    quote,
    sentQuote: async (fields) => {
      const { id } = await quote(fields);
      return await expectCall(200, "POST", `/quotes/${id}/mark-sent`);
    },
    eventsOfQuote: async (quoteId) => {
      const rows = await sql<{ type: string }[]>`
        select type from events
        where company_id = ${companyId} and subject_type = 'quote' and subject_id = ${quoteId}
        order by id
      `;
      return rows.map((row) => row.type);
    },
  };
}
