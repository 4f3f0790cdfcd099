import { expect, test } from "vitest";
import type { Reply } from "../../integration/api/start-api.ts";
import { wordsOf } from "./check-reply.ts";
import { operations, type DescribedOperation, type Schema } from "./described-operations.ts";
import { knownValue } from "./field-recipes.ts";
import { changedTables, createFingerprints } from "./fingerprint.ts";
import { goodRequest, jsonOf } from "./good-request.ts";
import { openWorld, startUnlimitedApi } from "./world.ts";

const unknownId = "999999999";

test("nothing in a body or a query can refer to another company's record", async () => {
  const { ours, theirs, faults, fingerprint } = await start();
  let references = 0;
  for (const operation of operations) {
    for (const field of referencesIn(operation)) {
      references += 1;
      await faults.collect(operation, async () => {
        const request = await goodRequest(theirs, operation);
        const { address, records } = request;
        const owned = await knownValue(ours, operation.name, { name: field.name, records });
        if (owned === undefined) {
          return [`field-recipes.ts does not know what ${field.name} refers to`];
        }
        const before = await fingerprint(ours.companyId);
        const refer = async (value: unknown): Promise<Reply> =>
          field.isQuery
            ? await theirs.call(operation.method, withQuery(address, field, value))
            : await theirs.call(
                operation.method,
                address,
                withField(jsonOf(request), field, value),
              );
        const reply = await refer(owned.value);
        const nothing = await refer(Array.isArray(owned.value) ? [Number(unknownId)] : unknownId);
        const found: string[] = [];
        if (!isRefusal(reply, field, nothing)) {
          found.push(`${field.at}: ${reply.status} ${reply.text}`);
        }
        if (reply.status !== nothing.status) found.push(`${field.at} is told from nothing`);
        const changed = changedTables(before, await fingerprint(ours.companyId));
        found.push(...changed.map((table) => `${field.at} changed ${table}`));
        return found;
      });
    }
  }
  expect(faults.all).toEqual([]);
  expect(references).toBeGreaterThan(50);
});

async function start() {
  const api = await startUnlimitedApi();
  const [ours, theirs] = [await openWorld(api, "Ours"), await openWorld(api, "Theirs")];
  const all: string[] = [];
  const collect = async (
    { name }: DescribedOperation,
    attempt: () => Promise<string[]>,
  ): Promise<void> => {
    const found = await attempt().catch((error: unknown) => [String(error)]);
    all.push(...found.map((text) => `${name}: ${text}`));
  };
  return { ours, theirs, faults: { all, collect }, fingerprint: await createFingerprints(api.sql) };
}

interface Reference {
  name: string;
  /** "line_items.service_id", "filter.client_id" */
  at: string;
  path: string[];
  isQuery: boolean;
}

/** Ids that name no record of a company: a price is Stripe's, and everybody's; accounts are QuickBooks', a calendar is Google's. */
const ofOthers = /^(price|calendar)_id$|_account_id$/;

/** What names a record: client_id, time_entry_ids, ids, and the id of a line. */
function referencesIn({ query, body }: DescribedOperation): Reference[] {
  const find = (schema: Schema, path: string[]): string[][] =>
    Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
      const parts = [property, ...(property.anyOf ?? [])];
      const inner = parts.flatMap((part) => [
        ...find(part, [...path, name]),
        ...(part.items === undefined ? [] : find(part.items, [...path, name])),
      ]);
      const isReference = /((^|_)id|Id)s?$/.test(name) && !ofOthers.test(name);
      return isReference ? [[...path, name]] : inner;
    });
  const inBody = body === undefined ? [] : find(body, []);
  const inQuery = query.flatMap(({ name, schema }) => find({ properties: { [name]: schema } }, []));
  return [
    ...inBody.map((path) => ({ path, isQuery: false })),
    ...inQuery.map((path) => ({ path, isQuery: true })),
  ].map(({ path, isQuery }) => ({ path, isQuery, name: path.at(-1) ?? "", at: path.join(".") }));
}

function withField(
  body: Record<string, unknown>,
  { path }: Reference,
  value: unknown,
): Record<string, unknown> {
  const [first = "", second] = path;
  if (second === undefined) return { ...body, [first]: value };
  const list = body[first];
  const item: unknown = Array.isArray(list) ? list[0] : {};
  return { ...body, [first]: [{ ...lineOf(first), ...(item as object), [second]: value }] };
}

/** What else an item of an optional list needs. */
const lineOf = (list: string): object =>
  list === "line_items" ? { description: "x", quantity: 1, unit_price: 1 } : {};

function withQuery(address: string, { path }: Reference, value: unknown): string {
  const [first = "", second] = path;
  const name = second === undefined ? first : `${first}[${second}]`;
  const query = new URLSearchParams({ [name]: String(value) });
  return `${address}${address.includes("?") ? "&" : "?"}${query.toString()}`;
}

/** A 422 that names the field, a 404, or what is answered when there is no such record at all. */
function isRefusal(reply: Reply, { at }: Reference, nothing: Reply): boolean {
  if (reply.status === 422) {
    const field = at.replace(".", ".0.");
    return Object.keys(reply.body.errors).some((name) => name.startsWith(field) || name === at);
  }
  return reply.status === 404 || withoutIds(reply) === withoutIds(nothing);
}

/** The ids themselves may come back, as what was not found. */
const withoutIds = (reply: Reply): string => wordsOf(reply).replaceAll(/\d+/g, "n");
