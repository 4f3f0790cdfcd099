import { neutraliseTexts } from "../db/csv-texts.ts";
import type { Sql } from "../db/client.ts";

/** What a field of a CSV file can hold. */
export type CsvValue = string | number | bigint | boolean | null;

/**
 * A CSV file as exports write it (docs/exports.md): RFC 4180 with a header and CRLF; null is an empty
 * field and an empty text is `""`; what a spreadsheet would take for a formula gets an apostrophe.
 * Numbers, also those below zero, are what they are.
 */
export async function csvOf(
  sql: Sql,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, CsvValue>>[],
): Promise<Buffer> {
  const texts = rows.flatMap((row) =>
    columns.map((column) => row[column]).filter((value) => typeof value === "string"),
  );
  const neutral = new Map(await neutraliseTexts(sql, [...new Set(texts)]));
  const fieldOf = (value: CsvValue | undefined): string => {
    if (value === undefined || value === null) return "";
    return typeof value === "string" ? quote(neutral.get(value) ?? value) : String(value);
  };
  const lines = rows.map((row) => columns.map((column) => fieldOf(row[column])).join(","));
  return Buffer.from([columns.join(","), ...lines, ""].join("\r\n"));
}

function quote(text: string): string {
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
