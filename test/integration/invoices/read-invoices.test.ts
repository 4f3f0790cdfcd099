import { expect, test } from "vitest";
import { joinInvoicing, line, startInvoicing } from "./start-invoicing.ts";

test("the list is filtered, sorted, paged and summed up", async () => {
  const { draft, issued, call, expectCall, clientId } = await startInvoicing();
  const other = await expectCall(201, "POST", "/clients", { name: "Other", currency: "EUR" });
  const small = await draft({ line_items: [line("small", 1, 100)] });
  const paid = await issued({ line_items: [line("middle", 1, 2000)] });
  await expectCall(200, "POST", `/invoices/${paid.id}/mark-paid`);
  const euros = await issued({ client_id: other.id, line_items: [line("large", 1, 50_000)] });

  const list = async (query: string) => {
    const reply = await call("GET", `/invoices${query}`);
    expect({ status: reply.status, text: reply.text }).toMatchObject({ status: 200 });
    return reply;
  };
  const idsOf = async (query: string) =>
    (await list(query)).body.data.map((invoice: { id: number }) => invoice.id);

  const all = await list("");
  expect(all.body.data.map((invoice: { id: number }) => invoice.id)).toEqual([
    euros.id,
    paid.id,
    small.id,
  ]);
  expect(all.body.data[2]).toEqual(
    Object.fromEntries(
      Object.entries(small).filter(([key]) => key !== "line_items" && key !== "taxes"),
    ),
  );
  expect(all.body.meta).toEqual({
    current_page: 1,
    last_page: 1,
    per_page: 25,
    total: 3,
    totals: [
      { currency: "EUR", count: 1, total: 50_000, amount_paid: 0, amount_due: 50_000 },
      { currency: "USD", count: 2, total: 2100, amount_paid: 2000, amount_due: 100 },
    ],
    status_counts: { draft: 1, sent: 1, viewed: 0, partial: 0, paid: 1, overdue: 0, cancelled: 0 },
  });
  expect(all.headers.get("x-total-count")).toBe("3");

  expect(await idsOf("?sort=total")).toEqual([small.id, paid.id, euros.id]);
  expect(await idsOf("?sort=-invoice_number&per_page=2&page=2")).toEqual([small.id]);
  expect(await idsOf("?limit=1&offset=1")).toEqual([paid.id]);
  expect(await idsOf("?filter[status]=paid")).toEqual([paid.id]);
  expect(await idsOf("?filter[status]=paid,sent")).toEqual([euros.id, paid.id]);
  expect(await idsOf(`?filter[client_id]=${clientId}`)).toEqual([paid.id, small.id]);
  expect(await idsOf("?filter[invoice_number]=0002")).toEqual([paid.id]);
  expect(await idsOf("?filter[invoice_number]=inv-00003")).toEqual([euros.id]);
  expect(await idsOf("?filter[invoice_number]=%25")).toEqual([]);
  expect(await idsOf(`?filter[ids]=${small.id},${euros.id},77777`)).toEqual([euros.id, small.id]);
  expect(await idsOf("?filter[client_id]=424242")).toEqual([]);

  const drafts = (await list("?filter[status]=draft")).body.meta;
  expect(drafts).toMatchObject({ total: 1, totals: [{ currency: "USD", total: 100 }] });
  expect(drafts.status_counts).toMatchObject({ draft: 1, sent: 1, paid: 1 });

  await expectCall(204, "POST", `/invoices/${small.id}/archive`);
  expect(await idsOf("?filter[is_archived]=true")).toEqual([small.id]);
  await expectCall(204, "DELETE", `/invoices/${small.id}`);
  expect((await list("")).body.meta.total).toBe(2);
});

test("a wrong filter, sort or page is refused by name", async () => {
  const { call } = await startInvoicing();
  for (const [query, field] of [
    ["filter[status]=open", "filter.status"],
    ["filter[client_id]=abc", "filter.client_id"],
    ["filter[ids]=1,,2", "filter.ids"],
    ["filter[colour]=red", "filter.colour"],
    ["sort=client", "sort"],
    ["page=0", "page"],
    ["per_page=101", "per_page"],
  ]) {
    const reply = await call("GET", `/invoices?${query}`);
    expect({ query, status: reply.status, fields: Object.keys(reply.body.errors) }).toEqual({
      query,
      status: 422,
      fields: [field],
    });
  }
});

