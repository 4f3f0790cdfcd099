import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { BILLING, OWNERS, readMessage, startSlack } from "./start-slack.ts";

/** A client with invoices that are due on the day before the night of 2 March. */
async function bill(
  { company }: Pick<Awaited<ReturnType<typeof startSlack>>, "company">,
  currencies: readonly string[],
) {
  const client = await company.post("/clients", { name: "Pine & Sons" });
  for (const currency of currencies) {
    const invoice = await company.post("/invoices", {
      client_id: client.id,
      currency,
      issue_date: "2026-02-01",
      due_date: "2026-03-01",
      line_items: [{ description: "Work", quantity: 1, unit_price: 10_050 }],
    });
    await company.post(`/invoices/${invoice.id}/mark-sent`);
  }
}

test("I11: a night is told in one message for each kind and one summary, however Slack is doing", async () => {
  const started = await startSlack({ testClock: "2026-03-01T12:00:00Z" });
  const { company, sandbox, alertOn, told, sql } = started;
  await bill(started, ["USD", "USD", "EUR", "USD", "EUR", "USD"]);
  await alertOn("invoice.overdue");
  await alertOn("night.completed", OWNERS);

  // Slack is down: the first try ends nobody knows how, the second surely did nothing.
  const match = { path: "/api/chat.postMessage", body: BILLING };
  sandbox.fault({ match, fault: { kind: "status", status: 503 } });
  const lookMatch = { path: "/api/conversations.history" };
  sandbox.fault({ match: lookMatch, fault: { kind: "status", status: 503 } });
  await company.advance("2026-03-02T12:00:00Z");
  const { data: overdue } = await company.list("/invoices?filter[status]=overdue");
  expect(overdue).toHaveLength(6);

  const [message, ...others] = await told(1);
  expect(others).toEqual([]);
  const { title, facts, lines, footer } = readMessage(message!);
  expect(title).toBe("6 invoices are overdue");
  expect(facts).toEqual(["Amount due in EUR: €201.00", "Amount due in USD: $402.00"]);
  expect(lines).toHaveLength(6);
  expect(lines[0]).toMatch(/^Invoice \S+ · Pine & Sons · \$100\.50 · due 1 March 2026$/);
  expect(lines.at(-1)).toBe("and 1 more");
  expect(footer).toBe("Harbour Studio · 2 March 2026, 02:00");

  const [digest, ...further] = await told(1, OWNERS);
  expect(further).toEqual([]);
  expect(readMessage(digest!)).toMatchObject({
    title: "The night of 2 March 2026 is done",
    facts: ["Newly overdue: 6 (€201.00 + $402.00)"],
  });
  // A run ends a moment after what it told.
  await expect
    .poll(async () => {
      const runs = await sql`select status from job_runs where job = 'slack.post-alerts'`;
      return runs.map(({ status }) => status);
    })
    .toEqual(["succeeded", "succeeded"]);
});

