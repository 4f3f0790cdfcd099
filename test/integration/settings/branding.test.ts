import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { formOf, picture, smallPdf } from "../../support/files.ts";
import { drawingOfPdf, textOfPdf } from "../../support/pdf-text.ts";
import { joinInvoicing, line, startInvoicing } from "../invoices/start-invoicing.ts";
import { startWork } from "../billable-work/start-work.ts";

const megabyte = 1_048_576;
const path = "/settings/branding";

test("branding shows what the contract shows, and what was never set as it is printed", async () => {
  const { call, expectCall, sql, companyId } = await startInvoicing();
  const first = await call("GET", path);
  expect(first.body.data).toEqual({
    logo_path: null,
    template: {
      id: expect.any(Number),
      layout: "classic",
      primary_color: "#1a1a1a",
      secondary_color: "#1a1a1a",
      accent_color: "#1a1a1a",
      font_family: "system-ui, sans-serif",
      show_logo: true,
      header_html: null,
      footer_html: null,
      custom_css: null,
    },
  });
  const saved = await expectCall(200, "PUT", path, {
    layout: "modern",
    primary_color: "#1A1A2E",
    secondary_color: "#1e40af",
    accent_color: "#38f",
    font_family: "Georgia, 'Times New Roman', serif",
    show_logo: false,
    header_html: '<p onclick="x()">Since <b>1900</b></p><script>alert(1)</script>',
    footer_html: '<img src="https://evil.example/pixel"><a href="javascript:x">Bank</a>',
    custom_css: "p { color: red }",
  });
  expect(saved).toEqual({
    ...first.body.data.template,
    layout: "modern",
    primary_color: "#1a1a2e",
    secondary_color: "#1e40af",
    accent_color: "#3388ff",
    font_family: "Georgia, 'Times New Roman', serif",
    show_logo: false,
    header_html: "<p>Since <b>1900</b></p>",
    footer_html: "<a>Bank</a>",
    custom_css: "p { color: red }",
  });
  // One layout, wherever it is looked at.
  expect(await expectCall(200, "GET", "/settings")).toMatchObject({ invoice_layout: "modern" });
  await expectCall(200, "PUT", "/settings", { invoice_layout: "compact" });
  expect(
    await expectCall(200, "PATCH", path, { accent_color: null, header_html: "" }),
  ).toMatchObject({
    layout: "compact",
    primary_color: "#1a1a2e",
    accent_color: "#1a1a1a",
    header_html: null,
    footer_html: "<a>Bank</a>",
  });
  const stale = await call(
    "PUT",
    path,
    {},
    { headers: { "if-match": first.headers.get("etag")! } },
  );
  expect(stale.status).toBe(412);
  const [audit] = await sql`
    select details from audit_log
    where company_id = ${companyId} and action = 'branding.updated' order by id desc limit 1
  `;
  expect(audit!["details"]).toEqual({ fields: ["accent_color", "header_html"] });
});

test("what would be no colour, no font or no mere style is refused by name", async () => {
  const { expectInvalid, expectCall } = await startInvoicing();
  const wrong: [field: string, value: unknown][] = [
    ["layout", "fancy"],
    ["primary_color", "red"],
    ["primary_color", "#12345g"],
    ["secondary_color", "#1234567"],
    ["accent_color", "#3b82f6;"],
    ["accent_color", 255],
    ["font_family", "x;position:fixed"],
    ["font_family", "x".repeat(256)],
    ["show_logo", "yes"],
    ["header_html", "x".repeat(5001)],
    // Twenty-five thousand once it is escaped.
    ["footer_html", "&".repeat(5000)],
    ["custom_css", "@import 'https://evil.example/x.css'"],
    ["custom_css", "</style><script>alert(1)</script>"],
    ["logo_path", "companies/1/logos/x.png"],
    ["id", 7],
  ];
  for (const [field, value] of wrong) await expectInvalid(field, "PUT", path, { [field]: value });
  expect(await expectCall(200, "PUT", path, { header_html: "x".repeat(5000) })).toMatchObject({
    header_html: "x".repeat(5000),
  });
});

