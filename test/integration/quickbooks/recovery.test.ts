import { expect, test } from "vitest";
import { REALM } from "../../../sandbox/quickbooks/quickbooks.ts";
import { line, startPushing } from "./start-pushing.ts";

const PATH = `/v3/company/${REALM}`;

/** An invoice whose customer, item and payment are new there, too. */
async function newInvoice(
  { need, issued }: Pick<Awaited<ReturnType<typeof startPushing>>, "need" | "issued">,
  name: string,
) {
  const client = await need("POST", "/clients", { name });
  const service = await need("POST", "/services", { name: `Work for ${name}` });
  const invoice = await issued({
    client_id: client.id,
    line_items: [line("Work", 1, 10_000, { service_id: service.id })],
  });
  await need("POST", `/invoices/${invoice.id}/record-payment`, {
    amount: 4_000,
    payment_date: "2026-03-01",
  });
  return invoice;
}

test("I1: a process that dies between QuickBooks' commit and our record leaves exactly one of each", async () => {
  const pushing = await startPushing();
  const { sql, need, push, books } = pushing;
  // What stands for the kill: our record of what QuickBooks has done is undone, once.
  await sql`create sequence deaths`;
  await sql`
    create function die() returns trigger language plpgsql as $$
    begin
      if starts_with(new.kind, tg_argv[0]) then
        if nextval('deaths') = 1 then raise exception 'killed'; end if;
      end if;
      return new;
    end $$
  `;
  const dying = async (kind: string, work: () => Promise<unknown>) => {
    await sql`alter sequence deaths restart`;
    await sql.unsafe(
      `create trigger die before insert on external_refs for each row execute function die('${kind}')`,
    );
    await work();
    const [{ deaths } = { deaths: 0 }] = await sql<{ deaths: number }[]>`
      select case when is_called then last_value else 0 end::int as deaths from deaths
    `;
    expect(deaths, kind).toBeGreaterThan(0);
    await sql`drop trigger die on external_refs`;
  };
  const kinds = ["customer", "item", "invoice", "payment"];
  for (const [index, kind] of kinds.entries()) {
    const invoice = await newInvoice(pushing, `Client ${index}`);
    await dying(kind, async () => await push(invoice.id));
    const count = index + 1;
    expect(
      [books.Customer, books.Item, books.Invoice, books.Payment].map((book) => book.length),
      kind,
    ).toEqual([count, count, count, count]);
    expect(books.Invoice.at(-1), kind).toMatchObject({ TotalAmt: 100, Balance: 60 });
  }

  // Changes, refunds and voids are done once in their effect.
  const invoice = await newInvoice(pushing, "Last");
  await push(invoice.id);
  await need("PUT", `/invoices/${invoice.id}`, { due_date: "2031-01-31" });
  await dying("invoice", async () => await push(invoice.id));
  expect(books.Invoice.at(-1)).toMatchObject({ DueDate: "2031-01-31", Balance: 60 });
  const [paid] = await need("GET", `/invoices/${invoice.id}/payments`);
  await need("POST", `/payments/${paid.id}/refund`, {});
  await dying("payment", async () => await push(invoice.id));
  expect(books.Payment.at(-1)).toMatchObject({ TotalAmt: 0, PrivateNote: "Voided" });
  await need("POST", `/invoices/${invoice.id}/void`);
  await dying("invoice", async () => await push(invoice.id));
  expect(books.Invoice.at(-1)).toMatchObject({ TotalAmt: 0, PrivateNote: "Voided" });
  expect([books.Invoice, books.Payment].map((book) => book.length)).toEqual([5, 5]);
  const [owed] = await sql`
    select count(*)::int as count from quickbooks_creations where body is not null
  `;
  expect(owed).toEqual({ count: 0 });
});

