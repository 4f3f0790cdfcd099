import { expect, test } from "vitest";
import { startApi, type ApiSetup, type Person } from "./start-api.ts";

async function start(): Promise<
  ApiSetup & Person & { make: (name: string, more?: object) => Promise<number> }
> {
  const api = await startApi();
  const person = await api.signUp();
  return {
    ...api,
    ...person,
    async make(name, more = {}) {
      const { token } = person;
      const reply = await api.ask("POST", "/api/clients", { token, body: { name, ...more } });
      expect(reply.status).toBe(201);
      return Number(reply.body.data.id);
    },
  };
}

test("a client is made, read with its contacts, changed and deleted", async () => {
  const { ask, token } = await start();
  const made = await ask("POST", "/api/clients", {
    token,
    body: { name: "  Fritsch-O'Keefe ", email: "a@b.test", country: "kp", payment_terms: 30 },
  });
  expect(made.status).toBe(201);
  const id = Number(made.body.data.id);
  expect(made.headers.get("location")).toBe(`/api/v1/clients/${id}`);
  expect(made.body.data).toEqual({
    id,
    uuid: expect.any(String),
    name: "Fritsch-O'Keefe",
    email: "a@b.test",
    phone: null,
    address_line_1: null,
    address_line_2: null,
    city: null,
    state: null,
    postal_code: null,
    country: "KP",
    currency: "USD",
    payment_terms: 30,
    allow_late_fees: true,
    notes: null,
    is_archived: false,
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
    tags: [],
  });
  const read = await ask("GET", `/api/clients/${id}`, { token });
  expect(read.body.data).toEqual({ ...made.body.data, contacts: [] });

  const changed = await ask("PATCH", `/api/clients/${id}`, {
    token,
    body: { email: null, notes: "Pays late", is_archived: true },
  });
  expect(changed.body.data).toMatchObject({
    name: "Fritsch-O'Keefe",
    email: null,
    notes: "Pays late",
    is_archived: true,
    payment_terms: 30,
  });

  expect((await ask("DELETE", `/api/clients/${id}`, { token })).status).toBe(204);
  for (const method of ["GET", "DELETE"]) {
    expect((await ask(method, `/api/clients/${id}`, { token })).status).toBe(404);
  }
  const log = await ask("GET", `/api/activity-log?subject_type=client&subject_id=${id}`, { token });
  expect(log.body.data.map((entry: { event: string }) => entry.event)).toEqual([
    "deleted",
    "updated",
    "created",
  ]);
});

test("a list is paged, searched, filtered and sorted, and counts what it leaves out", async () => {
  const { ask, token, make } = await start();
  await make("Alpha", { email: "x@one.test" });
  await make("beta 100%", { email: "y@two.test" });
  await make("Gamma_1", { is_archived: true, currency: "EUR" });
  const list = async (query: string) => {
    const reply = await ask("GET", `/api/clients?${query}`, { token });
    expect(reply.status).toBe(200);
    return {
      names: reply.body.data.map((client: { name: string }) => client.name),
      meta: reply.body.meta,
      headers: reply.headers,
    };
  };
  const all = await list("sort=-created_at");
  expect(all.names).toEqual(["Gamma_1", "beta 100%", "Alpha"]);
  expect(all.meta).toEqual({
    current_page: 1,
    last_page: 1,
    per_page: 25,
    total: 3,
    active_count: 2,
    archived_count: 1,
  });
  expect((await list("search=TWO.test")).names).toEqual(["beta 100%"]);
  // No wildcards: a per cent sign and an underscore are only themselves.
  expect((await list("search=%25")).names).toEqual(["beta 100%"]);
  expect((await list("filter[search]=_")).names).toEqual(["Gamma_1"]);
  const active = await list("filter[is_archived]=false&sort=name");
  expect(active.names).toHaveLength(2);
  expect(active.meta).toMatchObject({ total: 2, active_count: 2, archived_count: 1 });
  expect((await list("filter[currency]=eur")).names).toEqual(["Gamma_1"]);

  const second = await list("page=2&per_page=2&sort=id");
  expect(second.names).toEqual(["Gamma_1"]);
  expect(second.meta).toMatchObject({ current_page: 2, last_page: 2, per_page: 2, total: 3 });
  const slice = await list("limit=1&offset=1&sort=id");
  expect(slice.names).toEqual(["beta 100%"]);
  expect(slice.headers.get("x-total-count")).toBe("3");
  expect(slice.headers.get("x-offset")).toBe("1");
  expect(slice.headers.get("x-limit")).toBe("1");
  expect((await list("page=999999")).names).toEqual([]);
});