test("a logo is kept as it was sent, replaced whole, and shown on every paper and in the portal", async () => {
  const { call, expectCall, companyId, draft, clientId, ask, listFiles, sql } =
    await startInvoicing();
  await expectCall(200, "PUT", path, {
    accent_color: "#3b82f6",
    header_html: "<p>Since <b>1900</b></p>",
    footer_html: "<p>IBAN 1 &amp; 2</p>",
  });
  const invoice = await draft();
  const { uuid } = await expectCall(200, "POST", `/invoices/${invoice.id}/mark-sent`);
  const quote = await expectCall(201, "POST", "/quotes", {
    client_id: clientId,
    line_items: [line("Design", 1, 5_000)],
  });
  await expectCall(200, "POST", `/quotes/${quote.id}/mark-sent`);
  const papers = async () => [
    (await call("GET", `/invoices/${invoice.id}/pdf`)).bytes,
    (await call("GET", `/quotes/${quote.id}/pdf`)).bytes,
    (await call("GET", `/clients/${clientId}/statement/pdf?from=2026-01-01&to=2026-12-31`)).bytes,
    (await ask("GET", `/api/v1/portal/invoices/${uuid}/pdf`)).bytes,
  ];
  const imagesOn = async () => (await papers()).map((paper) => drawingOfPdf(paper).images);
  expect(await imagesOn()).toEqual([0, 0, 0, 0]);

  for (const [format, ending] of [
    ["jpeg", "jpg"],
    ["gif", "gif"],
    ["webp", "webp"],
    ["png", "png"],
  ] as const) {
    const content = await picture(format, { width: 300, height: 100 });
    const { logo_path: key, template } = await expectCall(
      200,
      "POST",
      `${path}/logo`,
      formOf("logo", content, { name: "../logo.svg", type: "image/svg+xml" }),
    );
    expect(key).toMatch(new RegExp(`^companies/${companyId}/logos/[0-9a-f-]{36}\\.${ending}$`));
    expect(template).toMatchObject({ accent_color: "#3b82f6" });
    expect(await listFiles()).toEqual([key]);
    expect(await expectCall(200, "GET", "/settings")).toMatchObject({ logo_path: key });
    const download = await call("GET", `${path}/logo`);
    expect(download.bytes.equals(content)).toBe(true);
    expect(Object.fromEntries(download.headers)).toMatchObject({
      "content-disposition": `attachment; filename="logo.${ending}"`,
      "x-billabled-export-sha256": createHash("sha256").update(content).digest("hex"),
    });
    expect(await imagesOn()).toEqual([1, 1, 1, 1]);
  }
  for (const paper of await papers()) {
    const text = textOfPdf(paper).flat();
    expect(text).toEqual(expect.arrayContaining(["Since 1900", "IBAN 1 & 2"]));
    expect(drawingOfPdf(paper).rules).toContain("#3b82f6");
  }
  await expectCall(200, "PUT", path, { show_logo: false });
  expect(await imagesOn()).toEqual([0, 0, 0, 0]);
  const [audit] = await sql`
    select count(*)::int as count from audit_log where action = 'branding.logo-uploaded'
  `;
  expect(audit).toEqual({ count: 4 });
});

test("what is no logo is refused, naming it, and the old one stays", async () => {
  const { call, expectCall, listFiles, sql } = await startInvoicing();
  const png = await picture("png", { width: 300, height: 300 });
  const { logo_path: key } = await expectCall(200, "POST", `${path}/logo`, formOf("logo", png));
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const cases: [what: string, form: FormData, status: number, field: string][] = [
    [
      "a program called a picture",
      formOf("logo", svg, { name: "logo.png", type: "image/png" }),
      415,
      "logo",
    ],
    ["a PDF", formOf("logo", smallPdf), 415, "logo"],
    ["half a picture", formOf("logo", png.subarray(0, png.length / 2)), 422, "logo"],
    ["only its beginning", formOf("logo", png.subarray(0, 20)), 422, "logo"],
    [
      "a byte too many",
      formOf("logo", Buffer.concat([png, Buffer.alloc(2 * megabyte + 1 - png.length)])),
      413,
      "logo",
    ],
    ["nothing", formOf("logo", ""), 422, "logo"],
    ["another field", formOf("receipt", png), 422, "receipt"],
  ];
  for (const [what, form, status, field] of cases) {
    const reply = await call("POST", `${path}/logo`, form);
    expect([what, reply.status, Object.keys(reply.body.errors)]).toEqual([what, status, [field]]);
  }
  expect(await listFiles()).toEqual([key]);
  expect([...(await sql`select key from files_to_delete`)]).toEqual([]);
  expect((await call("GET", `${path}/logo`)).bytes.equals(png)).toBe(true);
});

test("only who may change settings brands, and nobody another company", async () => {
  const work = await startWork();
  const { ask, colleague, tokenWith, expectCall } = work;
  const png = await picture("png");
  await expectCall(200, "POST", `${path}/logo`, formOf("logo", png));
  const other = await joinInvoicing(work);
  await other.expectCall(404, "GET", `${path}/logo`);
  expect(await other.expectCall(200, "GET", path)).toMatchObject({ logo_path: null });

  const as = async (token: string, method: string, address: string, body?: unknown) =>
    (await ask(method, `/api/v1${address}`, { token, body })).status;
  const [member, admin] = [await colleague("member"), await colleague("admin")];
  expect(await as(member.token, "GET", path)).toBe(200);
  expect(await as(member.token, "GET", `${path}/logo`)).toBe(200);
  expect(await as(member.token, "PUT", path, { show_logo: false })).toBe(403);
  expect(await as(member.token, "POST", `${path}/logo`, formOf("logo", png))).toBe(403);
  expect(await as(admin.token, "PUT", path, { show_logo: false })).toBe(200);
  const reader = await tokenWith(["settings:read"]);
  expect(await as(reader, "GET", path)).toBe(200);
  expect(await as(reader, "POST", `${path}/logo`, formOf("logo", png))).toBe(403);
});
