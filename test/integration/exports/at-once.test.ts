import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { z } from "zod";
import { columnsOf, exportResources } from "../../../src/db/export-rows.ts";
import { startWork } from "../billable-work/start-work.ts";

const Export = z.object({
  format: z.literal("nightledger-export/2"),
  company_id: z.int(),
  filters: z.record(z.string(), z.unknown()),
  resources: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
  digests: z.record(z.string(), z.object({ rows: z.int(), sha256: z.string() })),
  sha256: z.string(),
});

/** Records of RFC 4180: fields by comma, records by CRLF, quotes doubled. */
function parseCsv(text: string): string[][] {
  expect(text.endsWith("\r\n")).toBe(true);
  const records: string[][] = [[]];
  for (const [, quoted, bare = "", end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    records.at(-1)!.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === "\r\n") records.push([]);
  }
  expect(records.pop()).toEqual([]);
  return records;
}

test("rows of any length are exported again and again, by as many requests as come", async () => {
  const { call, sql, companyId } = await startWork();
  await sql`update clients set notes = repeat('n', 700) where company_id = ${companyId}`;
  // One more client each time, so that the last piece of the database's answer has every size up to 40 kB.
  for (let count = 1; count <= 50; count += 1) {
    await sql`
      insert into clients (company_id, name, currency, notes, created_at, updated_at)
      select company_id, 'Client ' || ${count}, currency, notes, created_at, updated_at
      from clients where company_id = ${companyId} order by id limit 1
    `;
    const paths = ["/export?resource=clients", "/export?format=csv&resource=clients", "/export"];
    const answers = await Promise.all(paths.map((path) => call("GET", path)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(Export.parse(JSON.parse(answers[2]!.text)).digests["clients"]?.rows).toBe(count + 1);
  }
});

test("a company's records are a file with a digest: the same records, the same bytes", async () => {
  const { call, expectCall, clientId, project, worked, companyId, signUp, ask } = await startWork();
  const { id: projectId } = await project({ name: '=HYPERLINK("http://x","y")' });
  const entry = await worked({ project_id: projectId, notes: '+1, "two"\r\nthree' });
  await worked({ date: "2026-01-01", notes: "＝1" });
  await expectCall(201, "POST", "/quotes", {
    client_id: clientId,
    line_items: [{ description: "@cmd", quantity: 1.5, unit_price: 1000 }],
  });

  const whole = await call("GET", "/export");
  expect(whole.status).toBe(200);
  const digest = createHash("sha256").update(whole.bytes).digest();
  expect(Object.fromEntries(whole.headers)).toMatchObject({
    "content-type": "application/json; charset=utf-8",
    "content-disposition": 'attachment; filename="export-all.json"',
    "repr-digest": `sha-256=:${digest.toString("base64")}:`,
    "x-billabled-export-sha256": digest.toString("hex"),
  });
  const json = Export.parse(JSON.parse(whole.text));
  expect(json.company_id).toBe(companyId);
  expect(Object.keys(json.resources)).toEqual([...exportResources]);
  expect(json.resources["time_entries"]).toMatchObject([
    { id: entry.id, project_id: projectId, seconds: 3600, notes: '+1, "two"\r\nthree' },
    { date: "2026-01-01", is_billable: true, created_at: "2026-03-02T09:00:00.000000Z" },
  ]);
  expect(json.resources["quote_lines"]).toMatchObject([
    { quantity: "1.5000", unit_price: "1000.000000", amount: 1500 },
  ]);
  // Anyone can check one part alone: its rows, a line feed after each.
  const [, part = ""] = /"time_entries":\[\n([^]*?)\n\]/.exec(whole.text) ?? [];
  const lines = part.split("\n").map((line) => `${line.replace(/,$/, "")}\n`);
  expect(json.digests["time_entries"]).toEqual({
    rows: 2,
    sha256: createHash("sha256").update(lines.join("")).digest("hex"),
  });
  for (const [name, rows] of Object.entries(json.resources)) {
    for (const row of rows) expect(Object.keys(row).join(" "), name).toBe(keysOf(name));
  }
  expect((await call("GET", "/export")).bytes.equals(whole.bytes)).toBe(true);

  const csv = await call("GET", "/export?format=csv&resource=time_entries");
  expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
  const [head = [], ...rows] = parseCsv(csv.text);
  expect(head.join(" ")).toBe(keysOf("time_entries"));
  // What a spreadsheet would take for a formula is text; all else is as it was.
  const notes = rows.map((row) => row[head.indexOf("notes")]);
  expect(notes).toEqual(['\'+1, "two"\r\nthree', "'＝1"]);
  expect(rows[0]?.[head.indexOf("is_billable")]).toBe("true");

  // All of them side by side: every record has as many fields as the header.
  const all = parseCsv((await call("GET", "/export?format=csv")).text);
  expect(all[0]?.[0]).toBe("resource");
  expect(new Set(all.map((record) => record.length))).toEqual(new Set([all[0]!.length]));
  expect(all.map((record) => record[0])).toContain("quotes");
  expect(all.flat()).toContain('\'=HYPERLINK("http://x","y")');

  // Nobody else's.
  const stranger = await signUp({ company: {} });
  const theirs = await ask("GET", "/api/v1/export", { token: stranger.token });
  expect(Export.parse(theirs.body).digests["clients"]?.rows).toBe(0);
  const foreign = await ask("GET", `/api/v1/export?projectId=${projectId}`, {
    token: stranger.token,
  });
  expect(foreign.status).toBe(404);
});

test("an export is narrowed by project, client and days; what cannot be is refused by name", async () => {
  const { call, expectInvalid, clientId, expectCall, project, worked, issued, draft } =
    await startWork();
  const [one, two] = [await project(), await project({ name: "Shop" })];
  await worked({ project_id: one.id, date: "2026-02-28" });
  const billed = await worked({ project_id: two.id, date: "2026-03-01" });
  const plain = await issued();
  const invoice = await draft();
  await expectCall(200, "POST", `/invoices/${invoice.id}/import-time`, {
    time_entry_ids: [billed.id],
  });
  const other = await expectCall(201, "POST", "/clients", { name: "Other" });
  const get = async (query: string) => {
    const reply = await call("GET", `/export?${query}`);
    expect({ status: reply.status, text: reply.text }).toMatchObject({ status: 200 });
    return Export.parse(reply.body);
  };

  const ofProject = await get(`projectId=${two.id}`);
  expect(idsOf(ofProject, "time_entries")).toEqual([billed.id]);
  // The invoice that bills work on it, and no other.
  expect(idsOf(ofProject, "invoices")).toEqual([invoice.id]);
  expect(idsOf(await get("resource=invoices"), "invoices")).toEqual([plain.id, invoice.id]);
  // Clients and services belong to no project.
  expect(Object.keys(ofProject.resources)).toEqual([
    "projects",
    "tasks",
    "time_entries",
    "expenses",
    "invoices",
    "invoice_lines",
    "payments",
    "refunds",
  ]);
  const ofClient = await get(`clientId=${other.id}`);
  expect([idsOf(ofClient, "clients"), idsOf(ofClient, "invoices")]).toEqual([[other.id], []]);
  const days = await get("from=2026-03-01&to=2026-03-01&resource=time_entries");
  expect(idsOf(days, "time_entries")).toEqual([billed.id]);
  expect(idsOf(await get("from=2026-03-01"), "clients")).toEqual([clientId, other.id]);

  await expectInvalid("projectId", "GET", `/export?resource=services&projectId=${one.id}`);
  await expectInvalid("from", "GET", "/export?resource=clients&from=2026-01-01");
  await expectInvalid("to", "GET", "/export?from=2026-02-01&to=2026-01-01");
  await expectInvalid("format", "GET", "/export?format=xml");
  await expectInvalid("resource", "GET", "/export?resource=users");
  expect((await call("GET", "/export?clientId=999999")).status).toBe(404);
});

function idsOf({ resources }: z.infer<typeof Export>, name: string): unknown[] | undefined {
  return resources[name]?.map((row) => row["id"]);
}

function keysOf(name: string): string {
  const resource = exportResources.find((each) => each === name);
  if (resource === undefined) throw new Error(`no resource ${name}`);
  return columnsOf(resource).join(" ");
}
