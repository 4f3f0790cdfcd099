import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { deleteUnusedFiles } from "../../../src/actions/delete-unused-files.ts";
import { announceFile } from "../../../src/db/files-to-delete.ts";
import { createS3Storage } from "../../../src/platform/s3-storage.ts";
import { eventually } from "../../support/eventually.ts";
import { formOf, picture, smallPdf } from "../../support/files.ts";
import { startS3Server } from "../../support/s3-server.ts";
import { startApi } from "../api/start-api.ts";
import { joinInvoicing } from "../invoices/start-invoicing.ts";
import { startExpenses, type Spending } from "./start-expenses.ts";

const megabyte = 1_048_576;

/** An expense, and the address of its receipt. */
async function startReceipts() {
  const spending = await startExpenses();
  const expense = await spending.spent();
  const path = `/expenses/${expense.id}/receipt`;
  return { ...spending, expense, path, known: async () => await unclaimed(spending) };
}

/** Files that the database knows nobody wants. */
async function unclaimed({ sql }: Pick<Spending, "sql">): Promise<string[]> {
  return (await sql<{ key: string }[]>`select key from files_to_delete`).map((row) => row.key);
}

test("a receipt is given back byte for byte, replaced whole, and goes with its expense", async () => {
  const { call, expectCall, expense, path, companyId, listFiles, known, sql, storage } =
    await startReceipts();
  expect((await call("GET", path)).status).toBe(404);
  const kinds = [
    ["jpg", "image/jpeg", await picture("jpeg")],
    ["png", "image/png", await picture("png")],
    ["gif", "image/gif", await picture("gif")],
    ["webp", "image/webp", await picture("webp")],
    ["pdf", "application/pdf", smallPdf],
  ] as const;
  for (const [ending, type, content] of kinds) {
    // Whatever the sender calls it: what counts is inside.
    const form = formOf("receipt", content, { name: "../../etc/passwd.exe", type: "text/html" });
    const { receipt_path: key } = await expectCall(200, "POST", path, form);
    expect(key).toMatch(new RegExp(`^companies/${companyId}/receipts/[0-9a-f-]{36}\\.${ending}$`));
    expect(await expectCall(200, "GET", `/expenses/${expense.id}`)).toMatchObject({
      receipt_path: key,
    });
    // The one before it is gone, and nothing else was left.
    expect([await listFiles(), await known()]).toEqual([[key], []]);

    const download = await call("GET", path);
    expect([download.status, download.bytes.equals(content)]).toEqual([200, true]);
    const digest = createHash("sha256").update(content).digest();
    expect(Object.fromEntries(download.headers)).toMatchObject({
      "content-type": type,
      "content-disposition": `attachment; filename="receipt-${expense.id}.${ending}"`,
      "x-content-type-options": "nosniff",
      "repr-digest": `sha-256=:${digest.toString("base64")}:`,
      "x-billabled-export-sha256": digest.toString("hex"),
      "cache-control": "private, no-cache",
    });
  }
  const log = await expectCall(
    200,
    "GET",
    `/activity-log?subject_type=expense&subject_id=${expense.id}`,
  );
  expect(log[0]).toMatchObject({
    event: "receipt-uploaded",
    properties: {
      kind: "pdf",
      bytes: smallPdf.length,
      sha256: createHash("sha256").update(smallPdf).digest("hex"),
    },
  });

  await expectCall(204, "DELETE", `/expenses/${expense.id}`);
  expect((await call("GET", path)).status).toBe(404);
  expect(await deleteUnusedFiles(sql, storage)).toBe(1);
  expect([await listFiles(), await known()]).toEqual([[], []]);
});

