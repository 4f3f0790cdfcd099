import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { deleteUnusedFiles } from "../../../src/actions/delete-unused-files.ts";
import { formOf, picture, smallPdf } from "../../support/files.ts";
import { joinInvoicing, startInvoicing } from "./start-invoicing.ts";

test("a file is kept with an invoice in any status, given back byte for byte, and goes with it", async () => {
  const { issued, draft, call, expectCall, eventsOf, listFiles, sql, storage, userId, companyId } =
    await startInvoicing();
  const { id } = await issued();
  const path = `/invoices/${id}/artifacts`;
  const pdf = await expectCall(
    201,
    "POST",
    `${path}?name=${encodeURIComponent("Stunden März.PDF")}`,
    formOf("artifact", smallPdf, { name: "../../etc/passwd", type: "text/html" }),
  );
  expect(pdf).toEqual({
    id: pdf.id,
    file_name: "Stunden März.pdf",
    content_type: "application/pdf",
    bytes: smallPdf.length,
    sha256: createHash("sha256").update(smallPdf).digest("hex"),
    uploaded_by: userId,
    created_at: "2026-03-02T09:00:00.000000Z",
  });
  await expectCall(200, "POST", `/invoices/${id}/mark-paid`);
  const photo = await picture("jpeg");
  const unnamed = await expectCall(201, "POST", path, formOf("artifact", photo));
  expect(unnamed).toMatchObject({
    file_name: `artifact-${unnamed.id}.jpg`,
    content_type: "image/jpeg",
  });
  expect(await expectCall(200, "GET", path)).toEqual([pdf, unnamed]);
  expect((await expectCall(200, "GET", `/invoices/${id}`)).artifacts).toEqual([pdf, unnamed]);
  expect((await eventsOf(id)).filter((type) => type === "invoice.artifact_added")).toHaveLength(2);

  const download = await call("GET", `${path}/${pdf.id}/download`);
  expect([download.status, download.bytes.equals(smallPdf)]).toEqual([200, true]);
  expect(Object.fromEntries(download.headers)).toMatchObject({
    "content-type": "application/pdf",
    "content-disposition": 'attachment; filename="Stunden_M_rz.pdf"',
    "x-billabled-export-sha256": pdf.sha256,
  });
  const files = await listFiles();
  expect(files).toHaveLength(2);
  for (const key of files) expect(key).toMatch(new RegExp(`^companies/${companyId}/artifacts/`));

  const stale = { headers: { "If-Match": '"2020-01-01T00:00:00.000000Z"' } };
  expect((await call("DELETE", `${path}/${pdf.id}`, undefined, stale)).status).toBe(412);
  await expectCall(204, "DELETE", `${path}/${pdf.id}`);
  await expectCall(404, "DELETE", `${path}/${pdf.id}`);
  await expectCall(404, "GET", `${path}/${pdf.id}/download`);
  expect(await deleteUnusedFiles(sql, storage)).toBe(1);
  expect(await listFiles()).toHaveLength(1);
  expect((await eventsOf(id)).at(-1)).toBe("invoice.artifact_deleted");

  const other = await draft();
  const uploads = `/invoices/${other.id}/artifacts`;
  for (const name of ["a", "b"]) {
    await expectCall(201, "POST", `${uploads}?name=${name}`, formOf("artifact", smallPdf));
  }
  await expectCall(204, "DELETE", `/invoices/${other.id}`);
  await expectCall(404, "GET", uploads);
  expect(await deleteUnusedFiles(sql, storage)).toBe(2);
});

test("what is no such file, too many of them, or nobody's business, is refused and leaves nothing", async () => {
  const api = await startInvoicing();
  const { issued, call, ask, expectCall, listFiles, sql } = api;
  const { id } = await issued();
  const path = `/invoices/${id}/artifacts`;
  const refused = async (form: unknown, query = "") => {
    const { status, body } = await call("POST", `${path}${query}`, form);
    return [status, Object.keys(body.errors)];
  };
  const tooLarge = Buffer.concat([smallPdf, Buffer.alloc(10 * 1_048_576)]);
  expect(await refused(formOf("artifact", "<html>", { name: "a.pdf" }))).toEqual([
    415,
    ["artifact"],
  ]);
  expect(await refused(formOf("artifact", tooLarge))).toEqual([413, ["artifact"]]);
  expect(await refused(formOf("file", smallPdf))).toEqual([422, ["file"]]);
  expect(await refused(formOf("artifact", smallPdf), `?name=${"n".repeat(256)}`)).toEqual([
    422,
    ["name"],
  ]);
  const once = { headers: { "Idempotency-Key": "proof-1" } };
  const [one, two] = [
    await call("POST", path, formOf("artifact", smallPdf), once),
    await call("POST", path, formOf("artifact", smallPdf), once),
  ];
  expect([one.status, two.headers.get("idempotent-replayed")]).toEqual([201, "true"]);
  expect(two.body).toEqual(one.body);
  expect(await listFiles()).toHaveLength(1);

  const stranger = await joinInvoicing(api);
  const theirs = await stranger.issued();
  const mine = `artifacts/${one.body.data.id}`;
  for (const [method, address] of [
    ["GET", path],
    ["GET", `/invoices/${id}/${mine}/download`],
    ["GET", `/invoices/${theirs.id}/${mine}/download`],
    ["DELETE", `/invoices/${id}/${mine}`],
  ] as const) {
    expect((await stranger.call(method, address)).status).toBe(404);
  }
  expect((await stranger.call("POST", path, formOf("artifact", smallPdf))).status).toBe(404);
  const other = await issued();
  await expectCall(404, "GET", `/invoices/${other.id}/${mine}/download`);
  const made = await call("POST", "/api-tokens", { name: "T", scopes: ["invoices:read"] });
  const token = String(made.body.data.token);
  const body = formOf("artifact", smallPdf);
  const unscoped = await ask("POST", `/api/v1${path}`, { token, body });
  expect([unscoped.status, unscoped.body.scope]).toEqual([403, "invoices:write"]);

  await sql`
    insert into invoice_artifacts (
      company_id, invoice_id, kind, bytes, sha256, storage_key, created_at
    )
    select company_id, id, 'pdf', 1, repeat('0', 64), 'full/' || n, created_at
    from invoices, generate_series(2, 50) as n
    where id = ${id}
  `;
  const full = await call("POST", path, formOf("artifact", smallPdf));
  expect([full.status, full.body.code]).toEqual([409, "too_many_artifacts"]);
  expect(await listFiles()).toHaveLength(1);
});
