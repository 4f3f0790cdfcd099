import { z } from "zod";

/** Beside the keys of a report in the company's currency: which that is, and the same of every currency. */
export function byCurrencyJson<const Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object({
    currency: z.string().meta({ description: "The company's, which the keys beside it are in." }),
    ...shape,
    by_currency: z
      .record(z.string(), z.object(shape))
      .meta({ description: "The same for each currency, the company's too." }),
  });
}

/**
 * A report that is made for one currency, for all of them: sums over several mean nothing. The
 * company's own is always there and stands in front.
 */
export function reportByCurrency<Report extends object>(
  own: string,
  rows: readonly { currency: string }[],
  reportOf: (currency: string) => Report,
): Report & { currency: string; by_currency: Record<string, Report> } {
  const reports = Object.fromEntries(
    currenciesOf(own, rows).map((currency) => [currency, reportOf(currency)]),
  );
  return { currency: own, ...reportOf(own), by_currency: reports };
}

/** The company's currency, then the others of the rows by their codes; each once. */
export function currenciesOf(own: string, rows: readonly { currency: string }[]): string[] {
  const others = new Set(rows.map((row) => row.currency));
  others.delete(own);
  return [own, ...[...others].toSorted()];
}

/** The sums of some keys of the rows, for each currency; the company's is there with zeros if need be. */
export function sumsByCurrency<Key extends string>(
  own: string,
  rows: readonly ({ currency: string } & Readonly<Record<Key, bigint | number>>)[],
  keys: readonly Key[],
): Record<string, Record<Key, bigint>> {
  const sums = new Map(currenciesOf(own, rows).map((currency) => [currency, sumsOf([], keys)]));
  for (const row of rows) {
    const sum = sums.get(row.currency)!;
    for (const key of keys) sum[key] += BigInt(row[key]);
  }
  return Object.fromEntries(sums);
}

/** Each currency's sums as a report shows them. */
export function presentByCurrency<Sums, Shown>(
  sums: Readonly<Record<string, Sums>>,
  present: (sums: Sums) => Shown,
): Record<string, Shown> {
  return Object.fromEntries(Object.entries(sums).map(([code, of]) => [code, present(of)]));
}

/** Rows of a report apart from the totals that came with them, and how many there are on all pages. */
export function splitTold<Row extends { isTotal: boolean; rowCount: number }>(
  told: readonly Row[],
): { rows: Row[]; totals: Row[]; total: number } {
  const totals = told.filter((row) => row.isTotal);
  const rows = told.filter((row) => !row.isTotal);
  return { rows, totals, total: totals.reduce((sum, row) => sum + row.rowCount, 0) };
}

/** The sums of some keys of the rows. */
export function sumsOf<Key extends string>(
  rows: readonly Readonly<Record<Key, bigint | number>>[],
  keys: readonly Key[],
): Record<Key, bigint> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each key gets its sum.
  return Object.fromEntries(
    keys.map((key) => [key, rows.reduce((sum, row) => sum + BigInt(row[key]), 0n)]),
  ) as Record<Key, bigint>;
}

/** An amount for each currency, zero where the rows have none. */
export function amountsByCurrency<Row extends { currency: string }>(
  currencies: readonly string[],
  rows: readonly Row[],
  amountOf: (row: Row) => bigint,
): Record<string, bigint> {
  const amounts = Object.fromEntries(currencies.map((currency) => [currency, 0n]));
  for (const row of rows) amounts[row.currency] = (amounts[row.currency] ?? 0n) + amountOf(row);
  return amounts;
}
