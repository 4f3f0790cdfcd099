import type { Sql } from "../../../src/db/client.ts";
import { generateInvoices } from "../../../src/actions/generate-invoices.ts";
import { getNightCompany } from "../../../src/db/night-companies.ts";
import { startApi } from "../api/start-api.ts";
import { joinInvoicing, line, type Invoicing } from "../invoices/start-invoicing.ts";

/** Answers of all routes; tests look into them freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Data = any;

export interface Recurring extends Invoicing {
  /** A series; monthly from the clock's day, of one line over 100.00, unless told otherwise. */
  series: (fields?: Record<string, unknown>) => Promise<Data>;
  get: (id: number) => Promise<Data>;
  /** What became of the occurrences, oldest first. */
  occurrences: (id: number) => Promise<Data[]>;
  /** The generating step of the company's night of a business date. */
  generate: (businessDate: string) => Promise<void>;
}

/** The API with a company, a client, and nights at hand. The clock stands at 2 March 2026, 09:00 UTC. */
export async function startRecurring(company: Record<string, unknown> = {}): Promise<Recurring> {
  // Tests go through months, and their person stays signed in.
  const api = await joinInvoicing(await startApi({ sessionMs: 400 * 86_400_000 }), company);
  const { expectCall, companyId } = api;
  return {
    ...api,
    series: async (fields = {}) =>
      await expectCall(201, "POST", "/recurring-invoices", {
        client_id: api.clientId,
        title: "Retainer",
        frequency: "monthly",
        start_date: "2026-03-02",
        line_items: [line("Retainer", 1, 10_000)],
        ...fields,
      }),
    get: async (id) => await expectCall(200, "GET", `/recurring-invoices/${id}`),
    occurrences: async (id) =>
      (await expectCall(200, "GET", `/recurring-invoices/${id}/occurrences`)).toReversed(),
    generate: async (businessDate) =>
      await runGenerating(api.sql, { companyId, businessDate, now: api.clock.now() }),
  };
}

async function runGenerating(
  sql: Sql,
  { companyId, businessDate, now }: { companyId: number; businessDate: string; now: Date },
): Promise<void> {
  const company = await getNightCompany(sql, companyId);
  for (;;) {
    const { claimed } = await sql.begin(
      async (tx) =>
        await generateInvoices(tx, {
          company,
          businessDate,
          now,
          limit: 100,
          checksPeriods: false,
        }),
    );
    if (claimed === 0) return;
  }
}