const long = (length: number): string => "x".repeat(length);

/** A query, and the field its answer names. */
const wrongQueries = [
  ["per_page=101", "per_page"],
  ["per_page=0", "per_page"],
  ["page=-1", "page"],
  ["page=1.5", "page"],
  ["limit=abc", "limit"],
  ["offset=-1", "offset"],
  ["per_page=1&limit=5", "limit"],
  ["page=1&offset=5", "offset"],
  ["page=1&page=2", "page"],
  ["sort=password_hash", "sort"],
  ["sort=name;drop%20table%20clients", "sort"],
  ["filter[deleted_at]=1", "filter.deleted_at"],
  ["filter[__proto__]=1", "filter.__proto__"],
  ["filter[is_archived]=maybe", "filter.is_archived"],
  ["filter[currency]=EURO", "filter.currency"],
  ["filter=1", "filter"],
  ["search[]=1", "search"],
  ["search=%00", "search"],
  ["__proto__[x]=1", "__proto__"],
  ["constructor=1", "constructor"],
];

test("a wrong query is a 422 that names the parameter", async () => {
  const { ask, token } = await start();
  for (const [query, field] of wrongQueries) {
    const reply = await ask("GET", `/api/clients?${query}`, { token });
    expect([query, reply.status, Object.keys(reply.body.errors)]).toEqual([query, 422, [field]]);
  }
});

test("each limit of the contract is kept", async () => {
  const { ask, token, make } = await start();
  const id = await make("A");
  const wrong: Record<string, unknown> = {
    name: long(256),
    email: `${long(250)}@example.test`,
    phone: long(51),
    address_line_1: long(256),
    address_line_2: long(256),
    city: long(256),
    state: long(256),
    postal_code: long(21),
    country: "USA",
    currency: "US",
    payment_terms: 366,
    notes: long(5001),
    is_archived: "no",
    allow_late_fees: 1,
    company_id: 1,
    id: 1,
  };
  for (const [method, path] of [
    ["POST", "/api/clients"],
    ["PUT", `/api/clients/${id}`],
  ] as const) {
    const reply = await ask(method, path, { token, body: wrong });
    expect(reply.status).toBe(422);
    expect(Object.keys(reply.body.errors).toSorted()).toEqual(Object.keys(wrong).toSorted());
  }
  const longest = await ask("POST", "/api/clients", {
    token,
    // Characters are counted, not UTF-16 halves.
    body: { name: "😀".repeat(255), notes: long(5000), payment_terms: 0, postal_code: long(20) },
  });
  expect(longest.status).toBe(201);
  expect((await ask("POST", "/api/clients", { token, body: { name: " " } })).body.errors).toEqual({
    name: ["Must not be empty."],
  });
});

test("text that PostgreSQL or JSON cannot carry is refused, not lost", async () => {
  const { ask, token } = await start();
  for (const name of ["a\u0000b", "half \ud800 pair"]) {
    const reply = await ask("POST", "/api/clients", { token, body: { name } });
    expect(reply.status).toBe(422);
    expect(reply.body.errors).toEqual({ name: ["Contains characters that are not allowed."] });
  }
});

