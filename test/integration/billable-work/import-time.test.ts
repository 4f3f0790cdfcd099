import { expect, test } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { expectFreedWithInvoice, startWork } from "./start-work.ts";

test("time becomes lines of hours at its rate, with the taxes of its service", async () => {
  const { draft, expectCall, worked, serviceId, project } = await startWork({ timezone: "UTC" });
  await expectCall(200, "PATCH", `/services/${serviceId}`, { tax_name_1: "VAT", tax_rate_1: 1900 });
  const { id: projectId } = await project();
  const a = await worked({ project_id: projectId, duration: 5400, notes: "API integration" });
  const b = await worked({ project_id: projectId, duration: 1, hourly_rate: 0 });
  const invoice = await draft();
  const path = `/invoices/${invoice.id}`;
  const billed = await expectCall(200, "POST", `${path}/import-time`, {
    time_entry_ids: [b.id, a.id],
  });
  // 100.00 as it was, 1.5 hours at 120.00 and 19 % of them.
  expect(billed).toMatchObject({
    id: invoice.id,
    subtotal: 28_000,
    tax_total: 3420,
    total: 31_420,
  });
  expect(billed.line_items.slice(1)).toMatchObject([
    {
      time_entry_id: b.id,
      service_id: serviceId,
      description: "Development (2026-03-02)",
      quantity: 0.0003,
      amount: 0,
      sort_order: 1,
    },
    {
      time_entry_id: a.id,
      description: "API integration (2026-03-02)",
      quantity: 1.5,
      unit_price: "12000.000000",
      amount: 18_000,
      tax_name_1: "VAT",
      tax_amount_1: 3420,
      sort_order: 2,
    },
  ]);
  expect(await expectCall(200, "GET", `/time-entries/${a.id}`)).toMatchObject({
    is_billed: true,
    invoice_id: invoice.id,
  });
  expect(await expectCall(200, "GET", "/time-entries/unbilled")).toEqual([]);
  expect(await expectCall(200, "GET", `/time-entries?invoice_id=${invoice.id}`)).toHaveLength(2);
  expect(await expectCall(200, "GET", path)).toMatchObject({ line_items: billed.line_items });
});

test("lines set as a whole keep the time they bill by their id, and free the rest", async () => {
  const { draft, expectCall, worked } = await startWork();
  const [kept, freed] = [await worked(), await worked()];
  const { id } = await draft({ line_items: [] });
  const { line_items: lines } = await expectCall(200, "POST", `/invoices/${id}/import-time`, {
    time_entry_ids: [kept.id, freed.id],
  });
  const stays = { id: lines[0].id, ...line("Website, first part", 1, 12_000) };
  const set = await expectCall(200, "PUT", `/invoices/${id}/line-items`, {
    line_items: [line("Setup", 1, 500), stays],
  });
  expect(set).toMatchObject({
    total: 12_500,
    line_items: [
      { description: "Setup", time_entry_id: null },
      { id: lines[0].id, description: "Website, first part", time_entry_id: kept.id },
    ],
  });
  expect(await expectCall(200, "GET", "/time-entries/unbilled")).toMatchObject([{ id: freed.id }]);
  expect(await expectCall(200, "GET", `/time-entries/${kept.id}`)).toMatchObject({
    invoice_id: id,
  });
  // A refused set changes nothing of either.
  const body = { line_items: [{ ...stays, tax_rate_id: 4711 }] };
  await expectCall(422, "PUT", `/invoices/${id}/line-items`, body);
  expect(await expectCall(200, "GET", `/invoices/${id}/line-items`)).toEqual(set.line_items);
});

test("what cannot be billed is named, and then nothing is", async () => {
  const { draft, expectCall, expectInvalid, worked, project, call } = await startWork();
  const invoice = await draft();
  const path = `/invoices/${invoice.id}/import-time`;
  const good = await worked();
  const refused = async (id: unknown) =>
    await expectInvalid("time_entry_ids.1", "POST", path, { time_entry_ids: [good.id, id] });

  expect(await refused(4711)).toContain("no such");
  expect(await refused((await worked({ is_billable: false })).id)).toContain("not billable");
  expect(await refused((await worked({ is_billed: true })).id)).toContain("already billed");
  expect(await refused((await worked({ hourly_rate: null })).id)).toContain("no hourly rate");
  expect(await refused((await worked({ duration: 0 })).id)).toContain("no time");
  const timer = await expectCall(201, "POST", "/timer/start", { hourly_rate: 1 });
  expect(await refused(timer.id)).toContain("running");
  const other = await expectCall(201, "POST", "/clients", { name: "Other" });
  const theirs = await worked({ project_id: (await project({ client_id: other.id })).id });
  expect(await refused(theirs.id)).toContain("another client");
  await expectInvalid("time_entry_ids", "POST", path, { time_entry_ids: [good.id, good.id] });
  await expectInvalid("time_entry_ids.0", "POST", path, { time_entry_ids: ["x"] });

  expect(await expectCall(200, "GET", `/invoices/${invoice.id}`)).toMatchObject({ total: 10_000 });
  expect(await expectCall(200, "GET", `/time-entries/${good.id}`)).toMatchObject({
    is_billed: false,
  });
  // Nothing named, nothing done.
  expect(await expectCall(200, "POST", path, {})).toMatchObject({ total: 10_000 });
  expect((await call("POST", "/invoices/4711/import-time", {})).status).toBe(404);
});

