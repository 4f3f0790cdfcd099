import { expect, test } from "vitest";
import { joinInvoicing, line, startInvoicing } from "../invoices/start-invoicing.ts";

test("a statement lists what was billed in the period with a running balance per currency", async () => {
  const api = await startInvoicing();
  const { issued, draft, expectCall, call, ask, clientId, token } = api;
  const over = (amount: number, fields: Record<string, unknown>) =>
    issued({ line_items: [line("Work", 1, amount)], due_date: "2026-12-31", ...fields });
  const first = await over(10_000, { issue_date: "2026-01-10" });
  await over(500, { issue_date: "2026-01-20", currency: "EUR" });
  const second = await over(2500, { issue_date: "2026-02-01" });
  await over(99, { issue_date: "2025-12-31" });
  await draft({ issue_date: "2026-01-15", due_date: "2026-12-31" });
  const voided = await over(77, { issue_date: "2026-01-16" });
  await expectCall(200, "POST", `/invoices/${voided.id}/void`);
  await expectCall(200, "POST", `/invoices/${first.id}/record-payment`, {
    amount: 4000,
    payment_date: "2026-03-01",
  });
  const path = `/clients/${clientId}/statement`;
  const statement = await expectCall(200, "GET", `${path}?from=2026-01-01&to=2026-03-31`);
  expect(statement).toMatchObject({
    client: { id: clientId },
    from: "2026-01-01",
    to: "2026-03-31",
    currency: "USD",
    total_invoiced: 12_500,
    total_paid: 4000,
    total_outstanding: 8500,
    other_currencies: [{ currency: "EUR", total_invoiced: 500, total_outstanding: 500 }],
    items: [
      { id: first.id, total: 10_000, amount_paid: 4000, amount_due: 6000, balance: 6000 },
      { currency: "EUR", balance: 500 },
      { id: second.id, total: 2500, balance: 8500 },
    ],
  });
  // Without dates: this year until today, where the company is.
  expect(await expectCall(200, "GET", path)).toMatchObject({
    from: "2026-01-01",
    to: "2026-03-02",
    total_invoiced: 12_500,
  });
  const empty = await expectCall(200, "GET", `${path}?from=2020-01-01&to=2020-12-31`);
  expect(empty).toMatchObject({ total_invoiced: 0, total_outstanding: 0, items: [] });
  expect((await call("GET", `${path}?from=2026-02-01&to=2026-01-01`)).status).toBe(422);
  const ahead = await call("GET", `${path}?from=2099-01-01`);
  expect(ahead.body.errors).toEqual({
    from: [expect.stringMatching(/^Must not be after 20..-..-.., the default of to\.$/)],
  });
  const pdf = await ask("GET", `/api/v1${path}/pdf?from=2026-01-01`, { token });
  expect(pdf.headers.get("content-type")).toBe("application/pdf");
  expect(pdf.text.startsWith("%PDF-")).toBe(true);
  const stranger = await joinInvoicing(api);
  expect((await stranger.call("GET", path)).status).toBe(404);
  expect((await stranger.call("GET", `${path}/pdf`)).status).toBe(404);
});
