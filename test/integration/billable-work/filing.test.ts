import { expect, test } from "vitest";
import { startWork } from "./start-work.ts";
import { line } from "../invoices/start-invoicing.ts";

test("an invoice is filed under a project of its client, a category and tags", async () => {
  const { draft, expectCall, expectInvalid, project, eventsOf } = await startWork();
  const site = await project();
  const retainers = await expectCall(201, "POST", "/categories", { name: "Retainers" });
  const filing = { project_id: site.id, category_id: retainers.id, tags: ["north"] };
  const invoice = await draft(filing);
  expect(invoice).toMatchObject(filing);
  const path = `/invoices/${invoice.id}`;
  expect(await expectCall(200, "GET", path)).toMatchObject({
    ...filing,
    category: { id: retainers.id, name: "Retainers" },
  });

  const other = await expectCall(201, "POST", "/clients", { name: "Other" });
  const theirs = await project({ client_id: other.id });
  await expectInvalid("project_id", "PATCH", path, { project_id: theirs.id });
  await expectInvalid("project_id", "PATCH", path, { project_id: 4711 });
  await expectInvalid("category_id", "PATCH", path, { category_id: 4711 });
  // The project is the old client's.
  await expectInvalid("project_id", "PATCH", path, { client_id: other.id });
  expect(
    await expectCall(200, "PATCH", path, { client_id: other.id, project_id: theirs.id }),
  ).toMatchObject({ client_id: other.id, project_id: theirs.id });

  // Even paid, an invoice is filed anew; its money stays as it is.
  await expectCall(200, "POST", `${path}/mark-paid`);
  const paid = await expectCall(200, "PATCH", path, { category_id: null, project_id: null });
  expect(paid).toMatchObject({ status: "paid", category_id: null, tags: ["north"] });
  const tagged = await expectCall(200, "PUT", `${path}/tags`, { tags: ["NORTH", "south"] });
  expect(tagged).toMatchObject({ tags: ["north", "south"], line_items: [{ amount: 10_000 }] });
  await expectInvalid("tags", "PUT", `${path}/tags`, {});
  await expectCall(200, "PUT", `${path}/tags`, { tags: ["south", "north"] });
  expect(await eventsOf(invoice.id)).toEqual([
    "invoice.created",
    "invoice.updated",
    "payment.received",
    "invoice.paid",
    "invoice.updated",
    "invoice.updated",
  ]);
});

test("what was deleted stays on the invoices that have it, and on no new ones", async () => {
  const { draft, expectCall, expectInvalid, project, clientId } = await startWork();
  const site = await project();
  const kind = await expectCall(201, "POST", "/categories", { name: "Retainers" });
  await expectInvalid("name", "POST", "/categories", { name: "RETAINERS" });
  const invoice = await draft({ project_id: site.id, category_id: kind.id, tags: ["a", "b"] });
  const clone = {
    client_id: clientId,
    issue_date: "2026-05-01",
    due_date: "2026-05-20",
  };
  const path = `/invoices/${invoice.id}`;
  expect(await expectCall(201, "POST", `${path}/clone`, clone)).toMatchObject({
    ...clone,
    project_id: site.id,
    category_id: kind.id,
    tags: ["a", "b"],
  });
  const renamed = await expectCall(200, "PUT", `/categories/${kind.id}`, { name: "Monthly" });
  expect(renamed).toMatchObject({ id: kind.id, name: "Monthly" });
  expect(await expectCall(200, "GET", "/categories")).toEqual([renamed]);
  expect(await expectCall(200, "GET", `/categories/${kind.id}`)).toEqual(renamed);

  await expectCall(204, "DELETE", `/categories/${kind.id}`);
  await expectCall(204, "DELETE", `/projects/${site.id}`);
  expect(await expectCall(200, "PATCH", path, { notes: "x" })).toMatchObject({
    project_id: site.id,
    category_id: kind.id,
  });
  expect((await expectCall(200, "GET", path)).category).toEqual({ id: kind.id, name: "Monthly" });
  expect(await expectCall(201, "POST", `${path}/duplicate`)).toMatchObject({
    project_id: null,
    category_id: null,
    tags: ["a", "b"],
  });
  const body = { client_id: clientId, category_id: kind.id };
  await expectInvalid("category_id", "POST", "/invoices", body);
  await expectInvalid("project_id", "POST", `${path}/clone`, { ...clone, project_id: site.id });
});

