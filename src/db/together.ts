import {
  describeColumns,
  readValue,
  type Column,
  type Fragment,
  type Select,
  type Sql,
} from "./client.ts";

/** A select to be read with others. Made anew each time, for a select can only be used once. */
type Part = () => PromiseLike<readonly object[]> & Pick<Select<object>, "describe">;
type Parts = Readonly<Record<string, Part>>;
type RowsOf<P extends Parts> = {
  [Name in keyof P]: P[Name] extends () => PromiseLike<readonly (infer Row)[]> ? Row[] : never;
};

/** What the parts of each set have in their rows; asked once, for it follows from their text. */
const known = new WeakMap<Sql, Map<string, Promise<Column[][]>>>();

/**
 * Reads several small selects in one statement: one round trip instead of one each, at a fraction of
 * the work for both sides, and all of them of one moment. Rows come as if each had been read by itself.
 * `name` stands for the set: the columns of its parts must always be the same.
 */
export async function readTogether<const P extends Parts>(
  sql: Sql,
  name: string,
  parts: P,
): Promise<RowsOf<P>> {
  const names = Object.keys(parts);
  const columns = await columnsOf(sql, name, parts);
  // A row as text has all that the driver would be sent for it; one row ends where the next begins.
  const texts = names.map((part) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- a select that is not awaited is a fragment
    const select = parts[part]!() as unknown as Fragment;
    return sql`(select string_agg(part::text, '') from (${select}) as part)`;
  });
  const [found] = await sql`select ${texts.reduce((all, text) => sql`${all}, ${text}`)}`.values();
  const rows = names.map((part, index) => [
    part,
    readRows(sql, columns[index]!, String(found![index] ?? "")),
  ]);
  // oxlint-disable-next-line no-unsafe-type-assertion -- each part's rows under its name, by its own columns
  return Object.fromEntries(rows) as RowsOf<P>;
}

async function columnsOf(sql: Sql, name: string, parts: Parts): Promise<Column[][]> {
  let sets = known.get(sql);
  if (sets === undefined) known.set(sql, (sets = new Map()));
  let asked = sets.get(name);
  if (asked === undefined) {
    asked = Promise.all(Object.values(parts).map((part) => describeColumns(part())));
    sets.set(name, asked);
    // A failure is nothing to remember.
    asked.catch(() => sets.delete(name));
  }
  return await asked;
}

/** Rows as PostgreSQL writes them, one right after the other: `(1,a)(2,"b c")`. */
function readRows(sql: Sql, columns: readonly Column[], text: string): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  for (let at = 0; at < text.length;) {
    const row: Record<string, unknown> = {};
    for (const column of columns) {
      const field = readField(text, at + 1);
      row[column.name] = readValue(sql, column, field.value);
      at = field.end;
    }
    rows.push(row);
    at += 1;
  }
  return rows;
}

/**
 * The field of a row that begins here, and where its comma or bracket is: nothing at all for null, quotes
 * around what needs them, and each quote or backslash in them twice.
 */
function readField(text: string, start: number): { value: string | null; end: number } {
  if (text[start] !== '"') {
    let end = start;
    while (text[end] !== "," && text[end] !== ")") {
      if (end >= text.length)
        throw new Error("a row has fewer fields than its set was known to have");
      end += 1;
    }
    return { value: end === start ? null : text.slice(start, end), end };
  }
  let value = "";
  let from = start + 1;
  for (let at = from; ; at += 1) {
    const character = text[at];
    if (character === "\\" || (character === '"' && text[at + 1] === '"')) {
      value += text.slice(from, at);
      at += 1;
      from = at;
    } else if (character === '"') {
      return { value: value + text.slice(from, at), end: at + 1 };
    }
  }
}
