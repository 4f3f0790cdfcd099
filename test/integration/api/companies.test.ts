import { expect, test } from "vitest";
import { insertMember } from "../../../src/db/company-members.ts";
import { startApi } from "./start-api.ts";

test("the first company becomes the current one, with the contract's defaults", async () => {
  const { ask, signUp } = await startApi();
  const { token, companyId } = await signUp({
    company: { name: "Price Ltd", email: "", country: "de", timezone: "America/Chicago" },
  });
  const reply = await ask("GET", `/api/companies/${companyId}`, { token });
  expect(reply.status).toBe(200);
  expect(reply.body.data).toEqual({
    id: companyId,
    uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    name: "Price Ltd",
    legal_name: null,
    email: null,
    phone: null,
    address_line_1: null,
    address_line_2: null,
    city: null,
    state: null,
    postal_code: null,
    country: "DE",
    currency: "USD",
    tax_number: null,
    logo_path: null,
    plan: "enterprise",
    invoice_prefix: "INV-",
    quote_prefix: "QUO-",
    invoice_layout: "classic",
    default_payment_terms: 30,
    default_hourly_rate: null,
    default_tax_name_1: null,
    default_tax_rate_1: null,
    default_tax_name_2: null,
    default_tax_rate_2: null,
    tax_rounding: "per_line",
    timezone: "America/Chicago",
    billing_hour: 2,
    billing_minute: 0,
    // 09:00 UTC is 03:00 in Chicago: tonight's hour is over.
    next_night_date: "2026-03-03",
    next_night_at: "2026-03-03T08:00:00.000000Z",
    catch_up_limit: 3,
    sends_made_up_invoices: false,
    night_max_invoices: null,
    night_max_amount: null,
    night_max_fees: null,
    late_fee_type: null,
    late_fee_value: null,
    late_fee_days: null,
    is_test: false,
    test_now: null,
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
  });
  const user = await ask("GET", "/api/auth/user", { token });
  expect(user.body.data.current_company_id).toBe(companyId);
});

test("a changed zone or hour moves the next night; other changes leave it", async () => {
  const { ask, signUp } = await startApi();
  const { token, companyId } = await signUp();
  const path = `/api/companies/${companyId}`;
  const moved = await ask("PUT", path, {
    token,
    body: { name: "N", timezone: "Pacific/Auckland", billing_hour: 23, billing_minute: 30 },
  });
  expect(moved.status).toBe(200);
  expect(moved.body.data).toMatchObject({
    next_night_date: "2026-03-02",
    next_night_at: "2026-03-02T10:30:00.000000Z",
  });
  const same = await ask("PATCH", path, { token, body: { default_tax_rate_1: "997.5" } });
  expect(same.body.data).toMatchObject({
    default_tax_rate_1: 997.5,
    next_night_at: "2026-03-02T10:30:00.000000Z",
  });
});

test("a wrong value is a 422 that names the field, and changes nothing", async () => {
  const { ask, signUp } = await startApi();
  const { token, companyId } = await signUp();
  const path = `/api/companies/${companyId}`;
  const before = (await ask("GET", path, { token })).body;
  const wrong: Record<string, unknown> = {
    name: "x".repeat(256),
    legal_name: "x".repeat(256),
    email: "nobody",
    phone: "1".repeat(51),
    postal_code: "1".repeat(21),
    country: "XX",
    currency: "ABC",
    invoice_prefix: "12345678901",
    default_payment_terms: 366,
    default_hourly_rate: -1,
    default_tax_rate_1: 10_001,
    default_tax_rate_2: "1.2345",
    timezone: "Mars/Olympus",
    billing_hour: 24,
    billing_minute: 1.5,
    catch_up_limit: 367,
    sends_made_up_invoices: "yes",
    tax_rounding: "never",
    night_max_amount: 10 ** 20,
    plan: "enterprise",
    test_now: "2026-01-01",
  };
  const all = await ask("PUT", path, { token, body: wrong });
  expect(all.status).toBe(422);
  expect(Object.keys(all.body.errors).toSorted()).toEqual(Object.keys(wrong).toSorted());
  expect((await ask("PUT", path, { token, body: {} })).body.errors).toEqual({
    name: ["This field is required."],
  });
  expect((await ask("GET", path, { token })).body).toEqual(before);
});

test("a plan allows so many companies, also to requests at the same moment", async () => {
  const { ask, signUp } = await startApi({
    planDefault: "starter",
  });
  const { token } = await signUp();
  const replies = await Promise.all(
    [1, 2, 3].map((n) => ask("POST", "/api/companies", { token, body: { name: `Next ${n}` } })),
  );
  expect(replies.map((reply) => String(reply.status)).toSorted()).toEqual(["201", "403", "403"]);
  const refused = replies.find((reply) => reply.status === 403);
  expect(refused?.body).toMatchObject({
    message: "You've reached your starter plan limit of 2 companies. Please upgrade.",
    code: "upgrade_required",
    upgrade_required: true,
  });
  const list = await ask("GET", "/api/companies", { token });
  expect(list.body.data).toHaveLength(2);
  expect(list.body.meta.total).toBe(2);
});