test("a bulk action changes all that are there and names those that are not", async () => {
  const { ask, token, make, signUp } = await start();
  const [a, b] = [await make("A"), await make("B")];
  const stranger = await signUp();
  const theirs = await ask("POST", "/api/clients", {
    token: stranger.token,
    body: { name: "Theirs" },
  });
  const foreignId = Number(theirs.body.data.id);
  const bulk = (action: string, ids: unknown) =>
    ask("POST", "/api/clients/bulk-action", { token, body: { action, ids } });

  const archived = await bulk("archive", [a, b, b, foreignId]);
  expect(archived.body.data).toEqual({ affected: 2, not_found: [foreignId] });
  expect((await bulk("archive", [a])).body.data).toEqual({ affected: 0, not_found: [] });
  expect((await bulk("unarchive", [a])).body.data.affected).toBe(1);
  expect((await bulk("delete", [a, b])).body.data.affected).toBe(2);
  const untouched = await ask("GET", `/api/clients/${foreignId}`, { token: stranger.token });
  expect(untouched.body.data.is_archived).toBe(false);

  expect((await bulk("explode", [a])).body.errors).toHaveProperty("action");
  expect((await bulk("archive", [])).body.errors).toHaveProperty("ids");
  expect((await bulk("archive", ["1", -1])).body.errors).toMatchObject({
    "ids.0": [expect.any(String)],
    "ids.1": [expect.any(String)],
  });
  expect((await bulk("archive", undefined)).body.errors).toHaveProperty("ids");
});

test("bulk actions in opposite orders at once do not fail", async () => {
  const { ask, token, make } = await start();
  const ids: number[] = [];
  for (let n = 0; n < 10; n += 1) ids.push(await make(`Client ${n}`));
  const replies = await Promise.all(
    ["archive", "unarchive", "archive", "unarchive"].map((action, n) =>
      ask("POST", "/api/clients/bulk-action", {
        token,
        body: { action, ids: n % 2 === 0 ? ids : ids.toReversed() },
      }),
    ),
  );
  expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 200]);
});

test("stats sum up what was invoiced and paid, by currency", async () => {
  const { ask, token, sql, companyId, make } = await start();
  const id = await make("A");
  const insert = (number: string, status: string, currency: string, total: number, paid: number) =>
    sql`
      insert into invoices (
        company_id, client_id, invoice_number, status, issue_date, due_date, currency, subtotal,
        total, amount_paid, created_at, updated_at
      )
      values (
        ${companyId}, ${id}, ${number}, ${status}, '2026-01-01', '2026-01-31', ${currency}, ${total},
        ${total}, ${paid}, now(), now()
      )
    `;
  await insert("1", "partial", "USD", 10_000, 4_000);
  await insert("2", "paid", "USD", 500, 500);
  await insert("3", "draft", "USD", 70_000, 0);
  await insert("4", "cancelled", "USD", 80_000, 0);
  await insert("5", "sent", "EUR", 300, 0);
  const reply = await ask("GET", `/api/clients/${id}/stats`, { token });
  expect(reply.body.data).toEqual({
    currency: "USD",
    total_invoiced: 10_500,
    total_paid: 4_500,
    outstanding: 6_000,
    total_hours: 0,
    other_currencies: [{ currency: "EUR", total_invoiced: 300, total_paid: 0, outstanding: 300 }],
  });
});

test("single records have an ETag, and one that did not change is not sent again", async () => {
  const { ask, token, make } = await start();
  const id = await make("A");
  const path = `/api/clients/${id}`;
  const etag = (await ask("GET", path, { token })).headers.get("etag") ?? "";
  const again = await ask("GET", path, { token, headers: { "if-none-match": `"x", W/${etag}` } });
  expect(again.status).toBe(304);
  expect(again.text).toBe("");
  // A contact is part of what is shown, so it is part of the tag.
  await ask("POST", `${path}/contacts`, { token, body: { name: "C" } });
  const changed = await ask("GET", path, { token, headers: { "if-none-match": etag } });
  expect(changed.status).toBe(200);

  const stale = { token, headers: { "if-match": '"2020-01-01T00:00:00.000000Z"' } };
  expect((await ask("PUT", path, { ...stale, body: { name: "B" } })).status).toBe(412);
  expect((await ask("DELETE", path, stale)).status).toBe(412);
  const byInstant = { token, headers: { "if-match": `"${changed.body.data.updated_at}"` } };
  expect((await ask("PUT", path, { ...byInstant, body: { name: "B" } })).status).toBe(200);
});
