import { expect } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { startWork, type Working } from "../billable-work/start-work.ts";

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

/** What docs/reports.md has spent. */
export async function spendExample({
  expectCall,
  clientId,
  euroClientId,
}: WorkedExample): Promise<void> {
  const spend = async (fields: Record<string, unknown>) =>
    await expectCall(201, "POST", "/expenses", { expense_date: "2026-04-01", ...fields });
  await spend({
    category: "software",
    amount: 5000,
    tax_amount: 750,
    expense_date: "2026-02-28",
    is_billable: true,
    client_id: clientId,
  });
  await spend({ category: "meals", amount: 300, is_billable: true, client_id: euroClientId });
  await spend({ category: "meals", amount: 400, client_id: clientId });
  await spend({ category: "travel_transport", amount: 200, is_billable: true });
  await spend({ category: "other", amount: 1234, currency: "EUR" });
  await spend({ category: "rent", amount: 100, expense_date: "2025-12-31" });
}

/** What docs/reports.md has worked. */
export async function workExample(example: WorkedExample) {
  const { project, worked, colleague, expectCall, call, clientId, euroClientId } = example;
  const ours = (await project({ client_id: clientId })).id;
  const theirs = (await project({ client_id: euroClientId })).id;
  const hours = async (fields: Record<string, unknown>, token?: string): Promise<Data> => {
    const body = { service_id: example.serviceId, date: "2026-03-02", ...fields };
    const reply = await call("POST", "/time-entries", body, token === undefined ? {} : { token });
    expect({ status: reply.status, text: reply.text }).toMatchObject({ status: 201 });
    return reply.body.data;
  };
  await worked({ project_id: ours, duration: 3600, hourly_rate: 12_000 });
  await hours({ project_id: ours, duration: 5783, hourly_rate: 15_266 });
  // 4999.5 cents.
  await hours({ project_id: theirs, duration: 1800, hourly_rate: 9999 });
  await hours({ project_id: ours, duration: 1800, is_billable: false });
  // On an invoice in euros, although the client's currency is another.
  const billed = await hours({ project_id: ours, duration: 7200, hourly_rate: 10_000 });
  const invoice = await example.draft({ currency: "EUR" });
  await expectCall(200, "POST", `/invoices/${invoice.id}/import-time`, {
    time_entry_ids: [billed.id],
  });
  const member = await colleague("member");
  await hours({ project_id: ours, duration: 60, hourly_rate: 100 }, member.token);
  await hours({ project_id: ours, date: "2025-12-31", duration: 600 }, member.token);
  return { ours, theirs, member };
}

/** Count and amount of each stage of the billing pipeline. */
export function stages(
  report: { data: { stage: string; currency: string; count: number; amount: number }[] },
  currency: string,
): Record<string, number[]> {
  return Object.fromEntries(
    report.data
      .filter((row) => row.currency === currency)
      .map(({ stage, count, amount }) => [stage, [count, amount]]),
  );
}