test("I1: an answer that is lost is looked for before anything is sent again", async () => {
  const pushing = await startPushing();
  const { push, books, sandbox } = pushing;
  const faults = [
    { path: "batch", posts: 2, fault: { kind: "drop" } },
    { path: "batch", posts: 1, fault: { kind: "drop", after: true } },
    { path: "invoice", posts: 2, fault: { kind: "drop" } },
    { path: "invoice", posts: 1, fault: { kind: "status", status: 504, after: true } },
    { path: "payment", posts: 2, fault: { kind: "drop" } },
    { path: "payment", posts: 1, fault: { kind: "malformed" } },
  ] as const;
  for (const [index, { path, posts, fault }] of faults.entries()) {
    const label = `${path} ${JSON.stringify(fault)}`;
    const invoice = await newInvoice(pushing, `Client ${index}`);
    const from = sandbox.requests().length;
    sandbox.fault({ match: { method: "POST", path: `${PATH}/${path}` }, fault });
    await push(invoice.id);
    const count = index + 1;
    expect(
      [books.Customer, books.Item, books.Invoice, books.Payment].map((book) => book.length),
      label,
    ).toEqual([count, count, count, count]);
    // Whatever was sent twice was the same, word for word; what was done was not sent twice.
    const sent = sandbox
      .requests()
      .slice(from)
      .filter((each) => each.method === "POST" && each.path.endsWith(path));
    expect(new Set(sent.map(({ body }) => body)).size, label).toBe(1);
    expect(sent.length, label).toBe(posts);
  }
  expect(sandbox.problems()).toEqual([]);
});

test("several invoices go in batches; one that is refused holds up no other; a batch half done is finished", async () => {
  const { sql, need, push, issued, books, sandbox, writes, ended, eventually } =
    await startPushing();
  const ids: number[] = [];
  for (let number = 0; number < 6; number += 1) {
    const { id } = await issued({ line_items: [line("Work", 1, 1_000 + number)] });
    ids.push(id);
  }
  books.Invoice.push({
    Id: "90",
    SyncToken: "0",
    DocNumber: (await need("GET", `/invoices/${ids[1]}`)).invoice_number,
  });
  expect(await push(...ids)).toMatchObject({ created: 5, waiting: 1 });
  expect(writes()).toEqual(["batch", "batch"]);
  expect(books.Invoice.slice(1).map(({ TotalAmt }) => TotalAmt)).toEqual([
    10, 10.02, 10.03, 10.04, 10.05,
  ]);

  // The answer is lost, and a part of the batch was not done: seen only once it cannot be under way.
  const more: number[] = [];
  for (let number = 0; number < 3; number += 1) more.push((await issued()).id);
  const queries = {
    match: { path: `${PATH}/query` },
    fault: { kind: "status", status: 503 },
  } as const;
  sandbox.fault({ match: { path: `${PATH}/batch` }, fault: { kind: "drop", after: true } });
  sandbox.fault({ ...queries, times: 1_000 });
  const run = await need("POST", "/integrations/quickbooks/push", { invoice_ids: more });
  await eventually(async () => books.Invoice.length === 9);
  books.Invoice.splice(7, 1);
  sandbox.clearFaults();
  await eventually(async () => {
    const { reason } = await need("GET", `/runs/${run.id}`);
    return reason === "QuickBooks: a batch may be under way";
  });
  expect(books.Invoice).toHaveLength(8);
  await sql`update quickbooks_creations set asked_at = now() - interval '3 minutes' where body is not null`;
  await sql`update job_runs set available_at = now() where id = ${run.id}`;
  await sql`update run_feed set available_at = now() where run_id = ${run.id}`;
  expect(await ended(run.id)).toMatchObject({ status: "succeeded" });
  expect(books.Invoice).toHaveLength(9);
  expect(new Set(books.Invoice.map(({ DocNumber }) => DocNumber)).size).toBe(9);
});

test("two workers at once: one customer, one item, one invoice, one payment", async () => {
  const pushing = await startPushing();
  const { need, books, sandbox, ended } = pushing;
  const invoice = await newInvoice(pushing, "Twice");
  for (const path of ["batch", "invoice", "payment"]) {
    sandbox.fault({ match: { path: `${PATH}/${path}` }, fault: { kind: "delay", ms: 150 } });
  }
  const runs = await Promise.all(
    [0, 1, 2].map(
      async () =>
        await need("POST", "/integrations/quickbooks/push", { invoice_ids: [invoice.id] }),
    ),
  );
  for (const run of runs) expect(await ended(run.id)).toMatchObject({ status: "succeeded" });
  expect(
    [books.Customer, books.Item, books.Invoice, books.Payment].map((book) => book.length),
  ).toEqual([1, 1, 1, 1]);
  expect(books.Invoice).toMatchObject([{ Balance: 60 }]);
});
