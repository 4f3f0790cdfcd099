import { expect, test } from "vitest";
import type { Sql } from "../../src/db/client.ts";
import { inTransaction } from "../../src/db/transaction.ts";
import { recordEvent } from "../../src/db/events.ts";
import type { AnyJob } from "../../src/jobs/define-job.ts";
import { jobs } from "../../src/jobs/index.ts";
import { backoffMs } from "../../src/queue/backoff.ts";
import { companyIdOf, enqueue } from "../../src/queue/enqueue.ts";
import {
  insertClient,
  insertCompany,
  insertInvoice,
  insertPage,
  insertWebhook,
  insertRule,
  wantInSlack,
} from "../support/records.ts";
import { calendarSamples } from "../support/calendar-samples.ts";
import { subjectOf } from "../support/followed-subjects.ts";
import { setup } from "../support/setup.ts";

const DAY_MS = 86_400_000;

/**
 * Payloads as callers give them, two facts per job; the second differs in one of them. A job without
 * samples fails below: add some with the job.
 */
const samples: Readonly<Record<string, readonly [unknown, unknown]>> = {
  "clock.advance": [
    { companyId: 7, to: "2026-03-31T12:00:00.000Z", request: "a" },
    { companyId: 7, to: "2026-03-31T12:00:00.000Z", request: "b" },
  ],
  "attention.alert": [{}, {}],
  "connection.check": [
    { companyId: 7, provider: "slack", check: 3 },
    { companyId: 7, provider: "slack", check: 4 },
  ],
  "connection.check-due": [{}, {}],
  ...calendarSamples,
  "files.delete-unused": [{}, {}],
  "mail.give-up": [{}, {}],
  "mail.send-invitation": [
    { companyId: 7, deliveryId: 9 },
    { companyId: 7, deliveryId: 10 },
  ],
  "mail.send-password-reset": [{ passwordResetId: 9 }, { passwordResetId: 10 }],
  "exports.write-file": [
    { companyId: 7, exportId: 3 },
    { companyId: 7, exportId: 4 },
  ],
  "freshbooks.import": [
    { companyId: 7, importId: 3 },
    { companyId: 7, importId: 4 },
  ],
  "mail.send-invoice": [
    { companyId: 7, deliveryId: 9 },
    { companyId: 7, deliveryId: 10 },
  ],
  "mail.send-quote": [
    { companyId: 7, deliveryId: 9 },
    { companyId: 7, deliveryId: 10 },
  ],
  "mail.send-receipt": [
    { companyId: 7, deliveryId: 9 },
    { companyId: 7, deliveryId: 10 },
  ],
  "mail.send-statement": [
    { companyId: 7, deliveryId: 9 },
    { companyId: 7, deliveryId: 10 },
  ],
  "mail.send-reminder": [
    { companyId: 7, deliveryId: 9 },
    { companyId: 8, deliveryId: 9 },
  ],
  "mail.send-slack-notice": [
    { companyId: 7, noticeId: 9 },
    { companyId: 7, noticeId: 10 },
  ],
  "mail.send-webhook": [
    { companyId: 7, deliveryId: 9 },
    { companyId: 7, deliveryId: 10 },
  ],
  "webhook.deliver": [
    { companyId: 7, endpointId: 9, cause: "event-3" },
    { companyId: 7, endpointId: 9, cause: "event-4" },
  ],
  "webhook.replay": [
    {
      companyId: 7,
      endpointId: 9,
      from: "2026-03-01T00:00:00Z",
      to: "2026-03-02T00:00:00Z",
      includesDelivered: false,
      request: "a",
    },
    {
      companyId: 7,
      endpointId: 9,
      from: "2026-03-01T00:00:00Z",
      to: "2026-03-02T00:00:00Z",
      includesDelivered: false,
      request: "b",
    },
  ],
  "webhook.wake-due": [{}, {}],
  "night.assist": [
    { companyId: 7, businessDate: "2026-02-28", request: "r/1/1" },
    { companyId: 7, businessDate: "2026-02-28", request: "r/1/2" },
  ],
  "night.run": [
    { companyId: 7, businessDate: "2026-02-28" },
    { companyId: 7, businessDate: "2026-03-01" },
  ],
  "night.start-due": [{}, {}],
  "stripe.check-checkout": [
    { companyId: 7, checkoutId: 9, check: 1 },
    { companyId: 7, checkoutId: 9, check: 2 },
  ],
  "stripe.check-checkouts-due": [{}, {}],
  "stripe.close-checkout": [
    { companyId: 7, checkoutId: 9, eventId: 40 },
    { companyId: 7, checkoutId: 9, eventId: 41 },
  ],
  "stripe.handle-event": [
    { companyId: 7, account: "acct_1", eventId: "evt_1", kind: "payment", subject: "pi_1" },
    { companyId: 7, account: "acct_1", eventId: "evt_2", kind: "payment", subject: "pi_1" },
  ],
  "stripe.send-refund": [
    { companyId: 7, refundId: 9 },
    { companyId: 7, refundId: 10 },
  ],
  "stripe.tell-open-pages": [
    { companyId: 7, account: "acct_1", eventId: 40 },
    { companyId: 7, account: "acct_1", eventId: 41 },
  ],
  "stripe.read-subscription": [
    { customer: "cus_1", eventId: "evt_1" },
    { customer: "cus_1", eventId: "evt_2" },
  ],
  "quickbooks.push-client": [
    { companyId: 7, clientId: 9, eventId: 3 },
    { companyId: 7, clientId: 9, eventId: 4 },
  ],
  "quickbooks.push-invoice": [
    { companyId: 7, invoiceId: 9, eventId: 3 },
    { companyId: 7, invoiceId: 9, eventId: 4 },
  ],
  "quickbooks.push-requested": [
    { companyId: 7, pushId: 3 },
    { companyId: 7, pushId: 4 },
  ],
  "requests.forget-old": [{}, {}],
  "rule.follow-event": [
    { companyId: 7, eventId: 9 },
    { companyId: 7, eventId: 10 },
  ],
  "slack.post-alerts": [
    { companyId: 7, routeId: 3, eventId: 9 },
    { companyId: 7, routeId: 3, eventId: 10 },
  ],
  "slack.send-test": [
    { companyId: 7, channel: "C0123456789", request: "r-1" },
    { companyId: 7, channel: "C0123456789", request: "r-2" },
  ],
};