test("time goes on one invoice only, also when two reach for it at once", async () => {
  const { draft, call, expectCall, worked } = await startWork();
  const entry = await worked();
  const invoices = [await draft(), await draft(), await draft()];
  const replies = await Promise.all(
    invoices.map(
      async ({ id }) =>
        await call("POST", `/invoices/${id}/import-time`, { time_entry_ids: [entry.id] }),
    ),
  );
  expect(replies.map((reply) => reply.status).toSorted((a, b) => a - b)).toEqual([200, 422, 422]);
  const totals = await Promise.all(
    invoices.map(async ({ id }) => (await expectCall(200, "GET", `/invoices/${id}`)).total),
  );
  expect(totals.toSorted((a, b) => a - b)).toEqual([10_000, 10_000, 22_000]);
});

test("a paid or voided invoice takes no time", async () => {
  const { issued, expectCall, worked } = await startWork();
  const entry = await worked();
  for (const ending of ["mark-paid", "void"]) {
    const { id } = await issued();
    await expectCall(200, "POST", `/invoices/${id}/${ending}`);
    await expectCall(409, "POST", `/invoices/${id}/import-time`, { time_entry_ids: [entry.id] });
  }
  expect(await expectCall(200, "GET", "/time-entries/unbilled")).toHaveLength(1);
});

test("voiding or deleting the invoice, or deleting the line, frees the time", async () => {
  const { draft, expectCall, worked } = await startWork();
  const [entry, other] = [await worked(), await worked()];
  const imported = async () => {
    const { id } = await draft();
    const { line_items: lines } = await expectCall(200, "POST", `/invoices/${id}/import-time`, {
      time_entry_ids: [entry.id, other.id],
    });
    return { id, line: lines[1], path: `/invoices/${id}` };
  };
  const unbilled = async () =>
    (await expectCall(200, "GET", "/time-entries/unbilled?sort=id")).map(
      ({ id, invoice_id: invoiceId }: { id: number; invoice_id: number | null }) => [id, invoiceId],
    );
  const both = [
    [entry.id, null],
    [other.id, null],
  ];

  await expectFreedWithInvoice(expectCall, { imported, unbilled, all: both });

  const third = await imported();
  await expectCall(204, "DELETE", `${third.path}/line-items/${third.line.id}`);
  expect(await unbilled()).toEqual([both[0]]);
  // Lines left out of the full set are removed; a line that is changed still bills its time.
  const { line_items: lines } = await expectCall(200, "GET", third.path);
  await expectCall(200, "PUT", third.path, {
    line_items: [{ id: lines[1].id, ...line("rounded", 2, 10_000) }],
  });
  expect(await unbilled()).toEqual([both[0]]);
  await expectCall(200, "PUT", third.path, { line_items: [line("lump sum", 1, 5)] });
  expect(await unbilled()).toEqual(both);

  const bulk = await imported();
  await expectCall(200, "POST", "/invoices/bulk-action", { ids: [bulk.id], action: "delete" });
  expect(await unbilled()).toEqual(both);
});

test("time on an invoice takes other notes only, and is not deleted", async () => {
  const { draft, expectCall, worked } = await startWork();
  const entry = await worked();
  const { id } = await draft();
  await expectCall(200, "POST", `/invoices/${id}/import-time`, { time_entry_ids: [entry.id] });
  const path = `/time-entries/${entry.id}`;
  for (const change of [
    { duration: 1 },
    { hourly_rate: 1 },
    { is_billed: false },
    { is_billable: false },
    { date: "2026-01-01" },
  ]) {
    await expectCall(409, "PATCH", path, change);
  }
  await expectCall(409, "DELETE", path);
  await expectCall(409, "DELETE", "/time-entries/bulk", { ids: [entry.id] });
  expect(await expectCall(200, "PATCH", path, { notes: "for the record" })).toMatchObject({
    notes: "for the record",
    is_billed: true,
    invoice_id: id,
  });
});

test("a copy of an invoice bills no time", async () => {
  const { draft, expectCall, worked } = await startWork();
  const entry = await worked();
  const { id } = await draft();
  await expectCall(200, "POST", `/invoices/${id}/import-time`, { time_entry_ids: [entry.id] });
  const copy = await expectCall(201, "POST", `/invoices/${id}/duplicate`);
  const { line_items: lines } = await expectCall(200, "GET", `/invoices/${copy.id}`);
  expect(lines).toMatchObject([{ time_entry_id: null }, { time_entry_id: null, amount: 12_000 }]);
  await expectCall(204, "DELETE", `/invoices/${copy.id}`);
  expect(await expectCall(200, "GET", `/time-entries/${entry.id}`)).toMatchObject({
    invoice_id: id,
  });
});

test("importing needs the right to write both", async () => {
  const { ask, draft, tokenWith } = await startWork();
  const { id } = await draft();
  const token = await tokenWith(["invoices:read", "invoices:write", "time-entries:read"]);
  const reply = await ask("POST", `/api/v1/invoices/${id}/import-time`, { token, body: {} });
  expect(reply).toMatchObject({ status: 403, body: { scope: "time-entries:write" } });
});
