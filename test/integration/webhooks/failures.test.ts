import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startWebhooks, type DeliveryJson } from "./start-webhooks.ts";

test("a message is tried for three days on the schedule of the specification, then given up, and sent again by hand", async () => {
  const { company, subscribe, receiver, happen, settles, pass } = await startWebhooks();
  const endpoint = await subscribe("/hook", ["invoice.paid"]);
  const elsewhere = await subscribe("/elsewhere", ["client.created"]);
  const token = "nl_0123456789abcdefghij";
  receiver.answer((_message, response) => {
    response.writeHead(500, { "content-type": "text/plain" });
    response.end(`no such invoice, ${token}, ${"x".repeat(5_000)}`);
    return "later";
  });
  await happen("invoice.paid");
  const waits: number[] = [];
  // Hours to the next attempt, and a tenth more for the jitter.
  for (const hours of [0.002, 0.1, 0.6, 2.2, 5.5, 11, 15.5, 22, 26.5]) {
    const [seen] = await eventually(async () => {
      const found = await settles(endpoint.id, "pending");
      return found[0].attempts === waits.length + 1 && found;
    });
    const last = seen.log.at(-1);
    waits.push((Date.parse(seen.next_attempt_at) - Date.parse(last.at)) / 1_000);
    await pass(hours);
  }
  const [failed] = await settles(endpoint.id, "failed");
  const schedule = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
  waits.forEach((seconds, index) => {
    expect(seconds).toBeGreaterThanOrEqual(schedule[index]! - 1);
    expect(seconds).toBeLessThan(schedule[index]! * 1.1 + 1);
  });
  expect(failed).toMatchObject({ attempts: 10, next_attempt_at: null });
  expect(failed.log).toHaveLength(10);
  const { status, response } = failed.log[0];
  expect([status, response.length]).toEqual([500, 1_000]);
  expect(response).toContain("no such invoice, [redacted]");
  expect(new Set(receiver.received.map(({ id }) => id))).toEqual(new Set([failed.message_id]));
  const stamps = receiver.received.map(({ headers }) => headers["webhook-signature"]);
  expect(stamps.every((signature) => String(signature).startsWith("v1,"))).toBe(true);

  const items = async (state: string) =>
    (await company.list(`/attention-items?filter[status]=${state}`)).data.filter(
      ({ kind }: DeliveryJson) => kind.startsWith("webhook."),
    );
  expect(await items("open")).toMatchObject([{ kind: "webhook.gave-up" }]);
  receiver.answer(() => 200);
  const sent = await company.call("POST", `/webhooks/deliveries/${failed.id}/redeliver`);
  expect(sent).toMatchObject({
    data: { job: "webhook.deliver" },
    delivery: { status: "pending", attempts: 0 },
  });
  await settles(endpoint.id, "delivered");
  expect(receiver.received.at(-1)).toMatchObject({ id: failed.message_id, body: failed.body });
  expect(await items("open")).toEqual([]);
  expect(await items("resolved")).toMatchObject([{ resolution: "it was asked for again" }]);
  const nothing = await company.list(`/webhooks/${elsewhere.id}/deliveries`);
  expect(nothing.meta.total).toBe(0);
});

