import { expect, test } from "vitest";
import { startImporting } from "./start-importing.ts";

const BASE = "/settings/freshbooks";

test("a company connects with its own app, looks, takes its clients over, and disconnects", async () => {
  const { call, connect, status, runImport, sandbox, sql, companyId } = await startImporting();
  expect(await status()).toBeNull();
  for (const [method, path] of [
    ["GET", "preview"],
    ["POST", "import"],
    ["POST", "reset"],
  ] as const) {
    const body = method === "POST" ? {} : undefined;
    expect(await call(method, `${BASE}/${path}`, body)).toMatchObject({
      status: 422,
      body: {
        code: "not_connected",
        data: { message: "FreshBooks is not connected." },
      },
    });
  }
  const early = await call("GET", `${BASE}/connect?company_id=${companyId}`);
  expect(early).toMatchObject({ status: 409, body: { code: "provider_not_set_up" } });

  const back = await connect();
  expect(back.searchParams.get("connected")).toBe("freshbooks");
  expect(await status()).toMatchObject({
    status: "connected",
    has_credentials: true,
    has_tokens: true,
    freshbooks_account_id: "ACM123",
    preview_data: null,
  });
  const kept = await sql`select credentials, app_credentials from connections`;
  expect(JSON.stringify(kept)).not.toMatch(/sandbox-secret|freshbooks-access/);

  // Of 30 clients one is deleted there, two are archived.
  const preview = await call("GET", `${BASE}/preview`);
  expect(preview.body.data).toMatchObject({ clients: 29, invoices: 0, payments: 0, expenses: 0 });
  expect(await status()).toMatchObject({ status: "previewing", preview_data: { clients: 29 } });

  const ended = await runImport({ selected_resources: ["clients"] });
  expect(ended).toMatchObject({
    status: "completed",
    progress: { clients: 29 },
    tally: { clients: { created: 29, updated: 0, unchanged: 0, refused: 0 } },
    error_message: null,
    preview_data: { clients: 29 },
  });
  const clients = await sql`
    select name, email, country, currency, is_archived, allow_late_fees,
      (select count(*)::int from contacts where client_id = clients.id) as contacts
    from clients where company_id = ${companyId} order by id
  `;
  expect(clients).toHaveLength(29);
  expect(clients.filter(({ isArchived }) => isArchived)).toHaveLength(2);
  expect(clients[3]).toMatchObject({ email: "client-4@books.example", contacts: 2 });
  const items = await sql`select kind, external_id, reason, details from import_items`;
  expect([...items]).toEqual([
    {
      kind: "adjusted",
      externalId: "1003",
      reason: "Not of a form we know, and left out: country.",
      details: { country: "Atlantis" },
    },
  ]);
  const events =
    await sql`select type, count(*)::int from events where company_id = ${companyId} and type like '%import%' group by type order by type`;
  expect([...events]).toEqual([
    { type: "client.imported", count: 29 },
    { type: "import.completed", count: 1 },
  ]);

  const gone = await call("POST", `${BASE}/disconnect`);
  expect(gone).toMatchObject({
    status: 200,
    body: { data: { message: "Disconnected from FreshBooks." } },
  });
  expect(sandbox.requests().at(-1)).toMatchObject({ path: "/auth/oauth/revoke", status: 200 });
  expect((await call("POST", `${BASE}/disconnect`)).status).toBe(200);
  expect(await status()).toMatchObject({
    status: "disconnected",
    has_credentials: true,
    has_tokens: false,
    freshbooks_account_id: null,
  });
});

test("twice doubles nothing; written over, what was changed here is in the report", async () => {
  const { call, connect, runImport, sql, companyId } = await startImporting();
  await connect();
  await runImport();
  const again = await runImport();
  expect(again.tally.clients).toEqual({ created: 0, updated: 0, unchanged: 29, refused: 0 });

  const [first] =
    await sql`select id, name from clients where company_id = ${companyId} order by id limit 1`;
  const id = Number(first?.["id"]);
  await call("PUT", `/clients/${id}`, { name: "Renamed here", notes: "Ours" });
  const over = await runImport({ reimport_existing: true });
  expect(over.tally.clients).toEqual({ created: 0, updated: 29, unchanged: 0, refused: 0 });
  const told = await call("GET", `${BASE}/report?kind=overwritten`);
  expect(told.body.meta).toMatchObject({ total: 1, counts: { overwritten: 1 } });
  expect(told.body.data).toMatchObject([
    {
      resource: "clients",
      record_id: id,
      details: {
        name: { here: "Renamed here", there: first?.["name"] },
        notes: { here: "Ours", there: null },
      },
    },
  ]);
  expect(
    await sql`select count(*)::int from clients where company_id = ${companyId}`,
  ).toMatchObject([{ count: 29 }]);
});