test("a clone is a draft for the client and dates that are said, in the same currency", async () => {
  const { issued, expectCall, expectInvalid, project, call, clientId } = await startWork();
  const other = await expectCall(201, "POST", "/clients", { name: "Other", currency: "EUR" });
  const original = await issued({
    line_items: [line("Work", 2, 5_000, { tax_name: "VAT", tax_rate: 19 })],
    adjustment_amount: 100,
    notes: "Thanks",
    project_id: (await project()).id,
  });
  const path = `/invoices/${original.id}/clone`;
  const body = { client_id: other.id, issue_date: "2026-04-01", due_date: "2026-04-15" };
  const clone = await expectCall(201, "POST", path, body);
  expect(clone).toMatchObject({
    ...body,
    project_id: null,
    currency: "USD",
    status: "draft",
    sent_at: null,
    notes: "Thanks",
    subtotal: 10_000,
    tax_total: 1_900,
    total: 12_000,
    line_items: [{ description: "Work", tax_name_1: "VAT", tax_amount_1: 1_900 }],
  });
  expect(clone.invoice_number).not.toBe(original.invoice_number);
  const theirs = await project({ client_id: other.id });
  expect(await expectCall(201, "POST", path, { ...body, project_id: theirs.id })).toMatchObject({
    project_id: theirs.id,
  });

  for (const key of ["client_id", "issue_date", "due_date"]) {
    await expectInvalid(key, "POST", path, { ...body, [key]: undefined });
  }
  await expectInvalid("due_date", "POST", path, { ...body, due_date: "2026-03-31" });
  await expectInvalid("client_id", "POST", path, { ...body, client_id: 4711, project_id: 4711 });
  await expectInvalid("project_id", "POST", path, {
    ...body,
    client_id: clientId,
    project_id: theirs.id,
  });
  expect((await call("POST", "/invoices/4711/clone", body)).status).toBe(404);
});

test("the list takes the filters and the sorting of other systems beside its own", async () => {
  const { draft, issued, call, expectCall, project, clientId, tokenWith } = await startWork();
  const site = await project();
  const kind = await expectCall(201, "POST", "/categories", { name: "Retainers" });
  const other = await expectCall(201, "POST", "/clients", { name: "Oak & Sons" });
  const late = { issue_date: "2026-01-05", due_date: "2026-01-20" };
  const one = await draft({ project_id: site.id, tags: ["x"] });
  const two = await issued({ ...late, category_id: kind.id, line_items: [line("big", 1, 50_000)] });
  const three = await draft({ client_id: other.id, line_items: [line("small", 1, 100)] });

  const idsOf = async (query: string) => {
    const reply = await call("GET", `/invoices?${query}`);
    expect({ query, status: reply.status }).toEqual({ query, status: 200 });
    return reply.body.data.map((invoice: { id: number }) => invoice.id);
  };
  expect(await idsOf("status=1")).toEqual([three.id, one.id]);
  expect(await idsOf("status=2")).toEqual([two.id]);
  expect(await idsOf("status=draft,2&order=asc")).toEqual([one.id, two.id, three.id]);
  expect(await idsOf("filter[status]=20")).toEqual([]);
  expect(await idsOf(`client_id=${other.id}`)).toEqual([three.id]);
  expect(await idsOf(`project_id=${site.id}&client_id=${clientId}`)).toEqual([one.id]);
  expect(await idsOf(`filter[category_id]=${kind.id}`)).toEqual([two.id]);
  expect(await idsOf("search=oak")).toEqual([three.id]);
  expect(await idsOf(`search=${one.invoice_number.toLowerCase()}`)).toEqual([one.id]);
  expect(await idsOf("sort=bill_date")).toEqual([two.id, one.id, three.id]);
  expect(await idsOf("sort=bill_due_date&order=asc")).toEqual([two.id, one.id, three.id]);
  expect(await idsOf("sort=bill_final_amount&order=desc")).toEqual([two.id, one.id, three.id]);
  expect(await idsOf("sort=-bill_created")).toEqual([three.id, two.id, one.id]);
  expect(await idsOf("order=asc&limit=2&page=2")).toEqual([three.id]);
  const page = await call("GET", "/invoices?limit=2&page=2");
  expect(page.body.meta).toMatchObject({ current_page: 2, per_page: 2, total: 3 });
  expect(page.body.data).toMatchObject([{ id: one.id, tags: ["x"] }]);

  for (const [query, field] of [
    ["status=6", "status"],
    ["status=gone", "status"],
    ["sort=-total&order=asc", "order"],
    ["order=up", "order"],
    ["project_id=x", "project_id"],
  ]) {
    const reply = await call("GET", `/invoices?${query}`);
    expect([query, reply.status, Object.keys(reply.body.errors ?? {})]).toEqual([
      query,
      422,
      [field],
    ]);
  }
  const blind = { token: await tokenWith(["invoices:read", "invoices:write"]) };
  const unseen = await call("GET", "/invoices", undefined, blind);
  expect(unseen.body.data).toHaveLength(3);
  expect(unseen.text).not.toContain('"tags"');
  const refused = await call("PUT", `/invoices/${one.id}/tags`, { tags: [] }, blind);
  expect(refused.body).toMatchObject({ code: "missing_scope", scope: "tags:read" });
});
