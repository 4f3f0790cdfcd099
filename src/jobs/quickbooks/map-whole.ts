import type { ExternalRefRow } from "../../db/external-refs.ts";
import { keyOf } from "./create-records.ts";
import type { InvoiceFacts } from "./load-invoice.ts";
import { checkSettings, itemsOf, mapInvoice } from "./map-invoice.ts";
import { mapCustomer, type Named } from "./map-names.ts";
import type { Push } from "./push.ts";
import { saveNamed, type Saved } from "./save-named.ts";
import { fingerprintOf, type Body } from "./values.ts";

/** An invoice on its way over. */
export interface Ready {
  id: number;
  facts: InvoiceFacts;
  ref: ExternalRefRow | undefined;
}

/** With what it refers to there, and as what it should be there: empty when it is voided. */
export interface Mapped extends Ready {
  customerId: string;
  body: Body;
}

/** Everything with a name that an invoice refers to. A voided one has a customer, whose its payments are. */
export function namedOf(push: Push, facts: InvoiceFacts): Named[] {
  const customer = mapCustomer(facts.client, facts.invoice.currency, push.books);
  return isVoidHere(facts) ? [customer] : [customer, ...itemsOf(facts, push)];
}

/** @throws ProviderRejected when one of what it refers to was refused */
export function mapWith(push: Push, invoice: Ready, saved: Saved): Mapped {
  const { facts } = invoice;
  const idOf = (key: Pick<Named, "kind" | "recordId">): string => {
    const id = saved.get(keyOf(key));
    if (typeof id === "string") return id;
    throw id ?? new Error(`no ${keyOf(key)} was saved`);
  };
  const customerId = idOf(mapCustomer(facts.client, facts.invoice.currency, push.books));
  const body = isVoidHere(facts) ? {} : mapInvoice(facts, push, { customerId, itemIdOf: idOf });
  return { ...invoice, customerId, body };
}

/** One as it was read just now. Throws as `mapWith` does, and `Waits` for a setting it lacks. */
export async function mapNow(push: Push, invoice: Ready): Promise<Mapped> {
  if (!isVoidHere(invoice.facts)) checkSettings(invoice.facts, push);
  return mapWith(push, invoice, await saveNamed(push, namedOf(push, invoice.facts)));
}

export function isVoidHere({ invoice }: InvoiceFacts): boolean {
  return invoice.status === "cancelled";
}

/** What an invoice comes to without its payments. */
export function printInvoice({ facts, body }: Mapped): string {
  return isVoidHere(facts) ? "void" : fingerprintOf(body);
}
