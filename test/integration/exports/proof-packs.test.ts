import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canonicalJson, canonicalSha256 } from "../../../src/actions/proof-pack.ts";
import { verifyFile } from "../../../src/actions/verify-file.ts";
import { chargeLateFees } from "../../../src/actions/charge-late-fees.ts";
import { getNightCompany } from "../../../src/db/night-companies.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { textOfPdf } from "../../support/pdf-text.ts";
import { line } from "../invoices/start-invoicing.ts";
import { startWork } from "../billable-work/start-work.ts";

test("a proof pack holds what stands behind an invoice, and a digest of each part", async () => {
  const api = await startWork();
  const { call, ask, expectCall, project, worked, draft, tokenWith, signUp, defer } = api;
  const { id: projectId } = await project();
  const entry = await worked({ project_id: projectId, notes: "Design of the shop" });
  const { id } = await draft();
  await expectCall(200, "POST", `/invoices/${id}/import-time`, { time_entry_ids: [entry.id] });
  await expectCall(200, "POST", `/invoices/${id}/mark-sent`);
  await expectCall(201, "POST", `/invoices/${id}/payments`, {
    amount: 1000,
    payment_date: "2026-03-02",
    reference: "WIRE-1",
  });

  const reply = await call("GET", `/proof-packs?invoiceId=${id}`);
  expect(reply.status).toBe(200);
  const { data, meta } = reply.body;
  expect(reply.text).toBe(canonicalJson(reply.body));
  expect(data.parts).toMatchObject({
    invoice: [{ id, status: "partial", amount_paid: 1000 }],
    time_entries: [{ id: entry.id, seconds: 3600, notes: "Design of the shop" }],
    payments: [{ amount: 1000, reference: "WIRE-1" }],
    refunds: [],
    activity: expect.arrayContaining([expect.objectContaining({ type: "payment.received" })]),
  });
  for (const [name, part] of Object.entries(data.parts)) {
    expect(canonicalSha256(part), name).toBe(data.digests[name]);
  }
  expect(meta.sha256).toBe(canonicalSha256(data));
  const digest = createHash("sha256").update(reply.bytes).digest("hex");
  expect(reply.headers.get("x-billabled-export-sha256")).toBe(digest);
  expect((await call("GET", `/proof-packs?invoiceId=${id}`)).bytes.equals(reply.bytes)).toBe(true);

  const pdf = await call("GET", `/proof-packs?invoiceId=${id}`, undefined, {
    headers: { accept: "application/pdf" },
  });
  expect(pdf.headers.get("content-type")).toBe("application/pdf");
  const text = textOfPdf(pdf.bytes).flat().join("\n");
  for (const words of ["PROOF PACK", "Design of the shop", "WIRE-1", meta.sha256]) {
    expect(text).toContain(words);
  }

  // A reader checks a saved pack alone; one changed byte shows where.
  const path = join(tmpdir(), `nightledger-pack-${process.pid}.json`);
  defer(async () => await rm(path, { force: true }));
  await writeFile(path, reply.bytes);
  expect(await verifyFile(path)).toMatchObject({
    kind: "proof pack",
    sha256: digest,
    isWhole: true,
  });
  await writeFile(path, reply.text.replace('"seconds":3600', '"seconds":3601'));
  const changed = await verifyFile(path);
  expect(changed.isWhole).toBe(false);
  expect(changed.parts.filter(({ isRight }) => !isRight)).toEqual([
    { name: "time_entries", isRight: false },
  ]);

  const saved = await call("GET", "/export");
  await writeFile(path, saved.bytes);
  const whole = await verifyFile(path);
  expect(whole).toMatchObject({ kind: "export", isWhole: true });
  expect(whole.parts).toContainEqual({ name: "time_entries", isRight: true, rows: 1 });
  const lines = (await readFile(path, "utf8")).split("\n");
  await writeFile(path, lines.filter((each) => !each.includes('"notes":"Design')).join("\n"));
  expect((await verifyFile(path)).parts.filter(({ isRight }) => !isRight)).toEqual([
    { name: "time_entries", isRight: false, rows: 0 },
  ]);
  await writeFile(path, saved.bytes.subarray(0, saved.bytes.length / 2));
  expect(await verifyFile(path)).toMatchObject({ kind: "export", isWhole: false });

  const narrow = await tokenWith(["invoices:read"]);
  const refused = await ask("GET", `/api/v1/proof-packs?invoiceId=${id}`, { token: narrow });
  expect([refused.status, refused.text]).toEqual([
    403,
    expect.stringContaining("proof-packs:read"),
  ]);
  const stranger = await signUp({ company: {} });
  const foreign = await ask("GET", `/api/v1/proof-packs?invoiceId=${id}`, {
    token: stranger.token,
  });
  expect(foreign.status).toBe(404);
});

