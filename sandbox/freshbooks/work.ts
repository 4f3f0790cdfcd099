import { eastern, money, type Books } from "./books.ts";
import { day, DAY_MS, FIRST_DAY, places, work, type Chance } from "./chance.ts";
import { addPapers } from "./papers.ts";

/** Projects, time, expenses, estimates, credits and profiles, in proportion to clients and invoices. */
export function addWork(
  books: Books,
  { clients, invoices }: { clients: number; invoices: number },
  chance: Chance,
  accountId: string,
): void {
  for (let number = 1; number <= Math.ceil(clients / 4); number += 1) {
    const owner = chance.of(books.clients);
    const isFixed = number % 3 === 0;
    books.projects.push({
      id: 7_000 + number,
      title: `${chance.of(places)} site ${number}`,
      description: null,
      due_date: number % 2 === 0 ? "2026-12-31" : null,
      client_id: String(owner.id),
      internal: false,
      active: true,
      complete: number % 5 === 0,
      sample: false,
      budget: number % 4 === 0 ? String(40 * 3_600) : null,
      fixed_price: isFixed ? "2500.00" : null,
      rate: isFixed ? null : "95.00",
      billing_method: "project_rate",
      project_type: isFixed ? "fixed_price" : "hourly_rate",
      project_manager_id: null,
      logged_duration: null,
      billed_amount: 0,
      billed_status: "unbilled",
      retainer_id: null,
      expense_markup: 0,
      group_id: null,
      services: [],
      created_at: "2024-02-01T09:00:00",
      updated_at: "2024-02-01T09:00:00",
    });
  }
  for (let number = 1; number <= Math.ceil(invoices / 4); number += 1) {
    const project = chance.of(books.projects);
    const at = new Date(FIRST_DAY + number * DAY_MS + 14 * 3_600_000);
    books.time_entries.push({
      id: 90_000 + number,
      identity_id: 12_345,
      is_logged: true,
      // With and without the Z: both are UTC.
      started_at:
        number % 2 === 0 ? at.toISOString().replace(".000", "") : at.toISOString().slice(0, 19),
      created_at: at.toISOString().replace(".000", ""),
      client_id: Number(project["client_id"]),
      project_id: project.id,
      pending_client: null,
      pending_project: null,
      pending_task: null,
      task_id: null,
      service_id: 500 + chance.below(work.length),
      note: number % 3 === 0 ? null : "Worked on the site",
      active: true,
      billable: true,
      billed: number % 4 === 0,
      internal: false,
      retainer_id: null,
      duration: 1_800 * (1 + chance.below(8)),
      timer: null,
    });
    const owner = chance.of(books.clients);
    const code = String(owner["currency_code"]);
    books.expenses.push({
      id: 60_000 + number,
      expenseid: 60_000 + number,
      categoryid: 1 + chance.below(4),
      staffid: 1,
      clientid: number % 2 === 0 ? owner.id : 0,
      projectid: 0,
      invoiceid: null,
      // One that came to nothing.
      amount: money(number === 5 ? 0 : 1_000 + chance.below(50_000), code),
      date: day(FIRST_DAY + number * DAY_MS),
      vendor: chance.of(["City Rail", "Paper & Co", "Corner Café"]),
      notes: "",
      markup_percent: 0,
      taxName1: null,
      taxName2: null,
      taxPercent1: null,
      taxPercent2: null,
      compounded_tax: false,
      has_receipt: false,
      status: 1,
      accounting_systemid: accountId,
      updated: eastern(at),
      vis_state: number % 31 === 0 ? 1 : 0,
    });
  }
  addPapers(books, { clients, invoices }, chance, accountId);
}
