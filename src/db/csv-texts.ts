import type { Sql, Tx } from "./client.ts";

/**
 * Texts, each with itself as a CSV file may hold it: only those that a spreadsheet would take for a
 * formula, by the one rule that exports have too (`export_text`).
 */
export async function neutraliseTexts(
  sql: Sql | Tx,
  texts: readonly string[],
): Promise<[string, string][]> {
  const rows = await sql<{ text: string; neutral: string }[]>`
    select text, export_text(text) as neutral
    from unnest(${[...texts]}::text[]) as text
    where export_text(text) <> text
  `;
  return rows.map(({ text, neutral }) => [text, neutral]);
}
