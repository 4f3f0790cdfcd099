import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canonicalJson, canonicalSha256 } from "../../../src/actions/proof-pack.ts";
import { verifyFile } from "../../../src/actions/verify-file.ts";
import { textOfPdf } from "../../support/pdf-text.ts";
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
  await writeFile(path, lines.filter((line) => !line.includes('"notes":"Design')).join("\n"));
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
