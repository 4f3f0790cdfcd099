import { expect, test } from "vitest";
import { forgetOldRequests } from "../../../src/jobs/upkeep/forget-requests.ts";
import { createLog } from "../../../src/platform/log.ts";
import { retain } from "../../../src/workers/retention.ts";
import { schedulerDefaults } from "../../../src/workers/settings.ts";
import { eventually } from "../../support/eventually.ts";
import { startApi } from "./start-api.ts";

const log = createLog({ level: "silent", name: "test" });

test("what was noted about requests is forgotten when it no longer matters, and not before", async () => {
  const { ask, sql, signUp, flush } = await startApi();
  const { token, email } = await signUp();
  const headers = { "idempotency-key": "k" };
  await ask("POST", "/api/clients", { token, body: { name: "A" }, headers });
  const made = await ask("POST", "/api/api-tokens", { token, body: { name: "T" } });
  await ask("GET", "/api/clients", { token: made.body.data.token });
  await ask("POST", "/api/auth/login", { body: { email, password: "wrong" } });
  await ask("POST", "/api/auth/forgot-password", { body: { email } });
  await ask("POST", "/api/auth/logout", { token });
  // Somebody went to a provider's page and did not come back.
  await sql`
    insert into oauth_attempts (
      state_hash, browser_hash, company_id, provider, user_id, session_id, redirect_uri, return_to,
      created_at, expires_at
    )
    select '\\x01', '\\x02', companies.id, 'slack', user_id, sessions.id, 'x', 'x', sessions.created_at,
      sessions.created_at + interval '1 hour'
    from sessions, companies
    where sessions.revoked_at is not null
  `;
  // An app traded its code, and never came again.
  await sql`
    with app as (
      insert into oauth_clients (
        owner_company_id, created_by, identifier, name, redirect_uris, scopes, created_at, updated_at
      )
      select company_id, user_id, 'app_x', 'App', '{https://app.test/}', '{clients:read}', now(), now()
      from company_members
      returning id
    ), access as (
      insert into api_tokens (
        user_id, company_id, name, prefix, scopes, oauth_client_id, audience, expires_at
      )
      select user_id, company_id, 'App', 'nlo_', '{clients:read}', app.id, 'x', '2026-03-04T09:00:00Z'
      from company_members, app
      returning company_id, id
    )
    insert into oauth_tokens (
      token_hash, company_id, api_token_id, kind, scopes, created_at, expires_at, used_at
    )
    select '\\x03', company_id, id, 'refresh', '{clients:read}', now(), '2026-03-04T09:00:00Z', now()
    from access
  `;
  await eventually(async () => {
    await flush();
    const [use] = await sql`select 1 from api_usage`;
    return use !== undefined;
  });
  const runAt = async (text: string): Promise<Record<string, number>> =>
    await forgetOldRequests(sql, { now: new Date(text), signal: new AbortController().signal });
  const none = {
    appAccesses: 0,
    answers: 0,
    rateLimits: 0,
    signInAttempts: 0,
    exports: 0,
    oauthAttempts: 0,
    oauthTokens: 0,
    passwordResets: 0,
    sessions: 0,
    stripeEvents: 0,
  };
  expect(await runAt("2026-03-02T10:59:59Z")).toEqual(none);
  // Two callers' windows of 09:00, and the answer of 09:00 the day before.
  expect(await runAt("2026-03-03T09:00:01Z")).toEqual({
    answers: 1,
    appAccesses: 0,
    passwordResets: 0,
    rateLimits: 2,
    // The sign-in's three, and the reset's two.
    signInAttempts: 5,
    exports: 0,
    oauthAttempts: 1,
    oauthTokens: 0,
    sessions: 0,
    stripeEvents: 0,
  });
  // As long as it would have lasted, and a day: until then it would be known if it came again.
  expect(await runAt("2026-03-05T09:00:00Z")).toMatchObject({ oauthTokens: 0 });
  expect(await runAt("2026-03-05T09:00:01Z")).toMatchObject({ oauthTokens: 1 });
  expect(await runAt("2026-03-09T09:00:00Z")).toMatchObject({ passwordResets: 0 });
  expect(await runAt("2026-03-09T09:00:01Z")).toMatchObject({ passwordResets: 1 });
  expect(await runAt("2026-04-01T09:00:00Z")).toMatchObject({ sessions: 0 });
  expect(await runAt("2026-04-01T09:00:01Z")).toMatchObject({ sessions: 1 });

  const usesAt = async (text: string): Promise<number> => {
    await retain(sql, { now: new Date(text), settings: schedulerDefaults.retention, log });
    return (await sql`select 1 from api_usage`).length;
  };
  expect(await usesAt("2026-05-31T09:00:00Z")).toBe(1);
  expect(await usesAt("2026-05-31T09:00:01Z")).toBe(0);

  // What an app was permitted, a year after its end; API tokens stay.
  expect(await runAt("2027-03-04T09:00:00Z")).toMatchObject({ appAccesses: 0 });
  // But not while the audit log names it.
  const [entry] = await sql<{ id: number }[]>`
    insert into audit_log (company_id, api_token_id, action)
    select company_id, id, 'x' from api_tokens where oauth_client_id is not null
    returning id
  `;
  expect(await runAt("2027-03-04T09:00:01Z")).toMatchObject({ appAccesses: 0 });
  await sql`delete from audit_log where id = ${entry!.id}`;
  expect(await runAt("2027-03-04T09:00:01Z")).toMatchObject({ appAccesses: 1 });
  expect([...(await sql`select name from api_tokens`)]).toEqual([{ name: "T" }]);
});
