import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { deleteUnusedFiles } from "../../../src/actions/delete-unused-files.ts";
import { listAttention } from "../../../src/db/attention.ts";
import { writeExportFile } from "../../../src/jobs/exports/write-export-file.ts";
import { reaches, runtime } from "../runtime/harness.ts";
import { startWork } from "../billable-work/start-work.ts";

const ROWS = 6_000;

test("a large export is written by a run, kept with its digest, checked at download and deleted in the end", async () => {
  const api = await startWork();
  const { call, expectCall, companyId, userId, sql, storage, listFiles, clock, tokenWith, ask } =
    api;
  await sql`
    insert into time_entries (company_id, user_id, date, duration, notes, created_at, updated_at)
    select ${companyId}, ${userId}, '2026-03-01', n, 'Entry ' || n, now(), now()
    from generate_series(1, ${ROWS}) as n
  `;
  const path = "/export?format=csv&resource=time_entries";
  // Asked for by several at once, it is one export and one run.
  const [begun, ...others] = await Promise.all([1, 2, 3].map(async () => await call("GET", path)));
  expect(begun!.status).toBe(202);
  const { data: run, meta } = begun!.body;
  for (const { body } of others) expect(body).toMatchObject({ data: { id: run.id }, meta });
  expect(begun!.headers.get("location")).toBe(`/api/v1/runs/${run.id}`);
  // Asked for again while it is written, it is the same one.
  expect((await call("GET", path)).body).toMatchObject({ data: { id: run.id }, meta });
  const pending = await call("GET", `/exports/${meta.export_id}/download`);
  expect([pending.status, pending.body.code]).toEqual([409, "export_pending"]);

  await runtime(api, [writeExportFile]);
  const ended = await reaches(sql, run.id, "succeeded");
  expect(ended.result).toMatchObject({ export_id: meta.export_id, rows: ROWS });
  const shown = await expectCall(200, "GET", `/exports/${meta.export_id}`);
  expect(shown).toMatchObject({
    format: "csv",
    resource: "time_entries",
    status: "completed",
    rows: ROWS,
  });
  expect(await expectCall(200, "GET", "/exports")).toEqual([shown]);
  const file = await call("GET", `/exports/${shown.id}/download`);
  const digest = createHash("sha256").update(file.bytes).digest("hex");
  expect([file.status, file.bytes.length, digest]).toEqual([200, shown.bytes, shown.sha256]);
  expect(file.headers.get("x-billabled-export-sha256")).toBe(digest);
  expect(file.headers.get("repr-digest")).toMatch(/^sha-256=:.+:$/);
  expect(file.text.split("\r\n")).toHaveLength(ROWS + 2);
  expect(file.text).toMatch(/\r\n\d+,\d+,,,,2026-03-01,6000,/);
  const narrow = await tokenWith(["clients:read"]);
  expect((await ask("GET", `/api/v1/exports/${shown.id}`, { token: narrow })).status).toBe(403);

  // A byte of it changes: it is never served, and somebody is told.
  const [key = ""] = await listFiles();
  await storage.put(key, Buffer.concat([file.bytes.subarray(0, -3), Buffer.from("9\r\n")]));
  const changed = await call("GET", `/exports/${shown.id}/download`);
  expect([changed.status, changed.body.code, changed.headers.get("repr-digest")]).toEqual([
    500,
    "internal_error",
    null,
  ]);
  expect(await listAttention(sql, { companyId, isOpen: true, limit: 5 })).toMatchObject([
    { kind: "export.damaged", subjectId: shown.id },
  ]);
  expect(await expectCall(200, "GET", `/exports/${shown.id}`)).toMatchObject({ status: "damaged" });

  await sql`update files_to_delete set due_at = now()`;
  expect(await deleteUnusedFiles(sql, storage)).toBe(1);
  expect(await listFiles()).toEqual([]);
  await sql`update exports set expires_at = ${clock.now()}`;
  expect(await expectCall(200, "GET", `/exports/${shown.id}`)).toMatchObject({ status: "expired" });
  expect((await call("GET", `/exports/${shown.id}/download`)).status).toBe(410);
});

test("an attempt that is stopped midway leaves no file, and the next one writes the whole", async () => {
  const api = await startWork();
  const { call, companyId, userId, sql, storage, listFiles } = api;
  await sql`
    insert into time_entries (company_id, user_id, date, duration, created_at, updated_at)
    select ${companyId}, ${userId}, '2026-03-01', n, now(), now()
    from generate_series(1, ${ROWS}) as n
  `;
  let isBroken = true;
  const breaking = {
    ...storage,
    putFile: async (key: string, path: string) => {
      if (!isBroken) return await storage.putFile(key, path);
      isBroken = false;
      throw new Error("the disk is full");
    },
  };
  const begun = await call("GET", "/export?resource=time_entries");
  await runtime({ ...api, storage: breaking }, [
    { ...writeExportFile, retry: { attempts: 2, delayMsFirst: 1, delayMsMax: 1 } },
  ]);
  const run = await reaches(sql, begun.body.data.id, "succeeded");
  expect([isBroken, run.starts]).toEqual([false, 2]);
  expect(await listFiles()).toHaveLength(1);
  const file = await call("GET", `/exports/${begun.body.meta.export_id}/download`);
  expect(file.body.resources.time_entries).toHaveLength(ROWS);
});
