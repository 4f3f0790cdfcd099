import type { ServerResponse } from "node:http";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { recordEvents } from "../../../src/db/events.ts";
import { lockWebhookEndpoint } from "../../../src/db/webhook-endpoints.ts";
import { deliverWebhooks } from "../../../src/jobs/webhooks/deliver.ts";
import { untilBlocked } from "../../support/blocked.ts";
import { openCompany } from "../../support/company.ts";
import { eventually } from "../../support/eventually.ts";
import type { ReceivedWebhook, WebhookReceiver } from "../../support/webhook-receiver.ts";
import { startWebhooks } from "./start-webhooks.ts";

/** What the specification's own library makes of a message. Throws when it would refuse it. */
function verify(secret: string, { body, headers }: ReceivedWebhook): unknown {
  const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
  const signed = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  return new Webhook(secret).verify(body, signed);
}

/** The next message waits for its answer until the returned function is called; those after it do not. */
function holdNext(receiver: WebhookReceiver): () => void {
  let held: ServerResponse | undefined;
  receiver.answer((_message, response) => {
    if (held !== undefined) return 204;
    held = response;
    return "later";
  });
  return () => {
    expect(held).toBeDefined();
    held?.writeHead(204).end();
  };
}

test("an event is told to those who asked for it, and the official library takes every message", async () => {
  const webhooks = await startWebhooks();
  const { company, sql, subscribe, receiver, until, untilIdle, happen, settles } = webhooks;
  const all = await subscribe("/all");
  const some = await subscribe("/some", ["client.created", "invoice.paid"]);
  const old = await subscribe("/old", ["proposal.signed"]);
  const other = await openCompany(webhooks, { name: "Other" });
  await other.post("/webhooks", { url: `${receiver.url}/other`, event_types: ["*"] });

  const client = await company.post("/clients", { name: "Pine & Sons" });
  await happen("quote.accepted", 7, { subjectType: "quote" });
  await happen("invoice.send-requested");
  await until("/all", 2);
  const [created] = await until("/some", 1);
  const [signed] = await until("/old", 1);
  await untilIdle();

  const [told] = await sql`select id, causer_id from events where type = 'client.created'`;
  expect(told).toEqual({ id: expect.any(Number), causerId: expect.any(Number) });
  expect(created).toEqual({
    type: "client.created",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    data: {
      object: "client",
      id: client.id,
      company_id: company.id,
      event_id: told!["id"],
      causer_id: told!["causerId"],
      properties: expect.objectContaining({}),
    },
  });
  expect(signed).toMatchObject({
    type: "proposal.signed",
    data: { object: "quote", id: 7, causer_id: null, properties: { invoice_number: "INV-7" } },
  });
  const types = receiver.at("/all").map(({ json }) => json.type);
  expect(new Set(types)).toEqual(new Set(["client.created", "quote.accepted"]));
  for (const [path, { secret }] of Object.entries({ "/all": all, "/some": some, "/old": old })) {
    for (const message of receiver.at(path)) {
      expect(verify(secret, message)).toEqual(message.json);
      expect(message.headers["content-type"]).toBe("application/json");
    }
  }
  expect(() => verify(all.secret, receiver.at("/old")[0]!)).toThrow("No matching signature");
  expect(receiver.at("/other")).toEqual([]);
  expect(receiver.received).toHaveLength(4);

  const [delivery] = await settles(old.id, "delivered");
  expect(delivery).toMatchObject({
    webhook_id: old.id,
    message_id: receiver.at("/old")[0]!.id,
    event_type: "proposal.signed",
    attempts: 1,
    body: receiver.at("/old")[0]!.body,
    log: [{ status: 204, error: null, response: null }],
  });
});

