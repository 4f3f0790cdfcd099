import { expect, test } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { countMovable, findDangling, startMoving, type Moving, type Side } from "./start-moving.ts";

/** A draft of one line over 100.00. */
const draft = async (side: Side, clientId: number, fields: Record<string, unknown> = {}) =>
  await side.expectCall(201, "POST", "/invoices", {
    client_id: clientId,
    line_items: [line("Consulting", 1, 10_000)],
    ...fields,
  });

const moveInvoice = async (from: Side, to: Side, id: number, more: Record<string, unknown> = {}) =>
  await from.expectCall(200, "POST", `/invoices/${id}/move`, {
    target_company_id: to.companyId,
    ...more,
  });

const numbersOf = async ({ sql }: Moving, { companyId }: Side): Promise<string[]> => {
  const rows = await sql<{ number: string }[]>`
    select invoice_number as number from invoices where company_id = ${companyId} order by number
  `;
  return rows.map(({ number }) => number);
};

test("an invoice keeps its number, or gets the next one; what it leaves is nobody else's", async () => {
  const moving = await startMoving();
  const { here, there, sql } = moving;
  const [a, b] = [await here.client(), await there.client({ name: "Pine & Sons" })];
  const [one, two, three] = [
    await draft(here, a.id),
    await draft(here, a.id),
    await draft(here, a.id),
  ];
  // Taken there: the next one. Free there: the same, and passed over when its turn comes.
  const other = await draft(there, b.id);
  expect((await moveInvoice(here, there, one.id)).invoice_number).toBe("INV-00002");
  expect((await moveInvoice(here, there, three.id)).invoice_number).toBe("INV-00003");
  expect((await draft(there, b.id)).invoice_number).toBe("INV-00004");
  expect(await numbersOf(moving, here)).toEqual(["INV-00002"]);

  // The numbers 1 and 3 have been given here: neither the counter nor a record that comes gets them.
  expect((await draft(here, a.id)).invoice_number).toBe("INV-00004");
  expect((await moveInvoice(there, here, other.id)).invoice_number).toBe("INV-00005");
  // Who comes back has its own again, and may leave and come as often as it likes.
  for (let n = 0; n < 2; n += 1) {
    expect((await moveInvoice(there, here, one.id)).invoice_number).toBe("INV-00001");
    expect((await moveInvoice(here, there, one.id)).invoice_number).toBe("INV-00002");
  }
  expect((await moveInvoice(there, here, one.id)).invoice_number).toBe("INV-00001");
  expect((await here.expectCall(200, "GET", `/invoices/${two.id}`)).invoice_number).toBe(
    "INV-00002",
  );
  // A number ahead of the counter that left again is passed over too.
  await sql`update invoices set invoice_number = 'INV-00007' where id = ${three.id}`;
  expect((await moveInvoice(there, here, three.id)).invoice_number).toBe("INV-00003");
  expect((await draft(there, b.id)).invoice_number).toBe("INV-00005");
  expect((await draft(there, b.id)).invoice_number).toBe("INV-00006");
  expect((await draft(there, b.id)).invoice_number).toBe("INV-00008");
  const [event] = await sql`
    select payload from events
    where company_id = ${there.companyId} and type = 'invoice.moved' and subject_id = ${one.id}
    order by id limit 1
  `;
  expect(event!["payload"]).toEqual({
    from_company_id: here.companyId,
    to_company_id: there.companyId,
    number_before: "INV-00001",
    number: "INV-00002",
  });
});

test("many numbers that collide with those there and with each other come out without a double", async () => {
  const moving = await startMoving();
  const { here, there } = moving;
  const [a, b] = [await here.client(), await there.client({ name: "Pine & Sons" })];
  for (let n = 0; n < 6; n += 1) await draft(here, a.id);
  for (let n = 0; n < 3; n += 1) await draft(there, b.id);
  await here.expectCall(200, "POST", `/clients/${a.id}/move`, {
    target_company_id: there.companyId,
  });
  expect(await numbersOf(moving, there)).toEqual(
    Array.from({ length: 9 }, (_, n) => `INV-0000${n + 1}`),
  );
  expect((await draft(there, b.id)).invoice_number).toBe("INV-00010");
});