test("the PDF of a proof pack leads from the lines to what is due as the invoice's own does", async () => {
  const api = await startWork();
  const { call, expectCall, issued, sql, companyId, clientId, clock } = api;
  await expectCall(200, "PUT", "/settings/late-fees", {
    late_fee_type: "flat",
    late_fee_value: 2500,
    late_fee_days: 0,
  });
  const { id: gst } = await expectCall(201, "POST", "/tax-rates", { name: "GST", rate: 500 });
  const { id } = await issued({
    issue_date: "2026-01-01",
    due_date: "2026-01-15",
    tax_type: "summary",
    tax_rate_ids: [gst],
    discount_type: "percentage",
    discount_value: 10,
    line_items: [line("Design", 1, 50_000), line("Build", 2, 10_000)],
  });
  await expectCall(201, "POST", `/invoices/${id}/adjustments`, {
    description: "Rounded down",
    amount: -85,
  });
  const company = await getNightCompany(sql, companyId);
  const night = { businessDate: "2026-03-01", now: clock.now(), after: null, limit: 10 };
  await inTransaction(sql, (tx) => chargeLateFees(tx, { company, ...night }));
  const payment = await expectCall(201, "POST", `/invoices/${id}/payments`, {
    amount: 20_000,
    payment_date: "2026-03-02",
  });
  await expectCall(201, "POST", `/payments/${payment.id}/refund`, {
    amount: 5_000,
    reason: "Paid twice",
  });
  const credit = await expectCall(201, "POST", "/credits", {
    client_id: clientId,
    type: "credit_note",
    amount: 700,
    date: "2026-03-01",
  });
  await expectCall(200, "POST", `/credits/${credit.id}/apply`, { invoice_id: id, amount: 700 });

  const printed = async (path: string) => {
    const reply = await call("GET", path, undefined, { headers: { accept: "application/pdf" } });
    return textOfPdf(reply.bytes);
  };
  const own = (await printed(`/invoices/${id}/pdf`)).flat();
  const pages = await printed(`/proof-packs?invoiceId=${id}`);
  const pack = pages.flat();
  const sums = between(pack, "Description", "Amount due (USD)");
  expect(sums).toEqual(between(own, "Description", "Amount due (USD)"));
  for (const [name, amount] of [
    ["Subtotal", "$700.00"],
    ["Discount", "-$70.00"],
    ["GST 5%", "$31.50"],
    ["Rounded down", "-$0.85"],
    ["Late fee", "$25.00"],
    ["Total", "$685.65"],
    ["Paid", "-$157.00"],
    ["Amount due (USD)", "$528.65"],
  ] as const) {
    expect(sums[sums.indexOf(name) + 1], name).toBe(amount);
  }
  // What was paid is told by payments, what was given back, and credits.
  expect(between(pack, "What was paid", "$200.00")).toContain("2026-03-02");
  expect(between(pack, "What was given back", "$50.00")).toContain("Paid twice");
  expect(between(pack, "Credits that were used", "$7.00")).toContain(`credit ${credit.id}`);

  // The digests stand together, behind all else.
  const { data, meta } = (await call("GET", `/proof-packs?invoiceId=${id}`)).body;
  expect(pages.length).toBeGreaterThan(1);
  const last = pages.at(-1) ?? [];
  expect(last).toEqual(
    expect.arrayContaining([
      "Digests of the pack (SHA-256)",
      meta.sha256,
      ...Object.values(data.digests),
    ]),
  );

  const { id: byLine } = await issued({
    line_items: [
      line("Build", 2, 10_000, { discount_type: "percentage", discount_value: 25 }),
      line("Print", 1, 3_000, { discount_type: "fixed", discount_value: 1_000 }),
    ],
  });
  const lines = (await printed(`/proof-packs?invoiceId=${byLine}`)).flat();
  expect(between(lines, "Description", "Subtotal").join(" ")).toBe(
    "Description Quantity Unit price Discount Amount Build 2 $100.00 25% $200.00 " +
      "Print 1 $30.00 $10.00 $30.00 Subtotal $230.00",
  );
  expect(between(lines, "Subtotal", "Total").join(" ")).toBe(
    "Subtotal $230.00 Discount -$60.00 Total $170.00",
  );
});

/** From one text to the one behind another. */
function between(texts: string[], first: string, last: string): string[] {
  const from = texts.indexOf(first);
  return texts.slice(from, texts.indexOf(last, from) + 2);
}

// RFC 8785, section 3.2.2 and 3.2.3: the document's own examples.
test("canonical JSON is that of RFC 8785", () => {
  const given = {
    numbers: JSON.parse("[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]"),
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
    literals: [null, true, false],
  };
  expect(canonicalJson(given)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
  const keys = {
    "\u20ac": 1,
    "\r": 2,
    "\ufb33": 3,
    "1": 4,
    "\ud83d\ude00": 5,
    "\u0080": 6,
    "\u00f6": 7,
  };
  expect(Object.values(JSON.parse(canonicalJson(keys)) as object)).toHaveLength(7);
  expect(canonicalJson(keys)).toBe(
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\ud83d\ude00":5,"\ufb33":3}',
  );
});
