import { expect, test } from "vitest";
import { openCompany } from "../../support/company.ts";
import { formOf, picture } from "../../support/files.ts";
import { startPlatform } from "../../support/platform.ts";
import { setup } from "../../support/setup.ts";
import { drawingOfPdf } from "../../support/pdf-text.ts";

test("an invoice and its receipt travel in the company's colours, with the logo on their paper", async () => {
  const platform = await startPlatform(await setup());
  const company = await openCompany(platform);
  await company.put("/settings/branding", {
    accent_color: "#b91c1c",
    font_family: 'Georgia, "Times New Roman"',
  });
  const uploaded = await fetch(`${platform.url}/api/v1/settings/branding/logo`, {
    method: "POST",
    headers: { authorization: `Bearer ${company.token}` },
    body: formOf("logo", await picture("webp", { width: 300, height: 100 })),
  });
  expect(uploaded.status).toBe(200);
  const client = await company.post("/clients", { name: "Pine & Sons", email: "ap@pine.test" });
  const invoice = await company.post("/invoices", {
    client_id: client.id,
    line_items: [{ description: "Consulting", quantity: 1, unit_price: 10_000 }],
  });
  await company.post(`/invoices/${invoice.id}/send`);
  await platform.mail.waitForCount(1);
  const payment = await company.post(`/invoices/${invoice.id}/payments`, {
    amount: 10_000,
    payment_date: "2026-03-02",
  });
  await company.post(`/invoices/${invoice.id}/payments/${payment.id}/send-receipt`);
  for (const mail of await platform.mail.waitForCount(2)) {
    expect(mail.html).toContain("2px solid #b91c1c");
    expect(mail.html).toContain("font:15px/1.5 Georgia, &quot;Times New Roman&quot;;");
    const drawing = drawingOfPdf(mail.attachments[0]!.content);
    expect(drawing.images).toBe(1);
    expect(drawing.rules).toContain("#b91c1c");
  }
});