function samplesOf(job: AnyJob): readonly unknown[] {
  return (samples[job.name] ?? []).map((sample) => job.payload.parse(sample));
}

function keyOf(job: AnyJob, payload: unknown): string | undefined {
  return job.idempotencyKey?.(payload);
}

test("no two jobs have one name", () => {
  const names = jobs.map((job) => job.name);
  expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
});

test("every job has samples, and no sample is of a job that is gone", () => {
  expect(Object.keys(samples).toSorted()).toEqual(jobs.map((job) => job.name).toSorted());
});

for (const job of jobs) {
  test(`${job.name} has a name that will do for ever`, () => {
    expect(job.name).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
    expect(job.name.length).toBeLessThanOrEqual(60);
  });

  test(`${job.name} gets the payload that was asked for, through JSON and back`, () => {
    for (const payload of samplesOf(job)) {
      const stored = JSON.parse(JSON.stringify(payload)) as unknown;
      expect(stored).toEqual(payload);
      expect(job.payload.parse(stored)).toEqual(payload);
    }
  });

  test(`${job.name} is given ids and facts, not rows`, () => {
    for (const payload of samplesOf(job)) {
      expect(JSON.stringify(payload).length).toBeLessThan(500);
      for (const value of Object.values(payload as object)) expect(value).not.toBeTypeOf("object");
    }
  });

  test(`${job.name} refuses a payload of another form`, () => {
    for (const wrong of [null, "text", 7, []]) {
      expect(job.payload.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
    }
  });

  test(`${job.name} gives up at last, and not too soon`, () => {
    const { attempts, delayMsFirst, delayMsMax } = job.retry;
    expect(attempts).toBeGreaterThanOrEqual(3);
    expect(attempts).toBeLessThanOrEqual(25);
    expect(delayMsFirst).toBeGreaterThanOrEqual(250);
    expect(delayMsMax).toBeLessThanOrEqual(DAY_MS / 4);
    const longest = Array.from({ length: attempts }, (_, index) =>
      backoffMs(job.retry, index + 1, 1),
    );
    expect(longest.at(-1)).toBeUndefined();
    const totalMs = longest.reduce<number>((sum, delayMs) => sum + (delayMs ?? 0), 0);
    expect(totalMs).toBeLessThanOrEqual(7 * DAY_MS);
    expect(job.timeoutMs).toBeGreaterThanOrEqual(1_000);
    expect(job.timeoutMs).toBeLessThanOrEqual(6 * 3_600_000);
  });

  test(`${job.name} asked for twice is one run, and none after a rollback`, async () => {
    const { sql } = await setup();
    const [payload] = samplesOf(job);
    const key = "a/tick";
    const options = job.idempotencyKey === undefined ? { key } : {};
    const rollBack = new Error("rolled back on purpose");
    await expect(
      sql.begin(async (tx) => {
        await enqueue(tx, job, payload, options);
        throw rollBack;
      }),
    ).rejects.toBe(rollBack);

    const first = await inTransaction(sql, (tx) => enqueue(tx, job, payload, options));
    const second = await inTransaction(sql, (tx) => enqueue(tx, job, payload, options));
    expect(first.isNew).toBe(true);
    expect(second).toEqual({ runId: first.runId, isNew: false });
    const runs = await sql`
      select job, queue, company_id, payload, status, attempts_max from job_runs
    `;
    expect([...runs]).toEqual([
      {
        job: job.name,
        queue: job.queue,
        companyId: companyIdOf(payload),
        payload,
        status: "queued",
        attemptsMax: job.retry.attempts,
      },
    ]);
  });
}

test("a job without a key is started by ticks alone, whose runs are named after them", () => {
  const unnamed = jobs.filter(
    (job) => job.idempotencyKey === undefined && job.schedule === undefined,
  );
  expect(unnamed.map((job) => job.name)).toEqual([]);
});

test("a job that a tick starts needs to be told nothing", () => {
  const asking = jobs.filter(
    (job) => job.schedule !== undefined && !job.payload.safeParse({}).success,
  );
  expect(asking.map((job) => job.name)).toEqual([]);
});

for (const job of jobs.filter((each) => each.idempotencyKey !== undefined)) {
  test(`${job.name} names the same fact by the same key, and another by another`, () => {
    const [first, second] = samplesOf(job);
    const stored = JSON.parse(JSON.stringify(first)) as unknown;
    expect(keyOf(job, stored)).toBe(keyOf(job, first));
    expect(keyOf(job, second)).not.toBe(keyOf(job, first));
    // Not a moment: the same fact asked for a second later is the same fact.
    expect(keyOf(job, first)).not.toMatch(/T\d{2}:\d{2}|\d{13}/);
    expect(keyOf(job, first)).toMatch(/^[\x21-\x7e]{1,500}$/);
  });
}

/** A person who forgot a password is in no company at that moment; who pays for a plan, in many. */
const ofNoCompany = ["mail.send-password-reset", "stripe.read-subscription"];

for (const job of jobs.filter(
  (each) => each.idempotencyKey !== undefined && !ofNoCompany.includes(each.name),
)) {
  test(`${job.name} never takes the fact of one company for that of another`, () => {
    const [first] = samplesOf(job);
    expect(keyOf(job, first)).toMatch(new RegExp(`^${companyIdOf(first)}/`));
    expect(keyOf(job, { ...(first as object), companyId: 4711 })).toMatch(/^4711\//);
  });

  test(`${job.name} refuses a company's id that is none`, () => {
    const [first] = samplesOf(job);
    for (const companyId of ["7", 7.5, null, undefined]) {
      const payload = { ...(first as object), companyId };
      expect(job.payload.safeParse(payload).success, String(companyId)).toBe(false);
    }
  });
}

const followers = jobs.flatMap(({ name, payload, follows }) =>
  follows === undefined ? [] : [{ name, payload, follows }],
);

/** What some followers want beside the event: a company that has asked for them. */
async function switchOn(
  sql: Sql,
  { companyId, clientId }: { companyId: number; clientId: number },
): Promise<void> {
  await sql`
    insert into connections (
      company_id, provider, status, external_id, credentials, settings, created_at, updated_at
    )
    values (
      ${companyId}, 'quickbooks', 'connected', 'realm', 'sealed',
      '{"auto_push": true, "settings_of": "realm"}', now(), now()
    )
    on conflict do nothing
  `;
  await sql`
    insert into external_refs (company_id, provider, account, kind, external_id, record_id)
    values (${companyId}, 'quickbooks', 'realm', 'customer/USD', ${clientId}, ${clientId})
  `;
}

for (const { name, payload: schema, follows } of followers) {
  test(`${name} finds nothing to follow in an empty database`, async () => {
    const { sql } = await setup();
    expect(await sql.begin((tx) => follows.targets(tx, [1, 2, 3]))).toEqual([]);
    expect(await sql.begin((tx) => follows.targets(tx, []))).toEqual([]);
  });

  test(`${name} follows its events, each for its own company`, async () => {
    const { sql } = await setup();
    const companyByEvent = new Map<number, number>();
    for (const type of follows.types) {
      for (const company of ["Harbour Studio", "Kiln & Co"]) {
        const companyId = await insertCompany(sql, { name: company });
        const clientId = await insertClient(sql, companyId);
        const invoiceId = await insertInvoice(sql, { companyId, clientId });
        await insertPage(sql, { companyId, invoiceId });
        await switchOn(sql, { companyId, clientId });
        await wantInSlack(sql, companyId, type);
        await insertWebhook(sql, companyId);
        await insertRule(sql, { companyId, type });
        const subject = await subjectOf(sql, { job: name, type, companyId, clientId, invoiceId });
        const eventId = await sql.begin((tx) =>
          recordEvent(tx, {
            companyId,
            type,
            ...subject,
            payload: { delivery_id: 17, notice_id: 17, provider: "stripe", account: "acct_1" },
            occurredAt: new Date("2026-03-01T02:00:00Z"),
          }),
        );
        companyByEvent.set(eventId, companyId);
      }
    }

    const targets = await sql.begin((tx) => follows.targets(tx, [...companyByEvent.keys()]));
    expect(targets.map((target) => target.eventId).toSorted((a, b) => a - b)).toEqual([
      ...companyByEvent.keys(),
    ]);
    for (const { eventId, companyId, payload } of targets) {
      expect(companyId).toBe(companyByEvent.get(eventId));
      expect(companyIdOf(schema.parse(payload))).toBe(companyId);
    }
  });
}

test("no event type is followed by two jobs that would send the same mail", () => {
  const mailers = jobs.filter((job) => job.name.startsWith("mail."));
  const types = mailers.flatMap((job) => job.follows?.types ?? []);
  expect(types.filter((type, place) => types.indexOf(type) !== place)).toEqual([]);
});
