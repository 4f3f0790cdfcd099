import type { ImportAmount } from "../../db/import-amounts.ts";
import { minorOf } from "./values.ts";
import { paidOf, statusOfInvoice } from "./map-invoice.ts";
import { statusOfEstimate } from "./map-papers.ts";
import type { AnyPage } from "./read-page.ts";
import { Unmappable } from "./unmappable.ts";

/** What each record of money comes to over there, taken over or not, to be compared at the end. */
export function amountsOf(page: AnyPage): ImportAmount[] {
  switch (page.name) {
    case "invoices":
      return page.records.flatMap((invoice) =>
        amountOf("invoice", invoice, ({ amount }) => {
          const total = minorOf(amount);
          const amountPaid = paidOf(invoice, amount.code, total);
          return statusOfInvoice(invoice, { total, amountPaid });
        }),
      );
    case "payments":
      return page.records.flatMap((payment) => amountOf("payment", payment, () => "received"));
    case "credit_notes":
      return page.records.flatMap((credit) => amountOf("credit", credit, () => "given"));
    case "expenses":
      return page.records.flatMap((expense) => amountOf("expense", expense, () => "spent"));
    case "estimates":
      return page.records.flatMap((estimate) =>
        amountOf("quote", estimate, () => statusOfEstimate(estimate)),
      );
    case "clients":
    case "taxes":
    case "items":
    case "services":
    case "projects":
    case "time_entries":
    case "invoice_profiles":
      return [];
  }
}

function amountOf<Record extends { id: string; amount: { amount: string; code: string } }>(
  kind: string,
  record: Record,
  statusOf: (record: Record) => string,
): ImportAmount[] {
  try {
    const amount = minorOf(record.amount);
    const { id: externalId } = record;
    const currency = record.amount.code;
    return [{ kind, externalId, currency, status: statusOf(record), amount }];
  } catch (error) {
    // An amount that is none, or of no currency: the record itself is told of as refused.
    if (error instanceof Unmappable) return [];
    throw error;
  }
}
