import { expect, test } from "vitest";
import { openResetMail } from "../../../src/actions/reset-password.ts";
import { attemptKey } from "../../../src/api/throttle.ts";
import { setPasswordHash } from "../../../src/db/users.ts";
import { hashPassword } from "../../../src/platform/passwords.ts";
import { untilBlocked } from "../../support/blocked.ts";
import { eventually } from "../../support/eventually.ts";
import { holdRetries, hurryRetries } from "../../support/retries.ts";
import { startApi } from "../api/start-api.ts";
import { dumpDatabase, PASSWORD, secretIn, startPeople, type People } from "./start-people.ts";

const NEW_PASSWORD = "staple battery horse";
const SENT = { message: "If an account exists, a reset link has been sent." };
const MINUTE_MS = 60_000;

async function forgot({ ask }: People, email: string): Promise<void> {
  const reply = await ask("POST", "/api/auth/forgot-password", { body: { email } });
  expect([reply.status, reply.body]).toEqual([200, SENT]);
}

async function reset({ ask }: People, email: string, token: string, password = NEW_PASSWORD) {
  const body = { token, email, password };
  return await ask("POST", "/api/auth/reset-password", { body });
}

async function login({ ask }: People, email: string, password: string): Promise<number> {
  return (await ask("POST", "/api/auth/login", { body: { email, password } })).status;
}

async function untilReset({ sql }: People, status: string, count = 1) {
  return await eventually(async () => {
    const rows = await sql`
      select email, error_message from password_resets where status = ${status} order by id
    `;
    return rows.length === count && rows;
  });
}

test("whoever reads the mails of an account's address chooses a new password, once, and all sessions end", async () => {
  const people = await startPeople();
  const { ask, mail, sql, logLines } = people;
  const ada = await people.join("ada@example.test", "Harbour Studio");
  const tokenMade = { token: ada.token, body: { name: "T" } };
  const apiToken = (await ask("POST", "/api/api-tokens", tokenMade)).body.data.token;
  await forgot(people, "ADA@example.test");
  await forgot(people, "ada@example.test");
  const [letter, another] = await mail.waitForCount(2);
  const [token, twin] = [secretIn(letter), secretIn(another)];
  expect(letter).toMatchObject({
    subject: "Choose a new password",
    envelope: { to: ["ada@example.test"] },
    attachments: [],
  });
  expect(letter?.from).toContain("billing@nightledger.test");
  const query = new URLSearchParams({ token, email: "ada@example.test" }).toString();
  expect(letter?.text).toContain(`https://app.test/reset-password?${query}`);
  await untilReset(people, "accepted", 2);

  const invalid = "This password reset token is invalid.";
  for (const [email, secret] of [
    ["eve@example.test", token],
    ["ada@example.test", `${token}x`],
    ["ada@example.test", twin.replace("nlr", "nls")],
  ] as const) {
    const reply = await reset(people, email, secret);
    expect([reply.status, reply.body.message, reply.body.code]).toEqual([
      422,
      invalid,
      "invalid_reset_token",
    ]);
  }
  expect((await reset(people, "ada@example.test", token, "short")).body.errors).toEqual({
    password: ["Must be at least 8 characters."],
  });
  // Who has forgotten a password has tried some before.
  const key = attemptKey({ what: "sign-in", who: "127.0.0.1 ada@example.test" }, "test");
  await sql`
    insert into login_attempts (key, failures, window_start) values (${key}, 99, ${new Date()})
  `;
  expect(await login(people, "ada@example.test", PASSWORD)).toBe(429);
  // The session has been used a moment ago, so it is remembered.
  expect((await ask("GET", "/api/auth/user", { token: ada.token })).status).toBe(200);

  const replies = await Promise.all([
    reset(people, "ada@example.test", token),
    reset(people, "Ada@Example.test", token),
  ]);
  expect(replies.map(({ status }) => String(status)).toSorted()).toEqual(["200", "422"]);
  expect(replies.find(({ status }) => status === 200)?.body.message).toBe(
    "Password has been reset.",
  );
  expect((await reset(people, "ada@example.test", twin)).status).toBe(422);
  expect((await ask("GET", "/api/auth/user", { token: ada.token })).status).toBe(401);
  expect(await login(people, "ada@example.test", PASSWORD)).toBe(401);
  expect(await login(people, "ada@example.test", NEW_PASSWORD)).toBe(200);
  // Programs are the company's, and go on.
  expect((await ask("GET", "/api/clients", { token: apiToken })).status).toBe(200);
  expect(await sql`select action from audit_log where action like 'user.%'`).toEqual([
    { action: "user.password_reset" },
  ]);

  const dump = await dumpDatabase(sql);
  expect(dump).toContain("mail.send-password-reset");
  for (const text of [dump, logLines.join("\n")]) {
    expect(text).not.toContain("nlr_");
    expect(text).not.toContain(Buffer.from(token).toString("hex"));
    expect(text).not.toContain(NEW_PASSWORD);
  }
  const runs = await sql`select payload::text, result::text from job_runs`;
  expect(JSON.stringify(runs)).not.toContain("@example.test");
});

