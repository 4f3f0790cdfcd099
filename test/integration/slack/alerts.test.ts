import { expect, test } from "vitest";
import { BILLING, OWNERS, readMessage, startSlack } from "./start-slack.ts";

test("alerts are switched on for channels, and each event is told once, in order", async () => {
  const { company, sandbox, alertOn, told, sql } = await startSlack({ currency: "EUR" });
  const at = "/integrations/slack";

  const { data: channels } = await company.list(`${at}/channels`);
  expect(channels.map(({ name }: { name: string }) => name)).toEqual([
    "billing",
    "general",
    "owners",
  ]);
  expect((await company.list(`${at}/channels?search=%23gen`)).meta.total).toBe(1);
  const wrong = async (body: unknown) => (await company.try("POST", `${at}/alerts`, body)).json;
  expect((await wrong({ event_type: "invoice.x", channel: BILLING })).errors).toHaveProperty(
    "event_type",
  );
  for (const channel of ["billing", "C0NOWHERE01", "G0SECRET001", "C0OLDNEWS01"]) {
    const { errors } = await wrong({ event_type: "invoice.sent", channel });
    expect(errors, channel).toHaveProperty("channel");
  }

  const sent = await alertOn("invoice.sent");
  expect(sent).toMatchObject({
    event_type: "invoice.sent",
    channel: BILLING,
    channel_name: "billing",
    is_enabled: true,
    failure: null,
    waiting: 0,
  });
  expect((await wrong({ event_type: "invoice.sent", channel: BILLING })).errors).toEqual({
    event_type: ["invoice.sent is told in #billing already."],
  });
  await alertOn("payment.received");
  await alertOn("invoice.paid", OWNERS);
  await alertOn("client.created", OWNERS);

  const client = await company.post("/clients", { name: "*Maple* & <!channel>" });
  const invoice = await company.post("/invoices", {
    client_id: client.id,
    currency: "EUR",
    issue_date: "2026-03-01",
    due_date: "2026-03-31",
    line_items: [{ description: "Work", quantity: 1, unit_price: 123_450 }],
  });
  await company.post(`/invoices/${invoice.id}/mark-sent`);
  await company.post(`/invoices/${invoice.id}/record-payment`, {
    amount: 123_450,
    payment_date: "2026-03-02",
    reference: "R&D",
  });

  const billing = await told(2);
  const name = `Invoice ${invoice.invoice_number}`;
  const link = `https://app.test/invoices/${invoice.id}`;
  expect(billing.map(readMessage)).toMatchObject([
    {
      title: `${name} was sent`,
      facts: ["Client: *Maple* & <!channel>", "Total: €1,234.50", "Due: 31 March 2026"],
      link,
    },
    {
      title: `${name} got a payment`,
      facts: expect.arrayContaining(["Amount: €1,234.50", "Reference: R&D"]),
      link,
    },
  ]);
  expect(readMessage(billing[0]!).footer).toMatch(/^Harbour Studio · \d+ \w+ \d{4}, \d\d:\d\d$/);
  // Where text is not shown as it is, what Slack would read as its own is escaped.
  expect(billing[0]!.text).toContain("*Maple* &amp; &lt;!channel&gt;");
  const owners = await told(2, OWNERS);
  expect(owners.map((each) => readMessage(each).title)).toEqual([
    "*Maple* & <!channel> is a new client",
    `${name} is paid`,
  ]);

  // A test message says by its run whether it arrived.
  const arrived = await company.settle(await company.accept(`${at}/test`, { channel: OWNERS }));
  expect(arrived.result).toEqual({ ts: expect.stringMatching(/^\d+\.\d{6}$/) });
  const refused = await company.accept(`${at}/test`, { channel: "G0SECRET001" });
  await expect(company.settle(refused)).rejects.toThrow(/skipped/);
  expect(await company.get(`/runs/${refused}`)).toMatchObject({
    reason: "Slack refuses it: channel_not_found",
  });

  // All of them at once: what is there stays, what is not named goes.
  const set = await company.put(`${at}/alerts`, {
    alerts: [
      { event_type: "invoice.sent", channel: BILLING },
      { event_type: "night.completed", channel: "C0GENERAL01", is_enabled: false },
    ],
  });
  expect(set.map((each: { id: number; channel_name: string }) => each.channel_name)).toEqual([
    "billing",
    "general",
  ]);
  expect(set[0].id).toBe(sent.id);
  const twice = { event_type: "invoice.sent", channel: BILLING };
  const doubled = await company.try("PUT", `${at}/alerts`, { alerts: [twice, twice] });
  expect(doubled.json.errors).toHaveProperty(["alerts.1.event_type"]);

  // Switched off, and moved, which its story tells.
  await company.put(`${at}/alerts/${sent.id}`, { ...twice, is_enabled: false });
  const moved = { ...twice, channel: OWNERS, is_enabled: true };
  expect(await company.put(`${at}/alerts/${sent.id}`, moved)).toMatchObject({
    channel_name: "owners",
    is_enabled: true,
  });
  const { data: story } = await company.list(
    `/activity-log?subject_type=alert-route&subject_id=${sent.id}`,
  );
  expect(story.map(({ event }: { event: string }) => event)).toEqual([
    "updated",
    "updated",
    "created",
  ]);
  await company.delete(`${at}/alerts/${sent.id}`);
  expect((await company.try("GET", `${at}/alerts/${sent.id}`)).status).toBe(404);

  // Nothing was asked that Slack would have refused, and nothing too fast.
  expect(sandbox.problems()).toEqual([]);
  expect(sandbox.requests().filter(({ status }) => status === 429)).toEqual([]);
  const dead = await sql`select job, error_message from job_runs where status = 'dead'`;
  expect([...dead]).toEqual([]);
});
