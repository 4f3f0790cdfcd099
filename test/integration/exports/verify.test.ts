import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { canonicalJson } from "../../../src/actions/proof-pack.ts";
import { runCommand } from "../../../src/cli/run-command.ts";
import { startWork } from "../billable-work/start-work.ts";

/** A company's export and the proof pack of an invoice of its, and `nightledger verify` for any bytes. */
async function startSaved() {
  const api = await startWork();
  const { call, expectCall, project, worked, draft } = api;
  const { id: projectId } = await project({ name: "Line\u2028separator" });
  const entries = [
    await worked({ project_id: projectId, notes: "Design of the shop" }),
    await worked({ project_id: projectId, notes: "Nightly work" }),
  ];
  const { id } = await draft();
  await expectCall(200, "POST", `/invoices/${id}/import-time`, {
    time_entry_ids: entries.map((entry) => entry.id),
  });
  await expectCall(200, "POST", `/invoices/${id}/mark-sent`);
  const saved = await call("GET", "/export");
  const pack = await call("GET", `/proof-packs?invoiceId=${id}`);
  const pdf = await call("GET", `/proof-packs?invoiceId=${id}`, undefined, {
    headers: { accept: "application/pdf" },
  });
  const csv = await call("GET", "/export?format=csv");

  const folder = await mkdtemp(join(tmpdir(), "nightledger-verify-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const path = join(folder, "file");
  const verify = async (bytes: Buffer | string, ...flags: string[]) => {
    await writeFile(path, bytes);
    let said = "";
    const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      said += String(text);
      return true;
    });
    try {
      return { code: await runCommand(["verify", path, ...flags]), said };
    } finally {
      stdout.mockRestore();
    }
  };
  return { ...api, saved, pack, pdf, csv, verify };
}

/** What an older release wrote of the same records. */
function asFirstFormat(text: string): string {
  return text.replace("-export/2", "-export/1").replace(/,"sha256":"[0-9a-f]{64}"\}\n$/, "}\n");
}

function swapped(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, () => to);
  expect(changed, String(from)).not.toBe(text);
  return changed;
}