test("requests go to the company of the header, else to the current one, which can be switched", async () => {
  const { ask, signUp } = await startApi();
  const { token, companyId } = await signUp();
  const second = await ask("POST", "/api/companies", { token, body: { name: "Second" } });
  expect(second.status).toBe(201);
  const secondId = Number(second.body.data.id);
  const make = (name: string, headers: Record<string, string> = {}) =>
    ask("POST", "/api/clients", { token, body: { name }, headers });
  await make("in first");
  await make("in second", { "x-company-id": String(secondId) });
  const namesIn = async (headers: Record<string, string> = {}) => {
    const reply = await ask("GET", "/api/clients", { token, headers });
    return reply.body.data.map((client: { name: string }) => client.name);
  };
  expect(await namesIn()).toEqual(["in first"]);
  expect(await namesIn({ "x-company-id": String(companyId) })).toEqual(["in first"]);
  expect((await ask("POST", `/api/companies/${secondId}/switch`, { token })).status).toBe(200);
  expect(await namesIn()).toEqual(["in second"]);
  for (const header of ["999999", "0", "-1", "abc", "1e3"]) {
    const reply = await ask("GET", "/api/clients", { token, headers: { "x-company-id": header } });
    expect(reply.status).toBe(404);
  }
});

test("only the owner deletes a company, and then nobody enters it any more", async () => {
  const { ask, sql, signUp } = await startApi();
  const owner = await signUp();
  const admin = await signUp({ company: null });
  await sql.begin(async (tx) => {
    await insertMember(tx, { companyId: owner.companyId, userId: admin.userId, role: "admin" });
  });
  const path = `/api/companies/${owner.companyId}`;
  const refused = await ask("DELETE", path, { token: admin.token });
  expect(refused.status).toBe(403);
  expect(refused.body.message).toBe("Only the owner can delete a company.");
  expect((await ask("DELETE", path, { token: owner.token })).status).toBe(204);
  expect((await ask("GET", path, { token: owner.token })).status).toBe(404);
  const header = { "x-company-id": String(owner.companyId) };
  const clients = await ask("GET", "/api/clients", { token: owner.token, headers: header });
  expect(clients.status).toBe(404);
  const [row] = await sql`select next_night_at from companies where id = ${owner.companyId}`;
  expect(row?.["nextNightAt"]).toBeNull();
  const user = await ask("GET", "/api/auth/user", { token: owner.token });
  expect(user.body.data.current_company_id).toBeNull();
});

test("roles: a viewer reads, a member writes records, an admin changes the company", async () => {
  const { ask, sql, signUp } = await startApi();
  const owner = await signUp();
  const statuses: Record<string, number[]> = {};
  const needed: Record<string, (string | undefined)[]> = {};
  for (const role of ["viewer", "member", "admin"] as const) {
    const person = await signUp({ company: null });
    await sql.begin(async (tx) => {
      await insertMember(tx, { companyId: owner.companyId, userId: person.userId, role });
    });
    const options = {
      token: person.token,
      headers: { "x-company-id": String(owner.companyId) },
    };
    const replies = [
      await ask("GET", "/api/clients", options),
      await ask("POST", "/api/clients", { ...options, body: { name: "A" } }),
      await ask("PATCH", `/api/companies/${owner.companyId}`, { ...options, body: { phone: "1" } }),
      await ask("POST", "/api/api-tokens", { ...options, body: { name: "A" } }),
    ];
    statuses[role] = replies.map((reply) => reply.status);
    needed[role] = replies.map((reply) => reply.body.role);
  }
  expect(statuses).toEqual({
    viewer: [200, 403, 403, 403],
    member: [200, 201, 403, 403],
    admin: [200, 201, 200, 201],
  });
  expect(needed["viewer"]).toEqual([undefined, "member", "admin", "admin"]);
});

test("If-Match guards a company against lost updates", async () => {
  const { ask, signUp } = await startApi();
  const { token, companyId } = await signUp();
  const path = `/api/companies/${companyId}`;
  const etag = (await ask("GET", path, { token })).headers.get("etag") ?? "";
  const change = (phone: string) =>
    ask("PATCH", path, { token, body: { phone }, headers: { "if-match": etag } });
  // The clock stands still: not even the same instant hides a change.
  const [first, second] = [await change("1"), await change("2")];
  expect([first.status, second.status]).toEqual([200, 412]);
  expect(second.body.code).toBe("precondition_failed");
  expect((await ask("GET", path, { token })).body.data.phone).toBe("1");
});
