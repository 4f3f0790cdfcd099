import { money, type Books } from "./books.ts";
import { day, DAY_MS, FIRST_DAY, type Chance } from "./chance.ts";
import { linesOf } from "./lines.ts";

/** Estimates, invoice profiles and credit notes. */
export function addPapers(
  books: Books,
  { clients, invoices }: { clients: number; invoices: number },
  chance: Chance,
  accountId: string,
): void {
  for (let number = 1; number <= Math.ceil(invoices / 10); number += 1) {
    const owner = chance.of(books.clients);
    const code = String(owner["currency_code"]);
    const { lines, total, discountTotal } = linesOf(chance, code, 0);
    const common = {
      accounting_systemid: accountId,
      currency_code: code,
      language: "en",
      amount: money(total, code),
      discount_total: money(-discountTotal, code),
      discount_value: "0",
      notes: "",
      terms: "",
      vis_state: 0,
    };
    const created = FIRST_DAY + number * 2 * DAY_MS;
    books.estimates.push({
      ...common,
      id: 30_000 + number,
      estimateid: 30_000 + number,
      customerid: owner.id,
      estimate_number: `EST-${String(number).padStart(4, "0")}`,
      create_date: day(created),
      status: "2",
      display_status: chance.of(["draft", "sent", "viewed"]),
      ui_status: number % 3 === 0 ? "accepted" : "sent",
      accepted: number % 3 === 0,
      invoiced: false,
      lines,
    });
    if (number % 4 === 0) {
      books.invoice_profiles.push({
        ...common,
        id: 40_000 + number,
        profileid: 40_000 + number,
        customerid: owner.id,
        create_date: "2026-01-15",
        frequency: chance.of(["m", "w", "3m", "y"]),
        numberRecurring: number % 8 === 0 ? 6 : 0,
        occurrences_to_date: 3,
        due_offset_days: 30,
        disable: false,
        lines: structuredClone(lines),
      });
    }
  }
  for (let number = 1; number <= Math.ceil(clients / 10); number += 1) {
    const owner = chance.of(books.clients);
    const code = String(owner["currency_code"]);
    const cents = 5_000 + chance.below(100) * 100;
    books.credit_notes.push({
      id: 80_000 + number,
      creditid: 80_000 + number,
      clientid: String(owner.id),
      credit_number: `CR-${number}`,
      create_date: day(FIRST_DAY + number * DAY_MS),
      credit_type: chance.of(["goodwill", "prepayment"]),
      currency_code: code,
      amount: money(cents, code),
      paid: money(0, code),
      notes: "",
      terms: null,
      language: "en",
      status: "sent",
      display_status: "created",
      payment_status: "unpaid",
      lines: [],
      vis_state: 0,
    });
  }
}