test("a channel that is dead switches its alerts off, tells the owner, and what it was owed waits", async () => {
  const { company, sandbox, platform, alertOn, told, inSlack, sql } = await startSlack();
  const at = "/integrations/slack/alerts";
  const created = await alertOn("client.created");
  const sent = await alertOn("invoice.sent");
  await alertOn("client.created", OWNERS);
  await inSlack("archive", BILLING);
  await company.post("/clients", { name: "Maple" });
  const isOff = async () => (await company.get(`${at}/${created.id}`)).is_enabled === false;
  await eventually(isOff);

  const failure = { code: "is_archived", failed_at: expect.stringMatching(/Z$/) };
  expect(await company.get(`${at}/${created.id}`)).toMatchObject({ failure, waiting: 1 });
  expect(await company.get(`${at}/${sent.id}`)).toMatchObject({ is_enabled: false, failure });
  // The others go on.
  expect(readMessage((await told1(OWNERS))!).title).toBe("Maple is a new client");
  const [mail] = await platform.mail.waitFor((mails) => mails.length > 0);
  expect(mail).toMatchObject({ subject: "Slack alerts to #billing are off" });
  expect(mail!.text).toContain("the channel was archived");
  expect(mail!.text).toContain("client.created, invoice.sent");
  const items = async () => (await company.list("/attention-items")).data;
  expect(await items()).toMatchObject([
    {
      kind: "slack.channel-dead",
      title: "Alerts to #billing are off: Slack says is_archived",
      subject_type: "alert-route",
    },
  ]);
  const { data: story } = await company.list(
    `/activity-log?subject_type=alert-route&subject_id=${created.id}`,
  );
  expect(story[0]).toMatchObject({ event: "disabled", properties: { code: "is_archived" } });

  // What happens meanwhile is not told; nothing can be switched on that would not arrive.
  await company.post("/clients", { name: "Birch" });
  await told(2, OWNERS);
  const on = { is_enabled: true };
  const early = await company.try("PATCH", `${at}/${created.id}`, on);
  expect(early).toMatchObject({ status: 422, json: { errors: { is_enabled: expect.any(Array) } } });
  await inSlack("unarchive", BILLING);
  await company.call("PATCH", `${at}/${created.id}`, on);
  expect((await items()).length).toBe(1);
  await company.call("PATCH", `${at}/${sent.id}`, on);
  expect(await items()).toEqual([]);
  expect(readMessage((await told1(BILLING))!).title).toBe("Maple is a new client");

  // Sent out of a public channel, our app goes in again; of a private one nobody can but by invitation.
  await inSlack("kick", BILLING);
  await company.post("/clients", { name: "Oak" });
  expect(await told(2)).toHaveLength(2);
  expect(await told(3, OWNERS)).toHaveLength(3);
  await inSlack("kick", OWNERS);
  await company.post("/clients", { name: "Elm" });
  await platform.mail.waitFor((mails) => mails.length === 2);
  expect(await items()).toMatchObject([
    { title: "Alerts to #owners are off: Slack says channel_not_found" },
  ]);
  // Led elsewhere, what waited goes along.
  const { data: all } = await company.list(at);
  const dead = all.find(({ channel }: { channel: string }) => channel === OWNERS);
  expect(dead).toMatchObject({ waiting: 1 });
  const general = { channel: "C0GENERAL01", is_enabled: true };
  await company.call("PATCH", `${at}/${dead.id}`, general);
  expect(readMessage((await told1("C0GENERAL01"))!).title).toBe("Elm is a new client");
  expect(await items()).toEqual([]);
  const accepted = async () => await sql`select from slack_notices where status = 'accepted'`;
  await expect.poll(accepted).toHaveLength(2);
  expect(sandbox.problems()).toEqual([]);

  async function told1(channel: string) {
    return (await told(1, channel))[0];
  }
});

const refusal = (error: string) =>
  ({ kind: "status", status: 200, body: { ok: false, error } }) as const;

test("trouble on the way loses no alert and doubles none, and what nobody can know is said", async () => {
  const { company, sandbox, alertOn, told, messagesIn, sql } = await startSlack();
  await alertOn("client.created");
  const post = { path: "/api/chat.postMessage" };
  const happens = async (name: string) => await company.post("/clients", { name });

  // Too many at once: it comes again as late as it was told, which costs no attempt.
  sandbox.fault({ match: post, fault: { kind: "rate-limit", retryAfter: "1" } });
  await happens("Alder");
  await told(1);
  expect(await sql`select attempt from job_runs where job = 'slack.post-alerts'`).toMatchObject([
    { attempt: 1 },
  ]);

  // Blocks that Slack does not take go as text; what it takes in no form is a dead run.
  sandbox.fault({ match: post, fault: refusal("invalid_blocks") });
  await happens("Beech");
  const [, plain] = await told(2);
  expect(plain).toMatchObject({
    blocks: [],
    text: expect.stringMatching(/^Beech is a new client\n/),
  });
  sandbox.fault({ match: post, times: 2, fault: refusal("invalid_blocks") });
  await happens("Cedar");
  await eventually(
    async () => (await sql`select 1 from job_runs where status = 'dead'`).length === 1,
    { withinMs: 20_000 },
  );

  // Slack has it, nobody heard of it, and nobody may look.
  sandbox.fault({ match: post, fault: { kind: "drop", after: true } });
  const look = { path: "/api/conversations.history" };
  sandbox.fault({ match: look, fault: refusal("missing_scope") });
  await happens("Dogwood");
  const title = "It is not known whether an alert arrived in Slack (1 × client.created)";
  await eventually(
    async () => {
      const { data } = await company.list("/attention-items");
      return data.some((item: { title: string }) => item.title === title);
    },
    { withinMs: 20_000 },
  );
  expect(messagesIn(BILLING).filter(({ text }) => text.includes("Dogwood"))).toHaveLength(1);
  const kept = await sql`select status, error_code from slack_messages order by id`;
  expect([...kept]).toEqual([
    { status: "posted", errorCode: null },
    { status: "posted", errorCode: null },
    { status: "refused", errorCode: "invalid_blocks" },
    { status: "unknown", errorCode: "missing_scope" },
  ]);
  expect(await sql`select 1 from slack_alerts`).toHaveLength(0);
});
