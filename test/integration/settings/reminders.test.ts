import { expect, test } from "vitest";
import { joinInvoicing, startInvoicing } from "../invoices/start-invoicing.ts";

const PATH = "/settings/reminders";

test("up to three reminders, each with a number of its own, are listed by number", async () => {
  const { expectCall, expectInvalid } = await startInvoicing();
  const last = await expectCall(201, "POST", PATH, { reminder_number: 3, days_offset: 90 });
  expect(last).toMatchObject({
    reminder_number: 3,
    days_offset: 90,
    subject: null,
    body: null,
    is_active: true,
  });
  await expectCall(201, "POST", PATH, {
    reminder_number: 1,
    days_offset: -30,
    subject: "Invoice due soon",
    body: "Your invoice is due in 30 days.",
    is_active: false,
  });
  await expectCall(201, "POST", PATH, { reminder_number: 2, days_offset: 7 });
  const listed = await expectCall(200, "GET", PATH);
  expect(listed.map((one: { reminder_number: number }) => one.reminder_number)).toEqual([1, 2, 3]);
  expect(listed[0]).toMatchObject({ subject: "Invoice due soon", is_active: false });
  expect(
    await expectInvalid("reminder_number", "POST", PATH, { reminder_number: 2, days_offset: 8 }),
  ).toContain("already");
});

test("what is wrong is a 422 that names it", async () => {
  const { expectInvalid, expectCall } = await startInvoicing();
  const right = { reminder_number: 1, days_offset: 1 };
  const wrong: [string, Record<string, unknown>][] = [
    ["reminder_number", { days_offset: 1 }],
    ["reminder_number", { ...right, reminder_number: 0 }],
    ["reminder_number", { ...right, reminder_number: 4 }],
    ["days_offset", { reminder_number: 1 }],
    ["days_offset", { ...right, days_offset: -31 }],
    ["days_offset", { ...right, days_offset: 91 }],
    ["days_offset", { ...right, days_offset: 1.5 }],
    ["subject", { ...right, subject: "x".repeat(256) }],
    ["body", { ...right, body: "x".repeat(2001) }],
    ["is_active", { ...right, is_active: "yes" }],
  ];
  for (const [field, body] of wrong) await expectInvalid(field, "POST", PATH, body);
  expect(await expectCall(200, "GET", PATH)).toEqual([]);
});

test("a placeholder that mails do not know is refused on create and on update, and named", async () => {
  const { expectInvalid, expectCall } = await startInvoicing();
  const right = { reminder_number: 1, days_offset: 1 };
  const said = "{{invoice.number}} of {{ client.name }}: {{amount_due}} due {{due_date}}";
  const one = await expectCall(201, "POST", PATH, { ...right, subject: said, body: said });
  const path = `${PATH}/${one.id}`;
  for (const text of [
    "{{nope}} is due",
    "{{period.start}}",
    "{{amount_due} is due",
    "{{toString}}",
  ]) {
    for (const field of ["subject", "body"]) {
      for (const [method, where] of [["POST", PATH] as const, ["PUT", path] as const]) {
        const answer = await expectInvalid(field, method, where, { ...right, [field]: text });
        expect(answer).toContain(`Unknown placeholder ${text.split(" is")[0]}`);
        expect(answer).toContain("{{due_date}}, {{client.name}} and {{company.name}}");
      }
    }
  }
  expect(await expectCall(200, "GET", PATH)).toMatchObject([{ subject: said, body: said }]);
});

test("a change leaves the rest as it was, and cannot take another's number", async () => {
  const { expectCall, expectInvalid, call } = await startInvoicing();
  const one = await expectCall(201, "POST", PATH, {
    reminder_number: 1,
    days_offset: -3,
    subject: "Soon",
  });
  await expectCall(201, "POST", PATH, { reminder_number: 2, days_offset: 7 });
  const path = `${PATH}/${one.id}`;
  expect(await expectCall(200, "PUT", path, { days_offset: -5 })).toMatchObject({
    id: one.id,
    reminder_number: 1,
    days_offset: -5,
    subject: "Soon",
    is_active: true,
  });
  expect(await expectCall(200, "PUT", path, { subject: null, reminder_number: 3 })).toMatchObject({
    reminder_number: 3,
    subject: null,
  });
  await expectInvalid("reminder_number", "PUT", path, { reminder_number: 2 });
  expect((await call("PUT", `${PATH}/999999`, {})).status).toBe(404);
});

test("a deleted reminder frees its number; its row stays for the ledger", async () => {
  const { expectCall, call, sql } = await startInvoicing();
  const { id } = await expectCall(201, "POST", PATH, { reminder_number: 1, days_offset: 1 });
  await expectCall(204, "DELETE", `${PATH}/${id}`);
  expect(await expectCall(200, "GET", PATH)).toEqual([]);
  expect((await call("DELETE", `${PATH}/${id}`)).status).toBe(404);
  expect((await call("PUT", `${PATH}/${id}`, { days_offset: 2 })).status).toBe(404);
  const again = await expectCall(201, "POST", PATH, { reminder_number: 1, days_offset: 1 });
  expect(again.id).not.toBe(id);
  expect(await sql`select 1 from payment_reminders`).toHaveLength(2);
});

test("six who take one number at once: one has it", async () => {
  const { call } = await startInvoicing();
  const replies = await Promise.all(
    Array.from(
      { length: 6 },
      async (_, index) => await call("POST", PATH, { reminder_number: 1, days_offset: index }),
    ),
  );
  const statuses = replies.map((reply) => reply.status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([201, 422, 422, 422, 422, 422]);
});

test("two who swap onto one number at once: one of them is told", async () => {
  const { expectCall, call } = await startInvoicing();
  const one = await expectCall(201, "POST", PATH, { reminder_number: 1, days_offset: 1 });
  const two = await expectCall(201, "POST", PATH, { reminder_number: 2, days_offset: 2 });
  const replies = await Promise.all(
    [one, two].map(async ({ id }) => await call("PUT", `${PATH}/${id}`, { reminder_number: 3 })),
  );
  expect(replies.map((reply) => reply.status).toSorted((a, b) => a - b)).toEqual([200, 422]);
});

test("another company's reminder is not there", async () => {
  const api = await startInvoicing();
  const { id } = await api.expectCall(201, "POST", PATH, { reminder_number: 1, days_offset: 1 });
  const stranger = await joinInvoicing(api);
  expect(await stranger.expectCall(200, "GET", PATH)).toEqual([]);
  expect((await stranger.call("PUT", `${PATH}/${id}`, { days_offset: 9 })).status).toBe(404);
  expect((await stranger.call("DELETE", `${PATH}/${id}`)).status).toBe(404);
  expect(await api.expectCall(200, "GET", PATH)).toMatchObject([{ days_offset: 1 }]);
});
