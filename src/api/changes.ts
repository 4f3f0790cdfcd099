/** The row as it will be: what a request gives replaces what was there, what it leaves out stays. */
export function withChanges<T extends object>(
  row: T,
  changes: { [K in keyof T]?: T[K] | undefined },
): T {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...row, ...Object.fromEntries(given) };
}
