import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { holdRetries, hurryRetries } from "../../support/retries.ts";
import { dumpDatabase, secretIn, startPeople, type People, type Person } from "./start-people.ts";

const DAY_MS = 86_400_000;

async function invite(people: People, owner: Person, email: string, role = "member") {
  const reply = await people.ask("POST", `/api/companies/${owner.companyId}/members/invite`, {
    token: owner.token,
    body: { email, role },
  });
  expect(reply.status).toBe(201);
  return reply.body.data;
}

function invitationOf(owner: Person, id: number): string {
  return `/api/companies/${owner.companyId}/members/invitations/${id}`;
}

async function untilMail(people: People, owner: Person, status: string) {
  await eventually(async () => {
    const path = `/api/companies/${owner.companyId}/members/invitations`;
    const { body } = await people.ask("GET", path, { token: owner.token });
    return body.data[0]?.mail_status === status;
  });
}

test("an invitation is mailed with its link, and accepted once, by the account with that address", async () => {
  const people = await startPeople();
  const { ask, mail, sql, logLines } = people;
  const owner = await people.join("ada@example.test", "Harbour Studio");
  const made = await invite(people, owner, "Grace@Example.test");
  expect(made).toEqual({
    id: expect.any(Number),
    email: "Grace@Example.test",
    role: "member",
    expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
  });
  const week = new Date(made.expires_at).getTime() - Date.now();
  expect(Math.abs(week - 7 * DAY_MS)).toBeLessThan(60_000);

  const [letter] = await mail.waitForCount(1);
  const token = secretIn(letter);
  expect(letter).toMatchObject({
    subject: "ada invites you to Harbour Studio",
    envelope: { to: ["Grace@example.test"] },
    attachments: [],
  });
  expect(letter?.text).toContain(`https://app.test/invitations/${token}`);
  expect(letter?.html).toContain(`href="https://app.test/invitations/${token}"`);
  await untilMail(people, owner, "accepted");

  const details = await ask("GET", `/api/invitations/${token}/details`);
  expect([details.status, details.body.data]).toEqual([
    200,
    {
      company_name: "Harbour Studio",
      role: "member",
      email: "Grace@Example.test",
      inviter: "ada",
    },
  ]);

  const accept = `/api/invitations/${token}/accept`;
  expect((await ask("POST", accept)).status).toBe(401);
  const eve = await people.join("eve@example.test");
  const stolen = await ask("POST", accept, { token: eve.token });
  expect([stolen.status, stolen.body.code]).toEqual([403, "invitation_for_another"]);

  const grace = await people.join("grace@example.test");
  const mine = { token: grace.token };
  const replies = await Promise.all([ask("POST", accept, mine), ask("POST", accept, mine)]);
  expect(replies.map(({ status }) => String(status)).toSorted()).toEqual(["200", "422"]);
  expect(replies.find(({ status }) => status === 200)?.body).toEqual({
    message: "Invitation accepted.",
    data: { company_id: owner.companyId },
  });
  const used = await ask("GET", `/api/invitations/${token}/details`);
  expect([used.status, used.body.message, used.body.code]).toEqual([
    422,
    "This invitation has already been accepted.",
    "invitation_accepted",
  ]);
  const { body } = await ask("GET", "/api/auth/user", mine);
  expect(body.data.current_company_id).toBe(owner.companyId);
  expect((await ask("POST", "/api/clients", { ...mine, body: { name: "C" } })).status).toBe(201);

  const path = invitationOf(owner, made.id);
  const resent = await ask("POST", `${path}/resend`, { token: owner.token });
  expect([resent.status, resent.body.message]).toEqual([422, "Invitation already accepted."]);
  expect((await ask("DELETE", path, { token: owner.token })).status).toBe(422);
  const story = await ask(
    "GET",
    `/api/activity-log?subject_type=invitation&subject_id=${made.id}`,
    { token: owner.token },
  );
  expect(story.body.data.map(({ event }: { event: string }) => event).toReversed()).toEqual([
    "created",
    "send-requested",
    "sent",
    "accepted",
  ]);

  // Its hash is all that is kept: no event, payload, run or log ever had the secret.
  const dump = await dumpDatabase(sql);
  expect(dump).toContain("mail.send-invitation");
  for (const text of [dump, logLines.join("\n")]) {
    expect(text).not.toContain(token);
    expect(text).not.toContain(Buffer.from(token).toString("hex"));
    expect(text).not.toContain("nli_");
  }
});