test("410 disables at once, tells by mail; enabled again, it is told what it missed when that is replayed", async () => {
  const { company, subscribe, receiver, until, happen, settles, mail, sql } = await startWebhooks();
  const startedAt = new Date(Date.now() - 1_000).toISOString();
  const endpoint = await subscribe("/hook", ["invoice.created", "invoice.paid"]);
  receiver.answer(() => 410);
  await happen("invoice.created", 1);
  const path = `/webhooks/${endpoint.id}`;
  await eventually(async () => (await company.get(path)).status === "disabled");
  expect(await company.get(path)).toMatchObject({ disabled_reason: "gone" });
  const letter = await eventually(() => mail.mails[0]);
  expect(letter.subject).toMatch(
    /^The webhook of Harbour Studio to 127\.0\.0\.1:\d+ was disabled$/,
  );
  expect(letter.text).toContain("410 Gone");
  expect(letter.text).not.toContain("/hook");
  // That it was disabled says it all: the message was not tried ten times.
  const items = async () => (await company.list("/attention-items?filter[status]=open")).data;
  expect(await items()).toMatchObject([{ kind: "webhook.disabled" }]);

  // Nothing is owed to it for that time, and nothing is sent.
  await happen("invoice.paid", 1);
  await happen("invoice.created", 2);
  for (const [method, of, body] of [
    ["POST", `${path}/test`],
    ["POST", `${path}/replay`, { from: startedAt }],
  ] as const) {
    expect(await company.try(method, of, body)).toMatchObject({
      status: 409,
      json: { code: "webhook_disabled" },
    });
  }
  expect(receiver.received).toHaveLength(1);
  // What is followed only after it is enabled again is owed to it in any case.
  await eventually(async () => (await sql`select event_id from event_outbox`).length === 0);

  receiver.answer(() => 200);
  const enabled = await company.call("PATCH", path, { status: "enabled" });
  expect(enabled.data).toMatchObject({ status: "enabled", disabled_reason: null });
  const run = await company.settle(await company.accept(`${path}/replay`, { from: startedAt }));
  expect(run.result).toEqual({ messages: 3 });
  await until("/hook", 4);
  expect(receiver.received.slice(1).map(({ json }) => [json.type, json.data.id])).toEqual(
    expect.arrayContaining([
      ["invoice.created", 1],
      ["invoice.paid", 1],
      ["invoice.created", 2],
    ]),
  );
  expect(receiver.received[1]!.id).toBe(receiver.received[0]!.id);
  await settles(endpoint.id, "delivered", 3);

  // Once more: only what it has not had, which is nothing; or all of it.
  const none = await company.settle(await company.accept(`${path}/replay`, { from: startedAt }));
  expect(none.result).toEqual({ messages: 0 });
  const all = { from: startedAt, include_delivered: true };
  const again = await company.settle(await company.accept(`${path}/replay`, all));
  expect(again.result).toEqual({ messages: 3 });
  await until("/hook", 7);
  const ids = receiver.received.map(({ id }) => id);
  expect(new Set(ids).size).toBe(3);
  const story = await company.list(`/activity-log?subject_type=webhook&subject_id=${endpoint.id}`);
  expect(story.data.map(({ event }: DeliveryJson) => event)).toEqual([
    "replayed",
    "replayed",
    "replayed",
    "updated",
    "notice-requested",
    "disabled",
    "created",
  ]);
});

test("failures that were on their way when an endpoint began to rest neither end its rest nor make it longer", async () => {
  const { company, sql, subscribe, receiver, until, happen, untilIdle } = await startWebhooks();
  const endpoint = await subscribe("/hook");
  const held: ServerResponse[] = [];
  receiver.answer((_message, response) => {
    held.push(response);
    return "later";
  });
  for (let invoice = 1; invoice <= 40; invoice += 1) await happen("invoice.created", invoice);
  // As many as go out beside each other.
  await until("/hook", 10);
  const restsUntil = async () => (await company.get(`/webhooks/${endpoint.id}`)).rests_until;
  for (const response of held.splice(0, 5)) response.writeHead(500).end();
  const resting = await eventually(async () => (await restsUntil()) ?? false);
  for (const response of held) response.writeHead(500).end();
  await untilIdle();
  expect(await restsUntil()).toBe(resting);
  const [row] = await sql`select failed_rounds from webhook_endpoints`;
  expect(row).toEqual({ failedRounds: 1 });
});

test("failures in a row make an endpoint rest, with one message as a probe; success brings all the rest", async () => {
  const { company, subscribe, receiver, happen, settles, pass, untilIdle } = await startWebhooks();
  const endpoint = await subscribe("/hook");
  receiver.answer(() => 500);
  for (let invoice = 1; invoice <= 40; invoice += 1) await happen("invoice.created", invoice);
  const path = `/webhooks/${endpoint.id}`;
  const resting = await eventually(async () => {
    const row = await company.get(path);
    return row.rests_until !== null && row;
  });
  expect(resting).toMatchObject({ status: "enabled", failing_since: expect.any(String) });
  // Those on their way when the fifth failed, and no more.
  const tried = receiver.received.length;
  expect(tried).toBeLessThanOrEqual(20);
  // Until the run has given its turn back, nobody else looks.
  await untilIdle();

  await pass(0.002);
  await eventually(() => receiver.received.length > tried);
  await eventually(async () => (await company.get(path)).rests_until !== resting.rests_until);
  expect(receiver.received.length).toBeLessThanOrEqual(tried + 1);

  receiver.answer(() => 200);
  await pass(0.2);
  await settles(endpoint.id, "delivered", 25);
  await eventually(async () => {
    const { meta } = await company.list(`${path}/deliveries?filter[status]=delivered`);
    return meta.total === 40;
  });
  expect(await company.get(path)).toMatchObject({
    failing_since: null,
    rests_until: null,
    last_success_at: expect.any(String),
  });
});

