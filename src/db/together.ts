import {
  describeColumns,
  type Column,
  type Fragment,
  type Parameter,
  type Select,
  type Sql,
} from "./client.ts";
import { spellStatement } from "./templates.ts";

/** Selects that are read together, under their names. */
type Parts = Readonly<
  Record<string, PromiseLike<readonly object[]> & Pick<Select<object>, "describe">>
>;
type RowsOf<P extends Parts> = {
  [Name in keyof P]: P[Name] extends PromiseLike<readonly (infer Row)[]> ? Row[] : never;
};

/** What a set comes to on one pool: its statement, and what its parts have in their rows. */
interface Prepared {
  names: string[];
  shapes: RowShape[];
  /** With its parameters as $1, $2, … */
  text: string;
  /** What is sent for each parameter, with stand-ins in it. */
  parameters: unknown[];
}

/** What the rows of a part have. */
interface RowShape {
  columns: Column[];
  /** A row without its values. */
  blank: Readonly<Record<string, null>>;
}

/** Stands for a value of the key until a set is read. */
class StandIn {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Several small selects that are read in one statement: one round trip instead of one each, at a fraction
 * of the work for both sides, and all of them of one moment. Rows come as if each had been read by itself.
 * The statement is made once: `partsOf` hands on what is in its key as it is, by itself or as the one
 * entry of a list, and decides nothing by it.
 */
export function defineTogether<const P extends Parts, Key extends object>(
  partsOf: (sql: Sql, key: Key) => P,
): (sql: Sql, key: Key) => Promise<RowsOf<P>> {
  const known = new WeakMap<Sql, Promise<Prepared>>();
  return async (sql, key) => {
    let preparing = known.get(sql);
    if (preparing === undefined) {
      preparing = prepare(sql, (wanted: Key) => partsOf(sql, wanted));
      known.set(sql, preparing);
      // A failure is nothing to remember.
      preparing.catch(() => known.delete(sql));
    }
    const { names, shapes, text, parameters } = await preparing;
    // oxlint-disable-next-line no-unsafe-type-assertion -- values of a template, or what stands in their place
    const values = parameters.map((parameter) => fill(parameter, key)) as Parameter[];
    const [found] = await sql.unsafe(text, values, { prepare: true }).values();
    const rows = names.map((name, index) => [
      name,
      readRows(shapes[index]!, String(found![index] ?? "")),
    ]);
    // oxlint-disable-next-line no-unsafe-type-assertion -- each part's rows under its name, by its own columns
    return Object.fromEntries(rows) as RowsOf<P>;
  };
}

async function prepare(sql: Sql, partsOf: (key: never) => Parts): Promise<Prepared> {
  // oxlint-disable-next-line no-unsafe-type-assertion -- whatever is asked for is stood for
  const key = new Proxy({}, { get: (_key, name) => new StandIn(String(name)) }) as never;
  const parts = Object.entries(partsOf(key));
  const shapes = await Promise.all(
    Object.values(partsOf(key)).map(async (part) => shapeOf(await describeColumns(sql, part))),
  );
  // A row as text has all that the driver would be sent for it; one row ends where the next begins.
  const texts = parts.map(([, part]) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- a select that is not awaited is a fragment
    const select = part as unknown as Fragment;
    return sql`array_to_string(array(select part from (${select}) as part), '')`;
  });
  const whole = sql`select ${texts.reduce((all, text) => sql`${all}, ${text}`)}`;
  return { names: parts.map(([name]) => name), shapes, ...number(whole) };
}

/**
 * Writes a statement with numbers for its values. What stands for the same value of the key has one number in
 * all parts: PostgreSQL spends as much time on two dozen parameters as on a quarter of the reading itself.
 */
function number(statement: unknown): Pick<Prepared, "text" | "parameters"> {
  const { texts, values } = spellStatement(statement);
  const parameters: unknown[] = [];
  const numbers = values.map((value) => {
    const known = parameters.findIndex((other) => isSameStandIn(value, other));
    return known === -1 ? parameters.push(value) : known + 1;
  });
  const text = texts.reduce((all, next, index) => `${all}$${numbers[index - 1]}${next}`);
  return { text, parameters };
}

/** A stand-in, or a list of one, for the same value of the key. */
function isSameStandIn(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === 1 && other.length === 1 && isSameStandIn(one[0], other[0]);
  }
  return one instanceof StandIn && other instanceof StandIn && one.name === other.name;
}

function fill(own: unknown, key: object): unknown {
  if (Array.isArray(own)) return own.map((entry) => fill(entry, key));
  return own instanceof StandIn ? (Reflect.get(key, own.name) as unknown) : own;
}

/**
 * An object that gets its keys one by one is a table of them to V8, slow to fill and to read from; one that is
 * parsed, and its copies, have them in fixed places.
 */
function shapeOf(columns: Column[]): RowShape {
  const entries = columns.map(({ name }) => `${JSON.stringify(name)}:null`);
  // oxlint-disable-next-line no-unsafe-type-assertion -- as it was just written
  return { columns, blank: JSON.parse(`{${entries.join()}}`) as Record<string, null> };
}

/** Rows as PostgreSQL writes them, one right after the other: `(1,a)(2,"b c")`. */
function readRows({ columns, blank }: RowShape, text: string): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  for (let at = 0; at < text.length;) {
    const row: Record<string, unknown> = { ...blank };
    for (const { name, read } of columns) {
      const { value, end } = readField(text, at + 1);
      if (value !== null) row[name] = read(value);
      at = end;
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