test("after a rotation both secrets sign, until the old one's time is over", async () => {
  const { company, subscribe, receiver, until, happen, pass } = await startWebhooks();
  const endpoint = await subscribe("/hook");
  const rotate = async (body: object) =>
    await company.post(`/webhooks/${endpoint.id}/rotate-secret`, body);
  const { secret: second, previous_secret_expires_at: end } = await rotate({ overlap_hours: 2 });
  expect(end).toEqual(expect.any(String));
  await happen("invoice.created");
  await until("/hook", 1);
  const [both] = receiver.received;
  expect(String(both!.headers["webhook-signature"]).split(" ")).toHaveLength(2);
  verify(endpoint.secret, both!);
  verify(second, both!);

  await pass(2);
  await happen("invoice.paid");
  await until("/hook", 2);
  verify(second, receiver.received[1]!);
  expect(() => verify(endpoint.secret, receiver.received[1]!)).toThrow("No matching signature");

  const { secret: third } = await rotate({ overlap_hours: 0 });
  await happen("invoice.voided");
  await until("/hook", 3);
  verify(third, receiver.received[2]!);
  expect(() => verify(second, receiver.received[2]!)).toThrow("No matching signature");
});

test("messages about one record keep their order: one that fails holds up those behind it, and no other record's", async () => {
  const { sql, subscribe, receiver, until, untilIdle, happen, settles, pass } =
    await startWebhooks();
  const endpoint = await subscribe("/hook");
  receiver.answer(({ json }) => (json.type === "invoice.created" ? 500 : 200));
  await happen("invoice.created", 1);
  await happen("invoice.sent", 1);
  await happen("invoice.paid", 1);
  await happen("invoice.paid", 2);
  await settles(endpoint.id, "delivered");
  await untilIdle();
  expect(receiver.received.map(({ json }) => [json.type, json.data.id])).toEqual(
    expect.arrayContaining([
      ["invoice.created", 1],
      ["invoice.paid", 2],
    ]),
  );
  expect(receiver.received).toHaveLength(2);
  // Those behind it make nobody look before it is due again.
  expect(await sql`select wakes_at from webhook_endpoints`).toEqual(
    await sql`select next_attempt_at as wakes_at from webhook_deliveries where attempts = 1 and status = 'pending'`,
  );

  receiver.answer(() => 200);
  await pass(1);
  await until("/hook", 5);
  const later = receiver.received.slice(2);
  expect(later.map(({ json }) => json.type)).toEqual([
    "invoice.created",
    "invoice.sent",
    "invoice.paid",
  ]);
  // The same message as before, signed anew.
  const first = receiver.received.find(({ json }) => json.type === "invoice.created")!;
  expect(later[0]).toMatchObject({ id: first.id, body: first.body });
});

test("an endpoint that does not answer holds up no other, of the same company or another", async () => {
  const webhooks = await startWebhooks();
  const { company, subscribe, receiver, until, happen } = webhooks;
  const other = await openCompany(webhooks, { name: "Other" });
  await other.post("/webhooks", { url: `${receiver.url}/other`, event_types: ["*"] });
  const slow = await Promise.all(["/slow/1", "/slow/2", "/slow/3"].map((path) => subscribe(path)));
  await subscribe("/quick");
  const held: (() => void)[] = [];
  receiver.answer(({ path }, response) => {
    if (path.startsWith("/slow")) held.push(() => response.writeHead(200).end());
    return path.startsWith("/slow") ? "later" : 200;
  });
  for (let invoice = 1; invoice <= 40; invoice += 1) await happen("invoice.created", invoice);
  await other.post("/clients", { name: "Pine" });
  await until("/quick", 40);
  await until("/other", 1);
  // Each has what it can have at once, and waits for nobody but itself.
  for (const { id } of slow) {
    const { meta } = await company.list(`/webhooks/${id}/deliveries?filter[status]=delivered`);
    expect(meta.total).toBe(0);
  }
  receiver.answer(() => 200);
  for (const letGo of held) letGo();
  for (const path of ["/slow/1", "/slow/2", "/slow/3"]) await until(path, 40);
});