test("429 and its Retry-After are heeded for the endpoint as a whole", async () => {
  const { company, subscribe, receiver, happen, settles, pass } = await startWebhooks();
  const endpoint = await subscribe("/hook");
  receiver.answer((_message, response) => {
    response.writeHead(429, { "retry-after": "600" }).end();
    return "later";
  });
  await happen("invoice.created", 1);
  const [delivery] = await eventually(async () => {
    const found = await settles(endpoint.id, "pending");
    return found[0].attempts === 1 && found;
  });
  const waitMs = Date.parse(delivery.next_attempt_at) - Date.parse(delivery.log[0].at);
  expect(waitMs).toBeGreaterThanOrEqual(599_000);
  const { rests_until: restsUntil } = await company.get(`/webhooks/${endpoint.id}`);
  expect(Date.parse(restsUntil) - Date.parse(delivery.log[0].at)).toBeGreaterThanOrEqual(599_000);

  // Another message waits as well; the run that came for it goes away again.
  await happen("invoice.created", 2);
  await eventually(async () => {
    const { data } = await company.list("/runs?filter[job]=webhook.deliver&filter[status]=skipped");
    return data.length === 1 && data[0].reason.includes("rests");
  });
  expect(receiver.received).toHaveLength(1);

  // However long it asks for, an hour is the most.
  receiver.answer((_message, response) => {
    response.writeHead(429, { "retry-after": "999999999999999999999" }).end();
    return "later";
  });
  await pass(0.2);
  const longest = await eventually(async () => {
    const { rests_until: until } = await company.get(`/webhooks/${endpoint.id}`);
    return until !== restsUntil && Date.parse(until) - Date.parse(restsUntil);
  });
  expect(longest).toBeGreaterThanOrEqual(3_600_000);
  expect(longest).toBeLessThan(3_600_000 + 720_000 + 60_000);
  receiver.answer(() => 200);
  await pass(1.1);
  await settles(endpoint.id, "delivered", 2);
});

test("an endpoint at which nothing succeeds for five days is disabled; one success in between is enough", async () => {
  const { company, subscribe, receiver, happen, pass, mail } = await startWebhooks();
  const dead = await subscribe("/dead");
  const flaky = await subscribe("/flaky");
  let isWell = false;
  receiver.answer(({ path }) => (path === "/flaky" && isWell ? 200 : 500));
  await happen("invoice.created", 1);
  const since = async ({ id }: { id: number }) =>
    (await company.get(`/webhooks/${id}`)).failing_since;
  await eventually(async () => (await since(dead)) !== null && (await since(flaky)) !== null);
  isWell = true;
  await pass(60);
  await eventually(async () => (await since(flaky)) === null);
  isWell = false;
  await pass(61);
  await happen("invoice.created", 2);
  await eventually(async () => (await company.get(`/webhooks/${dead.id}`)).status === "disabled");
  expect(await company.get(`/webhooks/${dead.id}`)).toMatchObject({ disabled_reason: "failing" });
  await eventually(async () => (await since(flaky)) !== null);
  expect(await company.get(`/webhooks/${flaky.id}`)).toMatchObject({ status: "enabled" });
  const letter = await eventually(() => mail.mails[0]);
  expect(letter.text).toContain("nothing we sent to it has succeeded for five days");
});

test("an address that leads inside by now is disabled at its next message, and reached by none", async () => {
  const { sql, company, subscribe, receiver, happen } = await startWebhooks();
  const endpoint = await subscribe("/hook");
  await sql`update webhook_endpoints set url = 'http://169.254.169.254/latest/meta-data'`;
  await happen("invoice.created", 1);
  const path = `/webhooks/${endpoint.id}`;
  await eventually(async () => (await company.get(path)).status === "disabled");
  expect(await company.get(path)).toMatchObject({ disabled_reason: "refused" });
  const items = await company.list("/attention-items?filter[status]=open");
  expect(items.data).toMatchObject([{ kind: "webhook.disabled" }]);
  const { data } = await company.list(`${path}/deliveries`);
  expect(data).toMatchObject([{ status: "failed", log: [{ status: null, response: null }] }]);
  expect(data[0].log[0].error).toContain("not on the public internet");
  expect(receiver.received).toEqual([]);
});