test("who signs in by the old password while a new one is being chosen is not let in", async () => {
  const people = await startPeople();
  const { sql } = people;
  await people.join("ada@example.test", "Harbour Studio");
  const passwordHash = await hashPassword(NEW_PASSWORD);
  let status: Promise<number> | undefined;
  await sql.begin(async (tx) => {
    const [user] = await tx<{ id: number }[]>`
      select id from users where email = 'ada@example.test' for no key update
    `;
    await setPasswordHash(tx, { userId: user!.id, passwordHash });
    status = login(people, "ada@example.test", PASSWORD);
    await Promise.race([status, untilBlocked(sql)]);
  });
  expect(await status).toBe(401);
  expect(await login(people, "ada@example.test", NEW_PASSWORD)).toBe(200);
});

test("asking leaves the same behind for everybody; that an address has no account shows when the mail is written", async () => {
  const { ask, clock, sql, signUp } = await startApi();
  const { email } = await signUp();
  const replies = [];
  for (const address of [email, "nobody@example.test"]) {
    replies.push(await ask("POST", "/api/auth/forgot-password", { body: { email: address } }));
  }
  expect(replies.map(({ status, body }) => [status, body])).toEqual([
    [200, SENT],
    [200, SENT],
  ]);
  const left = await sql`
    select r.status as mail, r.user_id, r.token_hash, j.job, j.status, j.company_id
    from password_resets r join job_runs j on j.payload ->> 'passwordResetId' = r.id::text
    order by r.id
  `;
  const same = {
    mail: "queued",
    userId: null,
    tokenHash: null,
    job: "mail.send-password-reset",
    status: "queued",
    companyId: null,
  };
  expect([...left]).toEqual([same, same]);

  // A worker died in the one round trip that decides: nothing is sent again, and the record says so.
  const [dying] = await sql<{ id: number }[]>`
    update password_resets set status = 'sending' where email = ${email} returning id
  `;
  const look = async () =>
    await sql.begin((tx) => openResetMail(tx, { id: dying!.id, now: clock.now() }));
  expect(await look()).toMatchObject({ kind: "over", reason: expect.stringContaining("died") });
  expect(await look()).toEqual({ kind: "over", reason: "the mail is unknown already" });
});

test("a link works for an hour, to the address it was sent to; a mail too late is not sent, nor one to nobody", async () => {
  const people = await startPeople();
  const { ask, mail, sql, wait } = people;
  const ada = await people.join("ada@example.test");
  await forgot(people, "nobody@example.test");
  expect(await untilReset(people, "cancelled")).toEqual([
    { email: "nobody@example.test", errorMessage: "nobody has this address" },
  ]);

  await forgot(people, "ada@example.test");
  const late = secretIn((await mail.waitForCount(1))[0]);
  wait(60 * MINUTE_MS);
  expect((await reset(people, "ada@example.test", late)).status).toBe(422);

  await forgot(people, "ada@example.test");
  const moved = secretIn((await mail.waitForCount(2))[1]);
  const change = { token: ada.token, body: { email: "lovelace@example.test" } };
  expect((await ask("PUT", "/api/auth/user", change)).status).toBe(200);
  for (const email of ["ada@example.test", "lovelace@example.test"]) {
    expect((await reset(people, email, moved)).status).toBe(422);
  }

  mail.fail({ kind: "refuse", code: 450, at: "data" });
  await forgot(people, "lovelace@example.test");
  await holdRetries(sql);
  wait(61 * MINUTE_MS);
  await hurryRetries(sql);
  expect(await untilReset(people, "cancelled", 2)).toContainEqual({
    email: "lovelace@example.test",
    errorMessage: "it was asked for too long ago",
  });

  mail.heal();
  mail.fail({ kind: "drop", times: 1 });
  await forgot(people, "lovelace@example.test");
  await untilReset(people, "unknown");
  expect(mail.mails).toHaveLength(3);
  const arrived = secretIn(mail.mails[2]);
  expect((await reset(people, "lovelace@example.test", arrived)).status).toBe(200);
});

test("reset links are limited for each address, and for each caller, whoever has an account", async () => {
  const { ask, clock, sql, signUp } = await startApi({
    mailLimits: {
      resetsPerAddress: 2,
      resetsPerCaller: 5,
      invitationsPerAddress: 1,
      invitationsPerCompany: 1,
    },
  });
  const { email } = await signUp();
  const askFor = async (address: string): Promise<number> =>
    (await ask("POST", "/api/auth/forgot-password", { body: { email: address } })).status;
  for (const address of [email, "nobody@example.test"]) {
    const statuses = [
      await askFor(address),
      await askFor(address.toUpperCase()),
      await askFor(address),
    ];
    expect(statuses).toEqual([200, 200, 429]);
  }
  expect([await askFor("a@example.test"), await askFor("b@example.test")]).toEqual([200, 429]);
  expect(await sql`select 1 from password_resets`).toHaveLength(5);
  clock.advanceMs(60 * MINUTE_MS);
  expect(await askFor(email)).toBe(200);
  expect((await ask("POST", "/api/auth/forgot-password", { body: { email: "x" } })).status).toBe(
    422,
  );
});