test("a link ends when it is sent anew, cancelled, or after seven days", async () => {
  const people = await startPeople({ appUrl: "" });
  const { ask, mail, wait } = people;
  const owner = await people.join("ada@example.test", "Harbour Studio");
  const mine = { token: owner.token };
  const statusOf = async (token: string) =>
    (await ask("GET", `/api/invitations/${token}/details`)).status;
  const { id } = await invite(people, owner, "grace@example.test");
  const [letter] = await mail.waitForCount(1);
  // Nobody said where the app is: the mail holds the code.
  expect(letter?.text).toMatch(/\nCode: nli_[\w-]{43}\r?\n$/);
  const first = secretIn(letter);
  expect(await statusOf(first)).toBe(200);
  await untilMail(people, owner, "accepted");

  wait(6 * DAY_MS);
  const path = invitationOf(owner, id);
  const resent = await ask("POST", `${path}/resend`, mine);
  expect([resent.status, resent.body.message]).toEqual([200, "Invitation resent."]);
  expect(await statusOf(first)).toBe(404);
  const second = secretIn((await mail.waitForCount(2))[1]);
  expect(second).not.toBe(first);
  await untilMail(people, owner, "accepted");
  wait(6 * DAY_MS);
  expect(await statusOf(second)).toBe(200);

  wait(DAY_MS);
  const grace = await people.join("grace@example.test");
  const late = await ask("POST", `/api/invitations/${second}/accept`, { token: grace.token });
  expect([late.status, late.body.message, late.body.code]).toEqual([
    410,
    "This invitation has expired.",
    "invitation_expired",
  ]);
  expect(await statusOf(second)).toBe(410);
  const list = await ask("GET", `/api/companies/${owner.companyId}/members/invitations`, mine);
  expect(list.body.data).toEqual([]);

  // The address is free for a new one, and the old link is none any more.
  const renewed = await invite(people, owner, "grace@example.test", "admin");
  const third = secretIn((await mail.waitForCount(3))[2]);
  expect([await statusOf(second), await statusOf(third)]).toEqual([404, 200]);
  await untilMail(people, owner, "accepted");
  expect((await ask("DELETE", invitationOf(owner, renewed.id), mine)).status).toBe(204);
  expect(await statusOf(third)).toBe(404);
  const accept = { token: grace.token };
  expect((await ask("POST", `/api/invitations/${third}/accept`, accept)).status).toBe(404);
  expect((await ask("DELETE", invitationOf(owner, renewed.id), mine)).status).toBe(404);
});

test("a mail that did not leave goes out later with another link; one nobody wants any more does not", async () => {
  const people = await startPeople();
  const { ask, mail, sql } = people;
  const owner = await people.join("ada@example.test", "Harbour Studio");
  // The server says "later" after the whole mail: the link of that attempt was never delivered.
  mail.fail({ kind: "refuse", code: 450, at: "data" });
  const kept = await invite(people, owner, "grace@example.test");
  const gone = await invite(people, owner, "hedy@example.test");
  await holdRetries(sql, 2);
  const [before] = await sql`select token_hash from invitations where id = ${kept.id}`;
  expect(before?.["tokenHash"]).toBeInstanceOf(Buffer);
  const path = invitationOf(owner, gone.id);
  expect((await ask("DELETE", path, { token: owner.token })).status).toBe(204);
  mail.heal();
  await hurryRetries(sql);
  const [letter] = await mail.waitForCount(1);
  expect((await ask("GET", `/api/invitations/${secretIn(letter)}/details`)).status).toBe(200);
  const [after] = await sql`select token_hash from invitations where id = ${kept.id}`;
  expect(after?.["tokenHash"]).not.toEqual(before?.["tokenHash"]);
  await eventually(async () => {
    const [delivery] = await sql`
      select status, error_message from deliveries where invitation_id = ${gone.id}
    `;
    return delivery?.["errorMessage"] === "the invitation was cancelled";
  });
  expect(mail.mails).toHaveLength(1);
});

test("a mail of which nobody knows whether it arrived says so, and its link works if it did", async () => {
  const people = await startPeople();
  const { ask, mail, sql } = people;
  const owner = await people.join("ada@example.test", "Harbour Studio");
  mail.fail({ kind: "drop", times: 1 });
  await invite(people, owner, "grace@example.test");
  await untilMail(people, owner, "unknown");
  const attention = await ask("GET", "/api/attention-items", { token: owner.token });
  expect(attention.body.data).toMatchObject([{ kind: "mail.unknown", subject_type: "invitation" }]);
  expect(mail.mails).toHaveLength(1);
  const details = await ask("GET", `/api/invitations/${secretIn(mail.mails[0])}/details`);
  expect(details.status).toBe(200);
  // An invitation is not business: the company may still be tried out at a test clock.
  const clock = { token: owner.token, body: { now: "2026-01-01T00:00:00Z" } };
  expect((await ask("POST", "/api/test-clock", clock)).status).toBe(201);
  expect(await sql`select id from deliveries`).toHaveLength(1);
});