test("what is no receipt is refused by what is in it, naming the field, and leaves nothing", async () => {
  const { call, path, listFiles, known, expectCall, expense } = await startReceipts();
  const png = await picture("png");
  const two = formOf("receipt", png);
  two.append("receipt", new Blob([new Uint8Array(png)]), "b.png");
  const mixed = formOf("receipt", png);
  mixed.append("note", "hello");
  const text = new FormData();
  text.append("receipt", "just text");
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const cases: [what: string, form: unknown, status: number, field: string][] = [
    [
      "a page called a picture",
      formOf("receipt", "<html>", { name: "a.png", type: "image/png" }),
      415,
      "receipt",
    ],
    ["a picture that is a program", formOf("receipt", svg, { name: "a.png" }), 415, "receipt"],
    ["a program", formOf("receipt", "MZ\x90\0", { name: "a.pdf" }), 415, "receipt"],
    ["an archive", formOf("receipt", "PK\x03\x04 %PDF-1.4"), 415, "receipt"],
    ["half of a beginning", formOf("receipt", png.subarray(0, 7)), 415, "receipt"],
    ["nothing", formOf("receipt", ""), 422, "receipt"],
    ["one byte too many", formOf("receipt", padded(png, 5 * megabyte + 1)), 413, "receipt"],
    ["twice too much", formOf("receipt", padded(png, 10 * megabyte)), 413, "receipt"],
    ["two files", two, 422, "receipt"],
    ["a file under another name", formOf("logo", png), 422, "logo"],
    ["something beside the file", mixed, 422, "note"],
    ["text", text, 422, "receipt"],
    ["an empty form", new FormData(), 422, "receipt"],
    ["JSON", { receipt: png.toString("base64") }, 415, "receipt"],
    ["no body at all", undefined, 415, "receipt"],
  ];
  for (const [what, form, status, field] of cases) {
    const reply = await call("POST", path, form);
    expect([what, reply.status, Object.keys(reply.body.errors)]).toEqual([what, status, [field]]);
  }
  const raw = async (type: string, body: string, headers: Record<string, string> = {}) =>
    (await call("POST", path, body, { headers: { "content-type": type, ...headers } })).status;
  expect(await raw("multipart/form-data", "x")).toBe(400);
  expect(await raw("multipart/form-data; boundary=a", "--b\r\n")).toBe(400);
  const head = 'Content-Disposition: form-data; name="receipt"; filename="a"';
  expect(await raw("multipart/form-data; boundary=a", `--a\r\n${head}\r\n\r\n%PDF-1.4`)).toBe(400);
  const whole = `--a\r\n${head}\r\n\r\n%PDF-1.4\r\n--a--`;
  expect(await raw("multipart/form-data; boundary=a", whole, { "content-encoding": "gzip" })).toBe(
    415,
  );
  expect([await listFiles(), await known()]).toEqual([[], []]);
  expect(await expectCall(200, "GET", `/expenses/${expense.id}`)).toMatchObject({
    receipt_path: null,
  });

  // To the byte as large as it may be.
  await expectCall(200, "POST", path, formOf("receipt", padded(png, 5 * megabyte)));
});

test("when the change fails, or the caller goes, no file is left and the old one stays", async () => {
  const { call, expectCall, path, listFiles, known, sql, token, url, logLines } =
    await startReceipts();
  const { receipt_path: key } = await expectCall(200, "POST", path, formOf("receipt", smallPdf));
  await expectCall(404, "POST", "/expenses/4711/receipt", formOf("receipt", smallPdf));

  await sql`alter table events rename to hidden`;
  expect((await call("POST", path, formOf("receipt", await picture("png")))).status).toBe(500);
  await sql`alter table hidden rename to events`;
  expect([await listFiles(), await known()]).toEqual([[key], []]);
  expect((await call("GET", path)).bytes.equals(smallPdf)).toBe(true);

  const socket = await openUpload({ url, token, path, bytes: 100_000 });
  socket.write(smallPdf);
  socket.destroy();
  await eventually(() => logLines.some((line) => line.includes('"isAborted":true')));
  expect([await listFiles(), await known()]).toEqual([[key], []]);
});

test("no more than four uploads of a company are held in memory at once", async () => {
  const spending = await startReceipts();
  const { call, path, url, token } = spending;
  const other = await joinInvoicing(spending);
  const sockets: Socket[] = [];
  const answers: string[] = [];
  for (let count = 0; count < 6; count += 1) {
    const socket = await openUpload({ url, token, path, bytes: 100_000 });
    socket.once("data", (answer) => answers.push(answer.toString().split("\r\n")[0]!));
    sockets.push(socket);
  }
  // Two of six are refused: the other four are under way.
  await eventually(() => answers.length === 2);
  expect(answers).toEqual(Array(2).fill("HTTP/1.1 429 Too Many Requests"));
  const refused = await call("POST", path, formOf("receipt", smallPdf));
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
  // Another company is not in the way.
  expect((await other.call("POST", path, formOf("receipt", smallPdf))).status).toBe(404);
  for (const socket of sockets) socket.destroy();
  await eventually(
    async () => (await call("POST", path, formOf("receipt", smallPdf))).status === 200,
  );
});

test("a file whose request died, or which was replaced, goes once the storage lets it", async () => {
  const { sql, companyId, listFiles, known, storage } = await startReceipts();
  const keys = ["a", "b", "c"].map((name) => `companies/${companyId}/receipts/${name}.pdf`);
  for (const key of keys) {
    await announceFile(sql, { companyId, key });
    await storage.put(key, smallPdf);
  }
  // Too young: its request may still be at it.
  expect(await deleteUnusedFiles(sql, storage)).toBe(0);
  await sql`update files_to_delete set due_at = now() - interval '1 second'`;
  await sql`update files_to_delete set due_at = now() - interval '1 minute' where key = ${keys[0]!}`;
  const stubborn = {
    ...storage,
    delete: async (key: string) => {
      if (key === keys[0]) throw new Error("no");
      await storage.delete(key);
    },
  };
  await expect(deleteUnusedFiles(sql, stubborn)).rejects.toThrow("no");
  // It does not stand in the way of the others.
  expect(await deleteUnusedFiles(sql, stubborn)).toBe(2);
  expect([await listFiles(), await known()]).toEqual([[keys[0]], [keys[0]]]);
  await sql`update files_to_delete set due_at = now()`;
  expect(await deleteUnusedFiles(sql, storage)).toBe(1);
  expect([await listFiles(), await known()]).toEqual([[], []]);
});

