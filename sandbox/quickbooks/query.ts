import { bookNames, textOf, type QbBooks, type QbObject } from "./books.ts";
import { QbFault } from "./faults.ts";

const FORM =
  /^select\s+(?<what>\*|count\(\*\))\s+from\s+(?<entity>\w+)(?:\s+where\s+(?<where>.+?))?(?:\s+orderby\s+(?<order>\w+)(?:\s+(?<direction>asc|desc))?)?(?:\s+startposition\s+(?<start>\d+))?(?:\s+maxresults\s+(?<max>\d+))?\s*$/is;
const CONDITION =
  /^\s*(?<name>[\w.]+)\s*(?:(?<operator>=|<=|>=|<|>|like)\s*(?<value>'(?:[^'\\]|\\.)*'|[\w.-]+)|in\s*\((?<list>[^)]*)\))\s*/i;

interface Condition {
  name: string;
  holds: (value: string) => boolean;
}

/** QuickBooks' query language, as far as anybody here speaks it. */
export function runQuery(books: QbBooks, text: string): Record<string, unknown> {
  const parts = FORM.exec(text.trim())?.groups;
  if (parts === undefined) throw new QbFault("4000", "Error parsing query", text);
  const book = bookNames.find((name) => name.toLowerCase() === parts["entity"]?.toLowerCase());
  if (book === undefined) throw new QbFault("4000", "Error parsing query", text);
  const start = Number(parts["start"] ?? 1);
  const max = Number(parts["max"] ?? 100);
  if (start < 1 || max < 1 || max > 1_000) {
    throw new QbFault("4001", "Invalid query", "QueryValidationError: out of range");
  }
  const conditions = readConditions(parts["where"] ?? "");
  const asksActive = conditions.some(({ name }) => name === "Active");
  const found = books[book].filter(
    (entry) =>
      conditions.every(({ name, holds }) => holds(valueOf(entry, name))) &&
      // What was made inactive is hidden from who does not ask for it.
      (asksActive || entry["Active"] !== false),
  );
  if (parts["what"] !== "*") return { totalCount: found.length };
  const order = parts["order"];
  if (order !== undefined) {
    const sign = parts["direction"]?.toLowerCase() === "desc" ? -1 : 1;
    found.sort(
      (one, other) => sign * valueOf(one, order).localeCompare(valueOf(other, order), "en"),
    );
  }
  const page = found.slice(start - 1, start - 1 + max);
  // No match is an empty object, without a list.
  if (page.length === 0) return {};
  return { [book]: page, startPosition: start, maxResults: page.length };
}

function readConditions(where: string): Condition[] {
  const conditions: Condition[] = [];
  let rest = where;
  while (rest.trim() !== "") {
    const match = CONDITION.exec(rest);
    if (match?.groups === undefined) throw new QbFault("4000", "Error parsing query", where);
    const { name = "", operator = "in", value = "", list = "" } = match.groups;
    conditions.push({
      name,
      holds: (given) => compare(given, operator.toLowerCase(), value, list),
    });
    rest = rest.slice(match[0].length);
    if (rest.trim() === "") break;
    if (!/^and\s/i.test(rest)) throw new QbFault("4000", "Error parsing query", where);
    rest = rest.replace(/^and\s/i, "");
  }
  return conditions;
}

function compare(given: string, operator: string, value: string, list: string): boolean {
  const wanted = unquote(value);
  switch (operator) {
    case "in":
      return list
        .split(",")
        .map((each) => unquote(each.trim()))
        .includes(given);
    case "like":
      return given.toLowerCase().includes(wanted.replaceAll("%", "").toLowerCase());
    case "<":
      return given < wanted;
    case ">":
      return given > wanted;
    case "<=":
      return given <= wanted;
    case ">=":
      return given >= wanted;
    default:
      // Names are compared whatever their case.
      return given.toLowerCase() === wanted.toLowerCase();
  }
}

function unquote(value: string): string {
  return value.startsWith("'") ? value.slice(1, -1).replaceAll(/\\(.)/g, "$1") : value;
}

/** `MetaData.CreateTime` is a field of a field; a reference is compared by what it names. */
function valueOf(entry: QbObject, name: string): string {
  let value: unknown = entry;
  for (const part of name.split(".")) {
    value =
      typeof value === "object" && value !== null
        ? Object.entries(value).find(([key]) => key === part)?.[1]
        : undefined;
  }
  if (typeof value === "object" && value !== null && "value" in value) return String(value.value);
  return typeof value === "boolean" ? String(value) : (textOf(value) ?? "");
}