test("a message that waits for its answer holds up those about its own record only", async () => {
  const { subscribe, receiver, until, happen, settles } = await startWebhooks();
  const endpoint = await subscribe("/hook");
  const letGo = holdNext(receiver);
  await happen("invoice.created", 1);
  await until("/hook", 1);
  await happen("invoice.paid", 1);
  await happen("invoice.created", 2);
  await happen("invoice.created", 3);
  await settles(endpoint.id, "delivered", 2);
  // Two of different records go out beside each other.
  expect(new Set(receiver.received.map(({ json }) => json.data.id))).toEqual(new Set([1, 2, 3]));
  expect(receiver.received).toHaveLength(3);
  letGo();
  const delivered = await settles(endpoint.id, "delivered", 4);
  // Nobody gave up waiting for the first one.
  expect(delivered.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
  expect(receiver.received.at(-1)!.json).toMatchObject({ type: "invoice.paid", data: { id: 1 } });
});

test("a message whose delivery could not be written down is sent again, under the same id", async () => {
  const { sql, subscribe, receiver, until, happen, settles } = await startWebhooks();
  const endpoint = await subscribe("/hook");
  // What a process that dies between the answer and the record leaves behind.
  await sql`
    create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'the process died here'; end $$
  `;
  await sql`
    create trigger refuse before update on webhook_deliveries for each row execute function refuse()
  `;
  await happen("invoice.paid");
  const failed = async () =>
    await sql`select from job_runs where job = 'webhook.deliver' and error_message like '%died here%'`;
  await expect.poll(failed).toHaveLength(1);
  await sql`drop trigger refuse on webhook_deliveries`;
  await until("/hook", 2);
  const [delivery] = await settles(endpoint.id, "delivered");
  const [first, second] = receiver.received;
  expect(second).toMatchObject({ id: first!.id, body: first!.body });
  expect(delivery.message_id).toBe(first!.id);
});

test("what arises while another run delivers is delivered by that one, or right after it", async () => {
  const { sql, subscribe, receiver, until, happen, settles } = await startWebhooks();
  const endpoint = await subscribe("/hook");
  const many = 120;
  for (let invoice = 1; invoice <= many; invoice += 1) {
    await Promise.all([happen("invoice.created", invoice), happen("invoice.paid", invoice)]);
  }
  await until("/hook", 2 * many);
  await settles(endpoint.id, "delivered", 25);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(2 * many);
  expect(receiver.received).toHaveLength(2 * many);
  const left = async () =>
    await sql`
      select claimed_by, (select count(*)::int from webhook_deliveries where status = 'pending') as count
      from webhook_endpoints
    `;
  await expect.poll(left).toEqual([{ claimedBy: null, count: 0 }]);
});

test("what arises while a run has its turn asks for no other run, and is not forgotten when that turn ends", async () => {
  const { base, company, sql, subscribe, receiver, until, untilIdle, happen } =
    await startWebhooks();
  const endpoint = await subscribe("/hook");
  const countRuns = async () =>
    (await sql`select from job_runs where job = 'webhook.deliver' and trigger_kind = 'event'`)
      .length;
  // The endpoint's first success is noted down; those after it change nothing about it.
  await happen("invoice.created", 1);
  await until("/hook", 1);
  await untilIdle();
  expect(await countRuns()).toBe(1);

  const letGo = holdNext(receiver);
  await happen("invoice.created", 2);
  await until("/hook", 2);
  for (let invoice = 3; invoice <= 9; invoice += 1) await happen("invoice.created", invoice);
  const followed = async () => (await sql`select from event_outbox`).length === 0;
  await eventually(followed);
  expect(await countRuns()).toBe(2);

  // Whoever changes the webhook may be about to write down the same message: nobody waits for him.
  await base.sql.begin(async (tx) => {
    await lockWebhookEndpoint(tx, { companyId: company.id, id: endpoint.id });
    await happen("invoice.created", 10);
    await eventually(followed);
  });
  expect(await countRuns()).toBe(3);
  // It has looked at the webhook, too, and gone away.
  const gone = async () =>
    await sql`select from job_runs where job = 'webhook.deliver' and status = 'skipped'`;
  await expect.poll(gone).toHaveLength(1);

  // The last one is still being followed when the run has nothing more to do.
  await base.sql.begin(async (tx) => {
    const event = { type: "invoice.created", subjectType: "invoice", occurredAt: new Date() };
    const eventIds = await recordEvents(tx, company.id, [{ ...event, subjectId: 11 }]);
    await tx`delete from event_outbox where event_id = any(${eventIds})`;
    expect(await deliverWebhooks.follows?.targets(tx, eventIds)).toEqual([]);
    letGo();
    await until("/hook", 10);
    await untilBlocked(sql);
  });
  await until("/hook", 11);
  await untilIdle();
  expect(await countRuns()).toBe(3);
  expect(receiver.received.map(({ json }) => json.data.id).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 11 }, (_, index) => index + 1),
  );
});