test("the same key and file give the first answer again, with one file", async () => {
  const { call, path, listFiles, known } = await startReceipts();
  const upload = async (content: Buffer) =>
    await call("POST", path, formOf("receipt", content), { headers: { "idempotency-key": "one" } });
  const first = await upload(smallPdf);
  const again = await upload(smallPdf);
  expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect((await upload(await picture("png"))).status).toBe(422);
  expect([await listFiles(), await known()]).toEqual([[first.body.data.receipt_path], []]);
});

test("another company's receipt is not there, and a token needs the scope", async () => {
  const receipts = await startReceipts();
  const { ask, path, tokenWith, colleague, expectCall, listFiles } = receipts;
  await expectCall(200, "POST", path, formOf("receipt", smallPdf));
  const other = await joinInvoicing(receipts);
  await other.expectCall(404, "GET", path);
  await other.expectCall(404, "POST", path, formOf("receipt", smallPdf));
  const as = async (token: string | undefined, method: "GET" | "POST") =>
    (
      await ask(method, `/api/v1${path}`, {
        token,
        ...(method === "POST" ? { body: formOf("receipt", smallPdf) } : {}),
      })
    ).status;
  expect([await as(undefined, "GET"), await as(undefined, "POST")]).toEqual([401, 401]);
  const reader = await tokenWith(["expenses:read"]);
  expect([await as(reader, "GET"), await as(reader, "POST")]).toEqual([200, 403]);
  const viewer = await colleague("viewer");
  expect([await as(viewer.token, "GET"), await as(viewer.token, "POST")]).toEqual([200, 403]);
  expect(await listFiles()).toHaveLength(1);
});

test("receipts in a bucket: the same, and when it is out of reach nothing is said to be there", async () => {
  const server = await startS3Server();
  const api = await startApi({}, { storage: createS3Storage(server.options) });
  api.defer(async () => await server.close());
  const { call, expectCall, companyId } = await joinInvoicing(api);
  const { id } = await expectCall(201, "POST", "/expenses", {
    category: "meals",
    amount: 1,
    expense_date: "2026-03-02",
  });
  const path = `/expenses/${id}/receipt`;
  await expectCall(200, "POST", path, formOf("receipt", await picture("png")));
  const { receipt_path: key } = await expectCall(200, "POST", path, formOf("receipt", smallPdf));
  expect(key).toContain(`companies/${companyId}/`);
  expect([...server.objects]).toEqual([[key, smallPdf]]);
  expect((await call("GET", path)).bytes.equals(smallPdf)).toBe(true);

  server.fail({ answer: { status: 403, code: "AccessDenied" }, times: 2 });
  const refused = await call("POST", path, formOf("receipt", smallPdf));
  // Nothing of the bucket's name or place.
  expect([refused.status, refused.body.message]).toEqual([
    502,
    "The file storage refused (403 AccessDenied).",
  ]);
  expect(await expectCall(200, "GET", `/expenses/${id}`)).toMatchObject({ receipt_path: key });
  server.fail({ answer: { status: 404, code: "NoSuchKey" }, times: 1 });
  expect((await call("GET", path)).status).toBe(404);
  expect(api.logLines.join("")).toContain("a stored file is missing");
});

/** Something that begins like a picture and is so long. */
function padded(beginning: Buffer, length: number): Buffer {
  return Buffer.concat([beginning, Buffer.alloc(length - beginning.length)]);
}

/** A connection that has begun an upload of a file and not gone on. */
async function openUpload(call: {
  url: string;
  token: string;
  path: string;
  bytes: number;
}): Promise<Socket> {
  const { port, host } = new URL(call.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => {});
  const head = [
    `POST /api/v1${call.path} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: Bearer ${call.token}`,
    "Content-Type: multipart/form-data; boundary=x",
    `Content-Length: ${call.bytes}`,
  ];
  await new Promise<void>((resolve) => {
    socket.write(
      `${head.join("\r\n")}\r\n\r\n--x\r\nContent-Disposition: form-data; name="receipt"; filename="a"\r\n\r\n`,
      () => resolve(),
    );
  });
  return socket;
}
