import type { Schema } from "./described-operations.ts";

/** A value as JSON text, for some cannot be written otherwise. */
export const hostileJson: readonly string[] = [
  "null",
  '" "',
  "-1",
  "0.1",
  "1e309",
  "-1e300",
  "999999999999999",
  '"1e400"',
  "true",
  "[]",
  '{"$gt":"","length":-1,"toString":"x"}',
  '{"__proto__":{"is_archived":true},"constructor":{"prototype":{}}}',
  `${"[".repeat(2_000)}${"]".repeat(2_000)}`,
  `"${"x".repeat(6_000)}"`,
  '"\\u0000"',
  '"\\ud800"',
  `"'; drop table clients; --"`,
  '"<script>alert(1)</script>${7*7}%s%n\\r\\nSet-Cookie: a=b\\u202e"',
  '"{{no.such}}"',
  '"../../etc/passwd"',
  '"9999-12-31"',
  '"2026-02-30T25:61:61Z"',
];

/** What may stand in an address or a query, as it is sent. */
export const hostileTexts: readonly string[] = [
  "",
  "%00",
  "%ED%A0%80",
  "-1",
  "0",
  "1.5",
  "1e309",
  "9".repeat(40),
  "NaN",
  "null",
  "true",
  "%27%3B%20drop%20table%20clients%3B--",
  "1%20or%201%3D1",
  "%3Cscript%3E",
  "%0d%0aSet-Cookie:%20a=b",
  "..%2f..%2fetc%2fpasswd",
  "__proto__",
  "9999-12-31",
  "0000-00-00",
  "x".repeat(400),
];

/** A field of a body: at the top, or in the items of a list. */
export interface Field {
  /** "line_items.quantity" */
  name: string;
  path: readonly [string] | readonly [string, string];
}

export function fieldsOf(body: Schema): Field[] {
  return Object.entries(body.properties ?? {}).flatMap(([name, property]): Field[] => {
    const items = [property, ...(property.anyOf ?? [])].map(({ items: each }) => each);
    const inner = items.flatMap((each) => Object.keys(each?.properties ?? {}));
    return [
      { name, path: [name] },
      ...inner.map((key): Field => ({ name: `${name}.${key}`, path: [name, key] })),
    ];
  });
}

/** The JSON of a body in which fields have this value; the fields of one list are items' keys. */
export function bodyWith(
  body: Readonly<Record<string, unknown>>,
  fields: readonly Field[],
  json: string,
): string {
  const top = new Map(Object.entries(body).map(([key, value]) => [key, JSON.stringify(value)]));
  const lists = new Map<string, Map<string, string>>();
  for (const { path } of fields) {
    const [first, second] = path;
    if (second === undefined) {
      top.set(first, json);
      continue;
    }
    const given = body[first];
    const item: object = Array.isArray(given) ? given[0] : {};
    const known =
      lists.get(first) ??
      new Map(Object.entries(item).map(([key, value]) => [key, JSON.stringify(value)]));
    known.set(second, json);
    lists.set(first, known);
  }
  for (const [name, item] of lists) top.set(name, `[${objectOf(item)}]`);
  return objectOf(top);
}

function objectOf(entries: ReadonlyMap<string, string>): string {
  return `{${[...entries].map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(",")}}`;
}
