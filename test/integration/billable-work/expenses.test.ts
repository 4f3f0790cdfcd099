import { expect, test } from "vitest";
import { joinInvoicing } from "../invoices/start-invoicing.ts";
import { startExpenses } from "./start-expenses.ts";

test("an expense says what was spent, by whom and for whom, from its making to its end", async () => {
  const { call, expectCall, userId, clientId, project, clock } = await startExpenses({
    currency: "EUR",
  });
  const { id: projectId } = await project();
  const made = await expectCall(201, "POST", "/expenses", {
    category: "meals",
    amount: 5000,
    expense_date: "2026-04-05T19:38:21",
    project_id: String(projectId),
  });
  // Every key of the base contract; the currency is the company's, the client the project's.
  expect(made).toEqual({
    id: made.id,
    user_id: userId,
    client_id: clientId,
    project_id: projectId,
    invoice_id: null,
    category: "meals",
    vendor: null,
    description: null,
    amount: 5000,
    currency: "EUR",
    tax_amount: 0,
    tax_name: null,
    tax_rate: 0,
    expense_date: "2026-04-05",
    status: "pending",
    is_archived: false,
    is_billable: false,
    is_billed: false,
    receipt_path: null,
    reference: null,
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
  });
  const path = `/expenses/${made.id}`;
  const read = await call("GET", path);
  expect(read.body.data).toEqual(made);

  clock.advanceMs(1_000);
  const all = {
    category: "software",
    vendor: "Éditeur & fils",
    description: "Licences",
    amount: 12_345,
    currency: "chf",
    tax_name: "MWST",
    tax_rate: 810,
    expense_date: "2026-04-06",
    is_billable: true,
    client_id: clientId,
    project_id: null,
    reference: "R-1",
  };
  expect(await expectCall(200, "PUT", path, all)).toEqual({
    ...made,
    ...all,
    currency: "CHF",
    tax_amount: 1000,
    updated_at: "2026-03-02T09:00:01.000000Z",
  });
  const stale = await call(
    "PATCH",
    path,
    { vendor: "x" },
    { headers: { "if-match": read.headers.get("etag")! } },
  );
  expect(stale.status).toBe(412);
  expect(await expectCall(200, "PATCH", path, { vendor: "", description: null })).toMatchObject({
    vendor: null,
    description: null,
    amount: 12_345,
  });

  for (let round = 0; round < 2; round += 1) await expectCall(204, "POST", `${path}/archive`);
  expect(await expectCall(200, "GET", path)).toMatchObject({ is_archived: true });
  await expectCall(204, "POST", `${path}/unarchive`);
  await expectCall(204, "DELETE", path);
  for (const [method, address] of [
    ["GET", path],
    ["PUT", path],
    ["DELETE", path],
    ["POST", `${path}/archive`],
    ["POST", `${path}/unarchive`],
  ] as const) {
    const body = method === "PUT" ? all : undefined;
    expect([method, address, (await call(method, address, body)).status]).toEqual([
      method,
      address,
      404,
    ]);
  }
  const log = await expectCall(
    200,
    "GET",
    `/activity-log?subject_type=expense&subject_id=${made.id}`,
  );
  expect(log.map((entry: { event: string }) => entry.event)).toEqual([
    "deleted",
    "unarchived",
    "archived",
    "updated",
    "updated",
    "created",
  ]);
  expect(log[4].properties).toMatchObject({ amount: 12_345, tax_amount: 1000, currency: "CHF" });
});

test("tax that is not given follows from the rate, and a tax that was given stays what it is", async () => {
  const { expectCall, spent } = await startExpenses();
  const taxed = await spent({ amount: 1050, tax_rate: 997.5 });
  // 104.7375, half away from zero.
  expect(taxed).toMatchObject({ tax_amount: 105, tax_rate: 997.5 });
  const path = `/expenses/${taxed.id}`;
  const change = async (body: Record<string, unknown>) =>
    (await expectCall(200, "PATCH", path, body)).tax_amount;
  expect(await change({ vendor: "x" })).toBe(105);
  expect(await change({ amount: 2000 })).toBe(200);
  expect(await change({ tax_rate: 1900 })).toBe(380);
  expect(await change({ tax_rate: null })).toBe(0);
  expect(await change({ tax_amount: 77 })).toBe(77);
  // No rate to go by: what stands on the receipt counts.
  expect(await change({ amount: 3000 })).toBe(77);
  expect(await change({ tax_rate: "1900", tax_amount: 569 })).toBe(569);
  expect(await change({ amount: 3000, tax_amount: null })).toBe(569);
  expect(await change({ amount: 3001 })).toBe(570);
});