test("each company sees its own invoices", async () => {
  const ours = await startInvoicing();
  const theirs = await joinInvoicing(ours);
  await ours.draft();
  const { id } = await theirs.draft();
  expect((await ours.call("GET", "/invoices")).body.meta.total).toBe(1);
  const asked = await ours.call("GET", `/invoices?filter[ids]=${id}`);
  expect(asked.body).toMatchObject({ data: [], meta: { total: 0, totals: [] } });
});

test("an invoice comes with its client, lines, payments, mails and reminders", async () => {
  const { draft, expectCall, sql, companyId, clientId } = await startInvoicing();
  const { id } = await draft();
  await expectCall(200, "POST", `/invoices/${id}/send`);
  await expectCall(200, "POST", `/invoices/${id}/record-payment`, {
    amount: 1,
    payment_date: "2026-03-02",
  });
  const [stage] = await sql<{ id: number }[]>`
    insert into payment_reminders (company_id, reminder_number, days_offset, created_at, updated_at)
    values (${companyId}, 1, 7, now(), now())
    returning id
  `;
  await sql`
    insert into invoice_reminders (company_id, invoice_id, reminder_id, due_date, status, reason, business_date, created_at, updated_at)
    values (${companyId}, ${id}, ${stage!.id}, '2026-04-01', 'superseded', 'a later one was sent', '2026-04-08', now(), now())
  `;
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    status: "partial",
    client: { id: clientId, name: "Maple Street Bakery", email: "books@maple.example" },
    line_items: [{ description: "Consulting" }],
    payments: [{ amount: 1 }],
    deliveries: [{ kind: "invoice", status: "queued" }],
    reminders: [
      {
        reminder_number: 1,
        days_offset: 7,
        due_date: "2026-04-01",
        status: "superseded",
        reason: "a later one was sent",
        delivery_id: null,
      },
    ],
  });
});

test("a token without clients:read sees no client; without invoices:write it changes nothing", async () => {
  const { draft, expectCall, call, call: asOwner } = await startInvoicing();
  const { id } = await draft();
  const created = await asOwner("POST", "/api-tokens", {
    name: "Reader",
    scopes: ["invoices:read"],
  });
  expect(created.status).toBe(201);
  const token = String(created.body.data.token ?? created.body.token);
  const read = await call("GET", `/invoices/${id}`, undefined, { token });
  expect(read.status).toBe(200);
  expect(Object.keys(read.body.data)).not.toContain("client");
  const refused = await call("POST", `/invoices/${id}/mark-sent`, undefined, { token });
  expect(refused).toMatchObject({ status: 403, body: { scope: "invoices:write" } });
  const unsent = await call("POST", `/invoices/${id}/send`, undefined, { token });
  expect(unsent).toMatchObject({ status: 403, body: { scope: "invoices:send" } });
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({ status: "draft" });
});

test("an invoice that did not change is not sent again", async () => {
  const { draft, call } = await startInvoicing();
  const { id } = await draft();
  const etag = (await call("GET", `/invoices/${id}`)).headers.get("etag") ?? "";
  const ask = async () =>
    (await call("GET", `/invoices/${id}`, undefined, { headers: { "If-None-Match": etag } }))
      .status;
  expect(await ask()).toBe(304);
  await call("PATCH", `/invoices/${id}`, { notes: "new" });
  expect(await ask()).toBe(200);
});

test("the PDF is shown inline", async () => {
  const { draft, call } = await startInvoicing({ invoice_prefix: 'A"/\\ ' });
  const { id } = await draft({
    line_items: [line("Ünïcödé", 2.5, "133.5", { tax_name: "VAT", tax_rate: 19 })],
    notes: "Danke",
  });
  const pdf = await call("GET", `/invoices/${id}/pdf`);
  expect(pdf.status).toBe(200);
  expect(pdf.headers.get("content-type")).toBe("application/pdf");
  expect(pdf.headers.get("content-disposition")).toBe('inline; filename="A____00001.pdf"');
  expect(pdf.text.slice(0, 5)).toBe("%PDF-");
});
