import { startWork, type Working } from "./start-work.ts";

/** Answers of all routes; tests look into them freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Data = any;

export interface Spending extends Working {
  /** A train ticket over 50.00 that can be billed on, unless told otherwise. Returns `data`. */
  spent: (fields?: Record<string, unknown>) => Promise<Data>;
}

/** A company with a client, ready to note what it spends. */
export async function startExpenses(company: Record<string, unknown> = {}): Promise<Spending> {
  const work = await startWork(company);
  return {
    ...work,
    spent: async (fields = {}) =>
      await work.expectCall(201, "POST", "/expenses", {
        category: "travel_transport",
        vendor: "City Rail",
        amount: 5000,
        expense_date: "2026-03-02",
        is_billable: true,
        ...fields,
      }),
  };
}