test("the client there is the one named, the one of the same name and address, or a copy", async () => {
  const { here, there, sql } = await startMoving();
  const bakery = await here.client({ phone: "555", payment_terms: 14 });
  const contact = { name: "Ann", email: "ann@maple.example", is_primary: true };
  await here.expectCall(201, "POST", `/clients/${bakery.id}/contacts`, contact);
  const ids = [];
  for (let n = 0; n < 4; n += 1) ids.push((await draft(here, bakery.id)).id);

  const copied = await moveInvoice(here, there, ids[0]);
  const copy = await there.expectCall(200, "GET", `/clients/${copied.client_id}`);
  expect(copy).toMatchObject({ name: bakery.name, phone: "555", payment_terms: 14 });
  expect(copy.uuid).not.toBe(bakery.uuid);
  expect(await there.expectCall(200, "GET", `/clients/${copy.id}/contacts`)).toMatchObject([
    contact,
  ]);
  expect((await moveInvoice(here, there, ids[1])).client_id).toBe(copy.id);
  const pine = await there.client({ name: "Pine & Sons" });
  expect((await moveInvoice(here, there, ids[2], { client_id: pine.id })).client_id).toBe(pine.id);

  // Neither an archived one, nor one of the company it leaves.
  await there.expectCall(200, "PATCH", `/clients/${copy.id}`, { is_archived: true });
  for (const id of [bakery.id, copy.id, 999_999]) {
    const reply = await here.call("POST", `/invoices/${ids[3]}/move`, {
      target_company_id: there.companyId,
      client_id: id,
    });
    expect(reply).toMatchObject({
      status: 422,
      body: { errors: { client_id: [expect.anything()] } },
    });
  }
  expect((await moveInvoice(here, there, ids[3])).client_id).not.toBe(copy.id);
  expect(await sql`select from clients where company_id = ${there.companyId}`).toHaveLength(3);
  expect((await here.expectCall(200, "GET", `/clients/${bakery.id}`)).name).toBe(bakery.name);
});