test("each limit of the contract is kept, and what is the server's to say is not taken", async () => {
  const { call, expectCall, expectInvalid, spent, project } = await startExpenses();
  const wrong: Record<string, unknown> = {
    category: "travel",
    vendor: "x".repeat(256),
    description: "x".repeat(2001),
    amount: 0,
    currency: "ZZZ",
    tax_amount: -1,
    tax_name: "x".repeat(51),
    tax_rate: 10_001,
    expense_date: "2026-02-30",
    is_billable: "yes",
    client_id: 4711,
    project_id: "4711",
    reference: "x".repeat(256),
    status: "paid",
    is_billed: true,
    invoice_id: 1,
    is_archived: true,
    receipt_path: "companies/1/x.pdf",
    user_id: 1,
  };
  const good = { category: "meals", amount: 1, expense_date: "2026-03-02" };
  const { id } = await spent();
  for (const [field, value] of Object.entries(wrong)) {
    await expectInvalid(field, "POST", "/expenses", { ...good, [field]: value });
    await expectInvalid(field, "PATCH", `/expenses/${id}`, { [field]: value });
  }
  for (const value of [1.5, "5000", 1e15, null]) {
    await expectInvalid("amount", "POST", "/expenses", { ...good, amount: value });
  }
  expect(Object.keys((await call("POST", "/expenses", {})).body.errors).toSorted()).toEqual([
    "amount",
    "category",
    "expense_date",
  ]);
  expect(Object.keys((await call("PUT", `/expenses/${id}`, {})).body.errors).toSorted()).toEqual([
    "amount",
    "expense_date",
  ]);
  const other = await expectCall(201, "POST", "/clients", { name: "Other" });
  const { id: projectId } = await project();
  await expectInvalid("client_id", "POST", "/expenses", {
    ...good,
    client_id: other.id,
    project_id: projectId,
  });
  expect(
    await spent({ vendor: "x".repeat(255), amount: 999_999_999_999_999, tax_rate: 10_000 }),
  ).toMatchObject({
    tax_amount: 999_999_999_999_999,
  });
});

test("the list filters, sorts and sums up what is active, each currency by itself", async () => {
  const { call, spent, expectInvalid, expectCall, clientId, project, colleague, ask } =
    await startExpenses();
  const { id: projectId } = await project();
  const taxi = await spent({
    vendor: "Taxi",
    amount: 2000,
    tax_rate: 700,
    expense_date: "2026-03-05",
  });
  const flight = await spent({
    description: "Flight to Oslo",
    amount: 90_000,
    currency: "NOK",
    client_id: clientId,
  });
  const rent = await spent({
    category: "rent",
    amount: 150_000,
    is_billable: false,
    expense_date: "2026-02-01",
  });
  const old = await spent({
    reference: "2024/1",
    amount: 1,
    project_id: projectId,
    expense_date: "2026-01-31",
  });
  await expectCall(204, "POST", `/expenses/${old.id}/archive`);
  const member = await colleague("member");
  const theirs = await ask("POST", "/api/v1/expenses", {
    token: member.token,
    body: { category: "meals", amount: 1500, expense_date: "2026-03-04" },
  });
  expect(theirs.body.data.user_id).toBe(member.userId);

  const list = async (query: string) => {
    const reply = await call("GET", `/expenses?${query}`);
    expect([query, reply.status]).toEqual([query, 200]);
    return reply.body;
  };
  const idsOf = async (query: string) =>
    (await list(query)).data.map((expense: { id: number }) => expense.id);
  const everything = await list("");
  expect(everything.data.map((expense: { id: number }) => expense.id)).toEqual([
    taxi.id,
    theirs.body.data.id,
    flight.id,
    rent.id,
    old.id,
  ]);
  expect(everything.meta).toEqual({
    current_page: 1,
    last_page: 1,
    per_page: 25,
    total: 5,
    active_count: 4,
    archived_count: 1,
    total_by_currency: { NOK: 90_000, USD: 153_500 },
    tax_by_currency: { NOK: 0, USD: 140 },
    billable_by_currency: { NOK: 90_000, USD: 2000 },
    unbilled_by_currency: { NOK: 90_000, USD: 2000 },
  });

  expect(await idsOf("category=rent")).toEqual([rent.id]);
  expect(await idsOf(`client_id=${clientId}&sort=id`)).toEqual([flight.id, old.id]);
  expect(await idsOf(`filter[project_id]=${projectId}`)).toEqual([old.id]);
  expect(await idsOf(`user_id=${member.userId}`)).toEqual([theirs.body.data.id]);
  expect(await idsOf("is_billable=false&sort=amount")).toEqual([theirs.body.data.id, rent.id]);
  expect(await idsOf("is_billed=true")).toEqual([]);
  expect(await idsOf("from=2026-02-01&to=2026-03-02&sort=-amount")).toEqual([rent.id, flight.id]);
  expect(await idsOf("is_archived=true")).toEqual([old.id]);
  expect(await idsOf("search=OSLO")).toEqual([flight.id]);
  expect(await idsOf("filter[search]=2024/")).toEqual([old.id]);
  expect(await idsOf("currency=nok")).toEqual([flight.id]);
  expect(await list("is_archived=false&per_page=1&page=2&filter[currency]=USD")).toMatchObject({
    data: [{ id: theirs.body.data.id }],
    meta: { total: 3, last_page: 3, archived_count: 1, total_by_currency: { USD: 153_500 } },
  });
  for (const wrong of [
    "category=x",
    "from=x",
    "is_billed=2",
    "sort=user_id",
    "client_id=x",
    "status=pending",
  ]) {
    await expectInvalid(wrong.split("=")[0]!, "GET", `/expenses?${wrong}`);
  }
  await expectInvalid("to", "GET", "/expenses?from=2026-03-02&to=2026-03-01");
  await expectInvalid("filter.to", "GET", "/expenses?from=2026-03-02&filter[to]=2026-03-01");
});

