/** What of the wanted values is not so already; undefined wants nothing. */
export function differences<Row extends object, Column extends keyof Row & string>(
  row: Row,
  wanted: { [C in Column]?: Row[C] | undefined },
  columns: readonly Column[],
): { changes: Partial<Pick<Row, Column>>; changed: Column[] } {
  const changed = columns.filter(
    (column) => wanted[column] !== undefined && wanted[column] !== row[column],
  );
  const changes: Partial<Pick<Row, Column>> = {};
  for (const column of changed) changes[column] = wanted[column];
  return { changes, changed };
}

/** Columns as callers know them: "issueDate" is `issue_date`. */
export function fieldNames(columns: readonly string[]): string[] {
  return columns.map((column) =>
    column.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
}
