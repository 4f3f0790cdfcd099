import { InvalidInput } from "../errors.ts";

export type QueryValue = string | string[] | { [field: string]: string | string[] };

const parametersMax = 200;

/**
 * Reads a query string: `name=value`, `name[]=value` lists and `filter[field]=value` groups, no
 * deeper. Objects have no prototype, so no name means anything but itself; a name given twice
 * becomes a list, which every schema that wants one value refuses.
 */
export function parseQuery(text: string): Record<string, QueryValue> {
  const query: Record<string, QueryValue> = Object.create(null);
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1;
    if (count > parametersMax) {
      throw new InvalidInput({ query: [`Must not have more than ${parametersMax} parameters.`] });
    }
    const [, field = name, inner] = /^([^[\]]+)\[([^[\]]*)\]$/.exec(name) ?? [];
    if (inner === undefined || inner === "") {
      query[field] = joined(query[field], value, inner === "");
    } else {
      const group = groupOf(query, field);
      group[inner] = both(group[inner], value);
    }
  }
  return query;
}

function joined(known: QueryValue | undefined, value: string, isList: boolean): QueryValue {
  if (known === undefined) return isList ? [value] : value;
  if (typeof known === "object" && !Array.isArray(known)) return { ...known, "": value };
  return both(known, value);
}

function both(known: string | string[] | undefined, value: string): string | string[] {
  if (known === undefined) return value;
  return Array.isArray(known) ? [...known, value] : [known, value];
}

function groupOf(
  query: Record<string, QueryValue>,
  field: string,
): { [field: string]: string | string[] } {
  const known = query[field];
  if (known !== undefined && typeof known === "object" && !Array.isArray(known)) return known;
  const group: { [field: string]: string | string[] } = Object.create(null);
  if (known !== undefined) group[""] = known;
  query[field] = group;
  return group;
}