test("many are archived, taken back or deleted at once; what an invoice bills stops the deletion", async () => {
  const { expectCall, expectInvalid, spent, draft, call } = await startExpenses();
  const ids = [(await spent()).id, (await spent()).id, (await spent()).id];
  const bulk = async (action: string, of: number[]) =>
    await expectCall(200, "POST", "/expenses/bulk-action", { ids: of, action });
  expect(await bulk("archive", [...ids, 4711])).toEqual({ affected: 3, not_found: [4711] });
  expect(await bulk("archive", ids)).toEqual({ affected: 0, not_found: [] });
  expect(await bulk("unarchive", ids.slice(0, 2))).toEqual({ affected: 2, not_found: [] });
  const invoice = await draft();
  await expectCall(200, "POST", `/invoices/${invoice.id}/import-expenses`, {
    expense_ids: [ids[1]],
  });
  const refused = await call("POST", "/expenses/bulk-action", { ids, action: "delete" });
  expect([refused.status, refused.body.code]).toEqual([409, "expense_billed"]);
  expect((await call("GET", "/expenses")).body.meta.total).toBe(3);
  expect(await bulk("delete", [ids[0]!, ids[2]!])).toEqual({ affected: 2, not_found: [] });
  expect((await call("GET", "/expenses")).body.meta.total).toBe(1);
  await expectInvalid("action", "POST", "/expenses/bulk-action", { ids, action: "bill" });
  await expectInvalid("ids", "POST", "/expenses/bulk-action", { action: "archive" });
});

test("another company's expenses are not there, and a token needs the scope", async () => {
  const spending = await startExpenses();
  const { spent, draft, ask, tokenWith, colleague, clientId } = spending;
  const { id } = await spent();
  const other = await joinInvoicing(spending);
  const path = `/expenses/${id}`;
  await other.expectCall(404, "GET", path);
  await other.expectCall(404, "PATCH", path, { vendor: "x" });
  await other.expectCall(404, "DELETE", path);
  await other.expectCall(404, "POST", `${path}/archive`);
  expect(
    await other.expectCall(200, "POST", "/expenses/bulk-action", { ids: [id], action: "delete" }),
  ).toEqual({ affected: 0, not_found: [id] });
  const theirs = await other.draft();
  await other.expectInvalid("expense_ids.0", "POST", `/invoices/${theirs.id}/import-expenses`, {
    expense_ids: [id],
  });
  await other.expectInvalid("client_id", "POST", "/expenses", {
    category: "meals",
    amount: 1,
    expense_date: "2026-03-02",
    client_id: clientId,
  });
  expect((await other.call("GET", "/expenses")).body.data).toEqual([]);

  const as = async (token: string, method: string, address: string, body?: unknown) =>
    (await ask(method, `/api/v1${address}`, { token, body })).status;
  const reader = await tokenWith(["expenses:read"]);
  expect(await as(reader, "GET", path)).toBe(200);
  expect(await as(reader, "PATCH", path, { vendor: "x" })).toBe(403);
  expect(await as(await tokenWith(["invoices:read"]), "GET", path)).toBe(403);
  expect(await as((await colleague("viewer")).token, "DELETE", path)).toBe(403);
  const mine = await draft();
  const biller = await tokenWith(["invoices:read", "invoices:write", "expenses:read"]);
  expect(await as(biller, "POST", `/invoices/${mine.id}/import-expenses`, {})).toBe(403);
});
