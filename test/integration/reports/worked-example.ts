import { expect } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { startWork, type Working } from "../work/start-work.ts";

/** Answers of all routes; tests look into them freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Data = any;

export interface WorkedExample extends Working {
  /** Bills in euros; the company counts in dollars. */
  euroClientId: number;
  partlyPaid: Data;
  dueYesterday: Data;
  inEuros: Data;
  ofToday: Data;
  lastYear: Data;
  /** The whole answer of a read that must succeed. */
  read: (path: string) => Promise<Data>;
}

/**
 * The books of docs/reports.md. The company is in Auckland, where it is 1 April 2026, half past one in
 * the night: in London it is still March.
 */
export async function startWorkedExample(): Promise<WorkedExample> {
  const work = await startWork({ timezone: "Pacific/Auckland", currency: "USD" });
  const { clock, expectCall, call, issued, draft } = work;
  clock.set("2026-03-31T12:30:00Z");
  const gst = { tax_name: "GST", tax_rate: 15 };
  const euroClient = await expectCall(201, "POST", "/clients", { name: "Globex", currency: "EUR" });

  const lastYear = await issued({
    issue_date: "2025-12-31",
    due_date: "2026-01-30",
    line_items: [line("Audit", 1, 10_000)],
  });
  await pay(lastYear.id, 10_000, "2026-01-05");
  const partlyPaid = await issued({
    issue_date: "2026-01-10",
    due_date: "2026-02-09",
    line_items: [line("Design", 1, 100_000, gst)],
  });
  await pay(partlyPaid.id, 50_000, "2026-02-01");
  const inEuros = await issued({
    client_id: euroClient.id,
    issue_date: "2026-02-15",
    due_date: "2026-05-15",
    discount_type: "percentage",
    discount_value: 10,
    line_items: [
      line("Workshop", 3, 3333, { ...gst, tax_name_2: "City", tax_rate_2: 250 }),
      line("Postage", 1, 101, gst),
    ],
  });
  const dueYesterday = await issued({
    issue_date: "2026-03-01",
    due_date: "2026-03-31",
    line_items: [line("Support", 1, 20_000)],
  });
  const ofToday = await issued({
    issue_date: "2026-04-01",
    due_date: "2026-05-01",
    line_items: [line("Hosting", 1, 7000)],
  });
  await draft({ issue_date: "2026-03-01", line_items: [line("Draft", 1, 900, gst)] });
  const voided = await issued({
    issue_date: "2026-03-02",
    line_items: [line("Void", 1, 800, gst)],
  });
  await expectCall(200, "POST", `/invoices/${voided.id}/void`);

  async function pay(id: number, amount: number, date: string): Promise<void> {
    const body = { amount, payment_date: date };
    await expectCall(200, "POST", `/invoices/${id}/record-payment`, body);
  }

  return {
    ...work,
    euroClientId: euroClient.id,
    partlyPaid,
    dueYesterday,
    inEuros,
    ofToday,
    lastYear,
    async read(path) {
      const reply = await call("GET", path);
      expect({ status: reply.status, text: reply.text }).toMatchObject({ status: 200 });
      return reply.body;
    },
  };
}
