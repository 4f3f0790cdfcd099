/** What an invoice on a statement comes to. Minor units of its currency. */
export interface StatementAmounts {
  currency: string;
  total: bigint;
  amountPaid: bigint;
}

export interface StatementTotals {
  currency: string;
  totalInvoiced: bigint;
  totalPaid: bigint;
  totalOutstanding: bigint;
}

/**
 * What was owed after each invoice, in their order, and what they come to. Currencies are kept
 * apart: a sum over several means nothing.
 */
export function addUpStatement<Item extends StatementAmounts>(
  items: readonly Item[],
): { items: (Item & { balance: bigint })[]; totals: StatementTotals[] } {
  const sums = new Map<string, StatementTotals>();
  const withBalance = items.map((item) => {
    const { currency, total, amountPaid } = item;
    const before = sums.get(currency);
    const sum = {
      currency,
      totalInvoiced: (before?.totalInvoiced ?? 0n) + total,
      totalPaid: (before?.totalPaid ?? 0n) + amountPaid,
      totalOutstanding: (before?.totalOutstanding ?? 0n) + total - amountPaid,
    };
    sums.set(currency, sum);
    return { ...item, balance: sum.totalOutstanding };
  });
  return { items: withBalance, totals: [...sums.values()] };
}