test("credits are parted where what they were used for is parted, and still add up on each side", async () => {
  const { here, there, sql } = await startMoving();
  const { id: clientId } = await here.client();
  const issued = async () => {
    const { id } = await draft(here, clientId);
    return await here.expectCall(200, "POST", `/invoices/${id}/mark-sent`);
  };
  const [paid, stays, goes] = [await issued(), await issued(), await issued()];
  // 250.00 for an invoice over 100.00: of the credit, 60.00 and 40.00 are used, 50.00 are left.
  await here.expectCall(200, "POST", `/invoices/${paid.id}/record-payment`, {
    amount: 25_000,
    payment_date: "2026-03-02",
  });
  const [credit] = await here.expectCall(200, "GET", "/credits");
  for (const [invoice, amount] of [
    [stays, 6_000],
    [goes, 4_000],
  ] as const) {
    const use = { invoice_id: invoice.id, amount };
    await here.expectCall(200, "POST", `/credits/${credit.id}/apply`, use);
  }
  const creditsOf = async ({ companyId }: Side) =>
    (
      await sql`
        select c.amount, c.remaining, c.invoice_id, c.payment_id is not null as is_of_payment,
          coalesce(sum(a.amount), 0)::int8 as used
        from credits c
        left join credit_applications a on a.company_id = c.company_id and a.credit_id = c.id
        where c.company_id = ${companyId}
        group by c.id, c.amount, c.remaining, c.invoice_id, c.payment_id
        order by c.amount
      `
    ).map((row) => ({ ...row }));

  // An invoice that was paid out of it takes that part along, and nothing else.
  const moved = await moveInvoice(here, there, goes.id);
  expect(moved).toMatchObject({ amount_paid: 4_000, amount_due: 6_000, status: "partial" });
  const part = { remaining: 0n, invoiceId: null, isOfPayment: false };
  expect(await creditsOf(there)).toEqual([{ ...part, amount: 4_000n, used: 4_000n }]);
  expect(await creditsOf(here)).toEqual([
    { amount: 11_000n, remaining: 5_000n, invoiceId: paid.id, isOfPayment: true, used: 6_000n },
  ]);

  // The invoice it came from takes what is left, and leaves what was used here.
  await moveInvoice(here, there, paid.id);
  expect(await creditsOf(here)).toEqual([{ ...part, amount: 6_000n, used: 6_000n }]);
  expect(await creditsOf(there)).toEqual([
    { ...part, amount: 4_000n, used: 4_000n },
    { amount: 5_000n, remaining: 5_000n, invoiceId: paid.id, isOfPayment: true, used: 0n },
  ]);
  const [payment] = await there.expectCall(200, "GET", `/invoices/${paid.id}/payments`);
  const taken = await there.call("DELETE", `/invoices/${paid.id}/payments/${payment.id}`);
  expect(taken.status).toBe(409);
  // What can be given back is what paid the invoice and what is left of the credit.
  expect(payment.credited).toBe(15_000);
  const refund = `/payments/${payment.id}/refund`;
  const tooMuch = await there.call("POST", refund, { amount: 15_001 });
  expect(tooMuch).toMatchObject({ status: 422 });
  await there.expectCall(201, "POST", refund, {});
  expect(await there.expectCall(200, "GET", `/invoices/${paid.id}`)).toMatchObject({
    amount_paid: 0,
    amount_due: 10_000,
  });
  expect(await here.story("credit", credit.id)).toEqual(["applied", "applied", "split", "split"]);

  // A credit that was used up on one side goes there whole.
  const [again, last] = [await issued(), await issued()];
  await here.expectCall(200, "POST", `/invoices/${again.id}/record-payment`, {
    amount: 13_000,
    payment_date: "2026-03-02",
  });
  const [next] = await here.expectCall(200, "GET", "/credits?filter[has_balance]=true");
  const all = { invoice_id: last.id, amount: 3_000 };
  await here.expectCall(200, "POST", `/credits/${next.id}/apply`, all);
  await moveInvoice(here, there, again.id);
  expect(await creditsOf(here)).toContainEqual({ ...part, amount: 3_000n, used: 3_000n });
  await moveInvoice(here, there, last.id);
  expect(await creditsOf(there)).toContainEqual({ ...part, amount: 3_000n, used: 3_000n });
  expect(await findDangling(sql)).toEqual([]);
});

test("what an invoice came from stays, and knows that it was billed", async () => {
  const { here, there, sql } = await startMoving();
  const { id: clientId } = await here.client();
  const quote = await here.expectCall(201, "POST", "/quotes", {
    client_id: clientId,
    line_items: [line("Consulting", 1, 10_000)],
  });
  await here.expectCall(200, "POST", `/quotes/${quote.id}/mark-sent`);
  const ofQuote = await here.expectCall(201, "POST", `/quotes/${quote.id}/convert-to-invoice`);
  await moveInvoice(here, there, ofQuote.id);
  expect(await here.expectCall(200, "GET", `/quotes/${quote.id}`)).toMatchObject({
    converted_to_invoice_id: null,
  });
  await here.expectCall(409, "POST", `/quotes/${quote.id}/convert-to-invoice`);
  const lines = [line("More", 1, 1)];
  await here.expectCall(409, "PUT", `/quotes/${quote.id}`, { line_items: lines });

  const series = await here.expectCall(201, "POST", "/recurring-invoices", {
    client_id: clientId,
    title: "Retainer",
    frequency: "monthly",
    start_date: "2026-03-02",
    line_items: [line("Retainer", 1, 10_000)],
  });
  const path = `/recurring-invoices/${series.id}`;
  const ofSeries = await here.expectCall(201, "POST", `${path}/generate`);
  expect(await moveInvoice(here, there, ofSeries.id)).toMatchObject({
    recurring_invoice_id: null,
    period_start: "2026-03-02",
    period_end: "2026-04-01",
  });
  expect(await here.expectCall(200, "GET", `${path}/occurrences`)).toMatchObject([
    { period_start: "2026-03-02", outcome: "moved", invoice_id: null, reason: null },
  ]);
  // Its period is not billed twice.
  const back = await here.call("PUT", path, { next_generate_date: "2026-03-02" });
  expect(back).toMatchObject({
    status: 422,
    body: { errors: { next_generate_date: [expect.anything()] } },
  });

  // Billed time and expenses go along, without their project; what they were for stays.
  const project = await here.expectCall(201, "POST", "/projects", {
    client_id: clientId,
    name: "Website",
  });
  const service = await here.expectCall(201, "POST", "/services", { name: "Development" });
  const entry = await here.expectCall(201, "POST", "/time-entries", {
    project_id: project.id,
    service_id: service.id,
    date: "2026-03-02",
    duration: 3_600,
    hourly_rate: 12_000,
  });
  const { id } = await draft(here, clientId);
  await here.expectCall(200, "POST", `/invoices/${id}/import-time`, { time_entry_ids: [entry.id] });
  const { client_id: clientThere } = await moveInvoice(here, there, id);
  expect(await there.expectCall(200, "GET", `/time-entries/${entry.id}`)).toMatchObject({
    client_id: clientThere,
    project_id: null,
    service_id: null,
    invoice_id: id,
  });
  await there.expectCall(200, "POST", `/invoices/${id}/void`);
  expect(await there.expectCall(200, "GET", "/time-entries/unbilled")).toHaveLength(1);
  expect(await findDangling(sql)).toEqual([]);
  expect(Object.keys(await countMovable(sql, here.companyId))).not.toContain("time_entries");
});