test("a run that waits long for its answers keeps its turn: nobody sends what it has on its way", async () => {
  const { base, company, subscribe, receiver, until, settles, pass } = await startWebhooks();
  const endpoint = await subscribe("/hook");
  const held: (() => void)[] = [];
  receiver.answer(({ json }, response) => {
    if (json.type === "webhook.test") return 204;
    held.push(() => response.writeHead(204).end());
    return "later";
  });
  const event = { type: "invoice.created", subjectType: "invoice", occurredAt: new Date() };
  await base.sql.begin((tx) =>
    recordEvents(
      tx,
      company.id,
      [1, 2, 3].map((subjectId) => ({ ...event, subjectId })),
    ),
  );
  await until("/hook", 3);
  // Each time it writes down one of them, and in the end more time has passed than a claim lasts.
  for (const count of [1, 2]) {
    await pass(40 / 3_600);
    held[count - 1]!();
    await settles(endpoint.id, "delivered", count);
  }
  const other = await company.accept(`/webhooks/${endpoint.id}/test`);
  const turnedAway = async () => await company.get(`/runs/${other}`);
  await expect.poll(turnedAway).toMatchObject({
    status: "skipped",
    reason: "another run delivers to this webhook",
  });
  expect(receiver.received).toHaveLength(3);
  held[2]!();
  await until("/hook", 4);
  await settles(endpoint.id, "delivered", 4);
  expect(receiver.received).toHaveLength(4);
});

test("a message that would be too long is told without its properties", async () => {
  const { subscribe, receiver, until, happen } = await startWebhooks();
  await subscribe("/hook");
  const note = 'It says "\\u0000" \u20ac, % and %s. ';
  await happen("invoice.created", 1, { payload: { note } });
  await happen("invoice.updated", 2, { payload: { note: note.repeat(1_000) } });
  await until("/hook", 2);
  const messages = receiver.received.map(({ json }) => json);
  expect(messages.toSorted((a, b) => a.data.id - b.data.id)).toEqual([
    expect.objectContaining({ data: expect.objectContaining({ id: 1, properties: { note } }) }),
    expect.objectContaining({ data: expect.objectContaining({ id: 2, properties: null }) }),
  ]);
});

test("whatever comes while hundreds are sent, of one record only one message is on its way, and in order", async () => {
  const { base, company, sql, subscribe, receiver, until } = await startWebhooks();
  const endpoint = await subscribe("/hook");
  const records = 300;
  const happen = async (type: string): Promise<void> => {
    const events = Array.from({ length: records }, (_, index) => ({
      type,
      subjectType: "invoice",
      subjectId: index + 1,
      occurredAt: new Date(),
    }));
    await base.sql.begin((tx) => recordEvents(tx, company.id, events));
  };
  const story = ["invoice.created", "invoice.sent", "invoice.paid"];
  const received = new Map<number, string[]>();
  const onTheirWay = new Set<number>();
  const together: number[] = [];
  let later: Promise<void> | undefined;
  receiver.answer(({ json }, response) => {
    const { id } = json.data;
    if (onTheirWay.has(id)) together.push(id);
    onTheirWay.add(id);
    received.set(id, [...(received.get(id) ?? []), json.type]);
    // Before half of the first ones are taken up: the look that then begins finds more about records whose
    // message is on its way.
    if (receiver.received.length > 20) later ??= happen(story[1]!).then(() => happen(story[2]!));
    setImmediate(() => {
      onTheirWay.delete(id);
      response.writeHead(json.type === "invoice.created" && id % 100 === 0 ? 500 : 204).end();
    });
    return "later";
  });
  await happen(story[0]!);
  // Those behind the three that failed wait with them.
  const due = 3 * records - 6;
  await until("/hook", due);
  const delivered = async () =>
    await sql`
      select from webhook_deliveries where endpoint_id = ${endpoint.id} and status = 'delivered'
    `;
  await expect.poll(delivered).toHaveLength(due - 3);
  expect(together).toEqual([]);
  expect(receiver.received).toHaveLength(due);
  for (const [id, types] of received) {
    expect(types, `of ${id}`).toEqual(id % 100 === 0 ? [story[0]] : story);
  }
});
