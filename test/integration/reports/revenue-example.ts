import { expect } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { startWork, type Working } from "../billable-work/start-work.ts";

/** Answers of all routes; tests look into them freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Data = any;

export interface RevenueExample extends Working {
  euroClientId: number;
  /** By the names they have in docs/revenue-intelligence.md. */
  projects: Record<"care" | "site" | "lab" | "euro" | "flat", Data>;
  entries: Record<string, number>;
  invoices: Record<"paid" | "discounted" | "drafted" | "euro", Data>;
  paymentIds: number[];
  /** `data` of a read that must succeed. */
  read: (path: string) => Promise<Data>;
}

const HOUR = 3600;

/** The books of docs/revenue-intelligence.md: it is 15 March 2026, and an hour costs 100.00. */
export async function startRevenueExample(): Promise<RevenueExample> {
  const work = await startWork({ timezone: "UTC", currency: "USD" });
  const { clock, expectCall, call, project, worked, draft } = work;
  clock.set("2026-03-15T12:00:00Z");
  const euroClient = await expectCall(201, "POST", "/clients", { name: "Globex", currency: "EUR" });
  const projects = {
    care: await project({ name: "Care plan", budget_hours: 10, budget_period: "monthly" }),
    site: await project({ name: "Website", budget_amount: 100_000, end_date: "2026-12-31" }),
    lab: await project({ name: "Laboratory" }),
    euro: await project({
      name: "Audit",
      client_id: euroClient.id,
      budget_hours: 40,
      budget_period: "quarterly",
    }),
    flat: await project({ name: "Logo", billing_method: "flat_rate", budget_amount: 50_000 }),
  };
  const entries: Record<string, number> = {};
  const log = async (name: string, on: Data, date: string, hours: number, more = {}) => {
    const entry = await worked({
      project_id: on.id,
      date,
      duration: hours * HOUR,
      hourly_rate: 10_000,
      ...more,
    });
    entries[name] = entry.id;
  };
  await log("february", projects.care, "2026-02-20", 9);
  await log("march", projects.care, "2026-03-03", 8);
  await log("more", projects.care, "2026-03-10", 4);
  await log("build", projects.site, "2026-01-02", 5);
  await log("fix", projects.site, "2026-03-01", 2, { hourly_rate: 15_000 });
  await log("gift", projects.lab, "2026-03-02", 3, { is_billable: false });
  await log("outside", projects.lab, "2026-03-05", 1, { is_billed: true });
  await log("audit", projects.euro, "2026-03-08", 6);
  await log("sketch", projects.flat, "2026-03-09", 2);
  // Nobody says a rate: neither project, service, person nor company has one.
  await log("unpriced", projects.lab, "2026-03-11", 2, { hourly_rate: null });

  const invoiced = async (name: string, fields: Record<string, unknown>) => {
    const { id } = await draft({ issue_date: "2026-03-01", due_date: "2026-03-10", ...fields });
    const ids = { time_entry_ids: [entries[name]] };
    await expectCall(200, "POST", `/invoices/${id}/import-time`, ids);
    return id;
  };
  const issue = async (id: number) => await expectCall(200, "POST", `/invoices/${id}/mark-sent`);
  const invoices = {
    paid: await issue(await invoiced("february", { line_items: [line("Hosting", 1, 10_000)] })),
    discounted: await issue(
      await invoiced("build", {
        line_items: [line("Stock photo", 1, 0)],
        discount_type: "percentage",
        discount_value: 10,
      }),
    ),
    drafted: { id: await invoiced("march", { line_items: [line("Hosting", 1, 10_000)] }) },
    euro: await issue(
      await invoiced("audit", {
        client_id: euroClient.id,
        due_date: "2026-04-01",
        line_items: [line("Travel", 1, 40_000)],
      }),
    ),
  };
  const pay = async (invoice: Data, amount: number, date: string) =>
    await expectCall(201, "POST", "/payments", {
      invoice_id: invoice.id,
      amount,
      payment_date: date,
    });
  const payments = [
    await pay(invoices.paid, 100_000, "2026-03-04"),
    await pay(invoices.discounted, 15_000, "2026-03-12"),
    await pay(invoices.euro, 33_333, "2026-02-28"),
  ];
  return {
    ...work,
    euroClientId: euroClient.id,
    projects,
    entries,
    invoices,
    paymentIds: payments.map(({ id }) => id),
    async read(path) {
      const reply = await call("GET", path);
      expect({ status: reply.status, text: reply.text }).toMatchObject({ status: 200 });
      return reply.body.data;
    },
  };
}