test("tags, category and tax rates are those of the same name there, made where there are none", async () => {
  const { here, there, sql } = await startMoving();
  const client = await here.client({ tags: ["Key account"] });
  const filed = {
    category_id: (await here.expectCall(201, "POST", "/categories", { name: "Retainers" })).id,
  };
  const tagged = await here.expectCall(201, "POST", "/invoices", {
    client_id: client.id,
    ...filed,
    line_items: [line("Consulting", 1, 10_000)],
  });
  const rush = { tags: ["Rush", "Key account"] };
  await here.expectCall(200, "PUT", `/invoices/${tagged.id}/tags`, rush);
  await there.expectCall(201, "POST", "/tags", { name: "RUSH" });
  for (const { companyId } of [here, there, here]) {
    await sql`
      insert into tax_rates (company_id, name, rate, created_at, updated_at)
      values (${companyId}, 'VAT', 1900, now(), now())
    `;
  }
  await sql`
    insert into invoice_taxes (company_id, invoice_id, position, tax_rate_id, name, rate, amount)
    select ${here.companyId}, ${tagged.id}, row_number() over (order by id), id, name, rate, 0
    from tax_rates where company_id = ${here.companyId}
  `;
  await sql`
    update invoice_lines set tax_rate_id = (
      select min(id) from tax_rates where company_id = ${here.companyId}
    )
    where invoice_id = ${tagged.id}
  `;
  await here.expectCall(200, "POST", `/clients/${client.id}/move`, {
    target_company_id: there.companyId,
  });
  const invoice = await there.expectCall(200, "GET", `/invoices/${tagged.id}`);
  expect(invoice.tags).toEqual(["Key account", "RUSH"]);
  expect(invoice.category_id).not.toBe(filed.category_id);
  expect(await there.expectCall(200, "GET", `/categories/${invoice.category_id}`)).toMatchObject({
    name: "Retainers",
  });
  expect(await there.expectCall(200, "GET", `/clients/${client.id}`)).toMatchObject({
    tags: ["Key account"],
  });
  // Two rates that cannot be told apart stay two.
  const rates = await sql`select tax_rate_id from invoice_taxes order by position`;
  const known =
    await sql`select id from tax_rates where company_id = ${there.companyId} order by id`;
  expect(rates.map((row) => row["taxRateId"])).toEqual(known.map((row) => row["id"]));
  const [billed] = await sql`select tax_rate_id from invoice_lines`;
  expect(billed!["taxRateId"]).toBe(known[0]!["id"]);
  expect(await findDangling(sql)).toEqual([]);
});