const NONE_OF_OURS: [name: string, bytes: Buffer | string][] = [
  ["empty", ""],
  ["empty object", "{}"],
  ["null", "null"],
  ["text", "It holds no digest.\n"],
  ["PNG", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
  ["answer of the API", '{"data":[{"id":1}],"meta":{"total":1}}'],
  ["other format", '{"format":"nightledger-exporter/1"}'],
];

test("only a whole export or proof pack passes; every other file is told of, and why", async () => {
  const { saved, pack, pdf, csv, verify } = await startSaved();
  const { text } = pack;

  expect(await verify(pack.bytes)).toMatchObject({
    code: 0,
    said: expect.stringMatching(/proof pack: whole\n$/),
  });
  expect(await verify(saved.bytes)).toMatchObject({
    code: 0,
    said: expect.stringMatching(/export: whole\n$/),
  });

  for (const [name, bytes] of [...NONE_OF_OURS, ["PDF", pdf.bytes], ["CSV", csv.bytes]] as const) {
    const { code, said } = await verify(bytes);
    expect(code, name).toBe(1);
    expect(said, name).toMatch(/wrong: .+\nsha256 [0-9a-f]{64}\nfile: NOT CHECKED\n$/);
    // Of any file, the digest it came with tells.
    const digest = createHash("sha256").update(bytes).digest("hex");
    const told = await verify(bytes, "--sha256", digest.toUpperCase());
    expect(told, name).toMatchObject({
      code: 0,
      said: expect.stringMatching(/as expected\nfile: as expected\n$/),
    });
    expect((await verify(`${bytes.toString()} `, "--sha256", digest)).code, name).toBe(1);
  }

  const { data, meta } = pack.body;
  const numbers = /"amount":(\d+)/;
  const [, amount = ""] = numbers.exec(text) ?? [];
  const noUtf8 = Buffer.from(pack.bytes);
  noUtf8[noUtf8.indexOf("Design")] = 0xff;
  const changedPacks: [name: string, bytes: Buffer | string, why: RegExp][] = [
    ["cut in half", text.slice(0, text.length / 2), /no JSON/],
    ["a byte shorter", text.slice(0, -1), /no JSON/],
    ["broken JSON", swapped(text, '"parts":', '"parts";'), /no JSON/],
    ["more after it", `${text} {}`, /no JSON/],
    ["a BOM", `\uFEFF${text}`, /no JSON/],
    ["other format", swapped(text, "proof-pack/1", "proof-pack/9"), /data\.format/],
    ["no format", swapped(text, "nightledger-proof-pack/1", "x"), /data\.format/],
    ["a final line feed", `${text}\n`, /from byte \d+ on/],
    ["pretty-printed", JSON.stringify(pack.body, null, 2), /from byte 2 on/],
    ["keys in another order", JSON.stringify({ meta, data }), /from byte 3 on/],
    [
      "a doubled key",
      swapped(text, "{", '{"data":{"parts":{"invoice":[{"total":1}]}},'),
      /canonical/,
    ],
    ["a number with a fraction", swapped(text, numbers, `"amount":${amount}.0`), /canonical/],
    [
      "a number beyond precision",
      swapped(text, numbers, `"amount":${amount}.00000000000000000001`),
      /canonical/,
    ],
    ["an escaped key", swapped(text, '"amount":', '"\\u0061mount":'), /canonical/],
    ["bytes that are no UTF-8", noUtf8, /lines +CHANGED/],
    ["nested without end", swapped(text, '"parts":{', `"parts":{"x":${nested(50_000)},`), /deep/],
    ["a key at the top", canonicalJson({ ...pack.body, added: 1 }), /Unrecognized key: "added"/],
    [
      "a key in meta",
      canonicalJson({ data, meta: { ...meta, added: 1 } }),
      /meta: Unrecognized key: "added"/,
    ],
    [
      "a part without digest",
      canonicalJson({ data: { ...data, parts: { ...data.parts, toString: [] } }, meta }),
      /toString +CHANGED/,
    ],
    [
      "the company",
      canonicalJson({ data: { ...data, company: { ...data.company, name: "Other" } }, meta }),
      /company/,
    ],
  ];
  for (const [name, bytes, why] of changedPacks) {
    const { code, said } = await verify(bytes);
    expect({ name, code }).toEqual({ name, code: 1 });
    expect(said, name).toMatch(why);
    expect(said, name).toMatch(/proof pack: CHANGED\n$/);
  }

  const { said } = await verify(text.slice(0, -1), "--json");
  expect(JSON.parse(said)).toMatchObject({
    kind: "proof pack",
    is_whole: false,
    is_expected: null,
    faults: [expect.stringContaining("no JSON")],
    not_covered: null,
  });
});

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

test("an export's digests cover all of it, or verify says what they do not", async () => {
  const { saved, companyId, verify } = await startSaved();
  const { text } = saved;
  const company = `"company_id":${companyId},"filters"`;
  const [, sealed = "", end = ""] = /^([^]*),"sha256":"([0-9a-f]{64})"\}\n$/.exec(text) ?? [];
  expect(createHash("sha256").update(sealed).digest("hex")).toBe(end);

  const inBoth: [name: string, change: (text: string) => string, why: RegExp][] = [
    ["no final line feed", (all) => all.slice(0, -1), /line \d+/],
    ["cut in half", (all) => all.slice(0, all.length / 2), /cut off/],
    ["CRLF", (all) => all.replaceAll("\n", "\r\n"), /line 1 /],
    ["a BOM", (all) => `\uFEFF${all}`, /line 1 /],
    ["more after it", (all) => `${all}{}\n`, /line \d+/],
    ["a doubled key in its head", (all) => all.replace("{", '{"company_id":1,'), /line 1 /],
    ["a key in its head", (all) => all.replace(company, `"added":1,${company}`), /line 1 /],
    ["a space in its head", (all) => all.replace(company, ` ${company}`), /line 1 /],
    ["a doubled part", (all) => swapped(all, '"clients":[', '"tasks":[\n],\n"clients":['), /tasks/],
    ["no comma", (all) => swapped(all, /\},\n\{/, "}\n{"), /line \d+/],
    [
      "a row",
      (all) => swapped(all, '"notes":"Nightly', '"notes":"Daily'),
      /time_entries +2 +CHANGED/,
    ],
    ["its format", (all) => swapped(all, /-export\/\d/, "-export/3"), /line 1 /],
    [
      "other format",
      (all) =>
        all.includes("-export/2")
          ? swapped(all, "-export/2", "-export/1")
          : swapped(all, "-export/1", "-export/2"),
      /line \d+/,
    ],
    [
      "a doubled digest",
      (all) => swapped(all, '"digests":{', `"digests":{"clients":{"rows":0,"sha256":"${end}"},`),
      /in their order/,
    ],
  ];
  for (const all of [text, asFirstFormat(text)]) {
    for (const [name, change, why] of inBoth) {
      const changed = change(all);
      expect(changed, name).not.toBe(all);
      const { code, said } = await verify(changed);
      expect({ name, code }).toEqual({ name, code: 1 });
      expect(said, name).toMatch(why);
      expect(said, name).toMatch(/export: CHANGED\n$/);
    }
  }

  const inHead = [
    swapped(text, company, `"company_id":${companyId + 1},"filters"`),
    swapped(text, '"from":null', '"from":"2026-01-01"'),
  ];
  for (const changed of inHead) {
    const { code, said } = await verify(changed);
    expect({ code, said }).toMatchObject({
      code: 1,
      said: expect.stringMatching(/wrong: .*head.*\n/),
    });
    expect(said).not.toMatch(/ok.*CHANGED/);

    // The first format has no digest of its head.
    const first = asFirstFormat(changed);
    const older = await verify(first);
    expect(older).toMatchObject({
      code: 0,
      said: expect.stringMatching(
        /not covered: .*company_id, filters.*--sha256.*\nsha256 .*\nexport: its parts are whole\n$/,
      ),
    });
    const digest = createHash("sha256").update(first).digest("hex");
    expect(await verify(first, "--sha256", digest)).toMatchObject({
      code: 0,
      said: expect.stringMatching(/ as expected\nexport: as expected\n$/),
    });
    const recorded = createHash("sha256").update(asFirstFormat(text)).digest("hex");
    expect(await verify(first, "--sha256", recorded)).toMatchObject({ code: 1 });
  }
});
