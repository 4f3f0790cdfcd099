/** A record as it goes over the wire; what a request did not ask to include is left out then. */
export type Entry = Record<string, unknown> & { id: number | string };

/** The account's books, by the names of FreshBooks' lists. */
export interface Books {
  clients: Entry[];
  taxes: Entry[];
  items: Entry[];
  services: Entry[];
  projects: Entry[];
  invoices: Entry[];
  credit_notes: Entry[];
  payments: Entry[];
  expenses: Entry[];
  categories: Entry[];
  time_entries: Entry[];
  estimates: Entry[];
  invoice_profiles: Entry[];
}

export type BookName = keyof Books;

export function emptyBooks(): Books {
  return {
    clients: [],
    taxes: [],
    items: [],
    services: [],
    projects: [],
    invoices: [],
    credit_notes: [],
    payments: [],
    expenses: [],
    categories: [],
    time_entries: [],
    estimates: [],
    invoice_profiles: [],
  };
}

/** 0 there, 1 deleted, 2 archived. */
export function visStateOf(entry: Entry): number {
  return typeof entry["vis_state"] === "number" ? entry["vis_state"] : 0;
}

/** Money on the wire is a decimal text with its currency. */
export function money(cents: number, code: string): { amount: string; code: string } {
  const sign = cents < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(cents) / 100);
  return { amount: `${sign}${whole}.${String(Math.abs(cents) % 100).padStart(2, "0")}`, code };
}

/** How accounting writes an instant: Eastern time, without saying so. */
export function eastern(instant: Date): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: "America/New_York",
    dateStyle: "short",
    timeStyle: "medium",
    hourCycle: "h23",
  }).format(instant);
  return parts.replace(", ", " ");
}
