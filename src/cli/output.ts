/** What a command answers. Everything else, the log included, goes to stderr. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** One JSON document on one line; money and counts are numbers. */
export function printJson(value: unknown): void {
  print(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "bigint" ? Number(inner) : inner,
    ),
  );
}

/** For people who watch; never part of an answer. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Columns with two spaces between; those named by their number are aligned to the right. */
export function renderTable(
  rows: readonly (readonly string[])[],
  { right = [] }: { right?: readonly number[] } = {},
): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          right.includes(column)
            ? cell.padStart(widths[column] ?? 0)
            : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
