import { expect, test } from "vitest";
import { startWork } from "./start-work.ts";

test("tax rates are kept by name and rate; who writes invoices reads them, admins change them", async () => {
  const { expectCall, expectInvalid, call, colleague, tokenWith } = await startWork();
  const vat = await expectCall(201, "POST", "/tax-rates", { name: "VAT", rate: 1900 });
  expect(vat).toMatchObject({ name: "VAT", rate: 1900, updated_at: "2026-03-02T09:00:00.000000Z" });
  const qst = await expectCall(201, "POST", "/tax-rates", { name: "QST", rate: "997.5" });
  expect(qst.rate).toBe(997.5);
  await expectInvalid("rate", "POST", "/tax-rates", { name: "x", rate: 10_001 });
  await expectInvalid("rate", "POST", "/tax-rates", { name: "x", rate: 1.2345 });
  await expectInvalid("rate", "PUT", `/tax-rates/${vat.id}`, { name: "VAT" });
  await expectInvalid("name", "PATCH", `/tax-rates/${vat.id}`, { name: " " });

  const list = await call("GET", "/tax-rates?sort=-rate");
  expect(list.body).toMatchObject({ data: [{ name: "VAT" }, { name: "QST" }], meta: { total: 2 } });
  expect(await expectCall(200, "GET", "/tax-rates?filter[name]=qs")).toEqual([qst]);
  const changed = await expectCall(200, "PATCH", `/tax-rates/${vat.id}`, { rate: 700 });
  expect(changed).toMatchObject({ name: "VAT", rate: 700 });

  const member = { token: (await colleague("member")).token };
  expect((await call("GET", `/tax-rates/${vat.id}`, undefined, member)).status).toBe(200);
  const refused = await call("POST", "/tax-rates", { name: "x", rate: 1 }, member);
  expect(refused.body).toMatchObject({ code: "role_required" });
  const invoicing = { token: await tokenWith(["invoices:read", "invoices:write"]) };
  expect((await call("GET", "/tax-rates", undefined, invoicing)).status).toBe(200);
  const lacking = await call("DELETE", `/tax-rates/${vat.id}`, undefined, invoicing);
  expect(lacking.body).toMatchObject({ code: "missing_scope" });

  await expectCall(204, "DELETE", `/tax-rates/${vat.id}`);
  await expectCall(404, "GET", `/tax-rates/${vat.id}`);
  await expectCall(404, "DELETE", `/tax-rates/${vat.id}`);
  const path = `/activity-log?subject_type=tax-rate&subject_id=${vat.id}`;
  expect(await expectCall(200, "GET", path)).toMatchObject([
    { event: "deleted", properties: { rate: 700 } },
    { event: "updated", properties: { rate_before: 1900, rate: 700 } },
    { event: "created", properties: { name: "VAT", rate: 1900 } },
  ]);
});
