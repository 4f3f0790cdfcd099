import { expect, test } from "vitest";
import { webhookEvents } from "../../../src/actions/webhook-events.ts";
import { openTestProviders } from "../../support/providers.ts";
import { startApi } from "../api/start-api.ts";

async function start() {
  const providers = openTestProviders({}, { allowsHttp: false, allowed: [] });
  const api = await startApi({}, { providers });
  api.defer(() => providers.closeProviders());
  const owner = await api.signUp();
  const as = (token: string) => async (method: string, path: string, body?: unknown) =>
    await api.ask(method, `/api/v1${path}`, { token, body });
  const call = as(owner.token);
  const good = { url: "https://hooks.example.com/in?key=1", event_types: ["invoice.paid"] };
  /** What a token with these scopes says. */
  const withScopes = async (scopes: readonly string[]) => {
    const made = await call("POST", "/api-tokens", { name: "Program", scopes });
    return as(made.body.data.token);
  };
  return { api, owner, call, good, withScopes };
}

test("a webhook is created, read, changed and deleted; its secret is shown once and kept sealed", async () => {
  const { api, call, good } = await start();
  const body = { ...good, event_types: ["invoice.paid", "invoice.paid"], description: " Books " };
  const created = await call("POST", "/webhooks", body);
  expect(created.status).toBe(201);
  const { id, secret } = created.body.data;
  expect(created.headers.get("location")).toBe(`/api/v1/webhooks/${id}`);
  expect(secret).toMatch(/^whsec_/);
  expect(created.body.data).toMatchObject({
    url: good.url,
    event_types: ["invoice.paid"],
    description: "Books",
    status: "enabled",
    failing_since: null,
  });
  const read = await call("GET", `/webhooks/${id}`);
  const listed = await call("GET", "/webhooks");
  expect(listed.body).toMatchObject({ data: [read.body.data], meta: { total: 1 } });
  expect(read.body.data).not.toHaveProperty("secret");
  const [row] = await api.sql`select secret::text, previous_secret from webhook_endpoints`;
  expect(row!["secret"]).toMatch(/^v1\.test\./);

  const change = { url: "https://hooks.example.com/other", event_types: ["*"] };
  expect((await call("PUT", `/webhooks/${id}`, change)).body.data).toMatchObject(change);
  const paused = await call("PATCH", `/webhooks/${id}`, { status: "disabled", description: null });
  expect(paused.body.data).toMatchObject({
    ...change,
    description: null,
    status: "disabled",
    disabled_reason: "by_hand",
  });
  const rotated = await call("POST", `/webhooks/${id}/rotate-secret`, {});
  expect(rotated.body.data.secret).toMatch(/^whsec_/);
  expect(rotated.body.data.secret).not.toBe(secret);
  expect(rotated.body.data.previous_secret_expires_at).not.toBeNull();

  expect((await call("DELETE", `/webhooks/${id}`)).status).toBe(204);
  expect((await call("GET", `/webhooks/${id}`)).status).toBe(404);
  const [left] = await api.sql`select secret, previous_secret from webhook_endpoints`;
  expect(left).toEqual({ secret: null, previousSecret: null });
  const story = await call("GET", `/activity-log?subject_type=webhook&subject_id=${id}`);
  expect(story.body.data.map(({ event }: { event: string }) => event).toReversed()).toEqual([
    "created",
    "updated",
    "updated",
    "secret_rotated",
    "deleted",
  ]);
  expect(story.text + api.logLines.join("")).not.toMatch(/whsec_|key=1/);
});

test("bad input is a 422 that names the field, and a company has no more webhooks than it may", async () => {
  const { api, call, good } = await start();
  const urls = {
    "not an address": "Must be a web address.",
    "http://hooks.example.com/": "Must begin with https://.",
    "ftp://hooks.example.com/": "Must begin with https://.",
    "https://user:secret@hooks.example.com/": "Must hold no user name or password.",
    "https://hooks.example.com:5432/": "The port must be 443 or 8443.",
    "https://127.0.0.1/": "The address is not on the public internet.",
    "https://0x7f.1/": "The address is not on the public internet.",
    "https://[::ffff:169.254.169.254]/": "The address is not on the public internet.",
  };
  for (const [url, problem] of Object.entries(urls)) {
    const reply = await call("POST", "/webhooks", { ...good, url });
    expect([reply.status, reply.body.errors], url).toEqual([422, { url: [problem] }]);
  }
  const { id } = (await call("POST", "/webhooks", good)).body.data;
  const year2026 = { from: "2026-01-01T00:00:00Z" };
  for (const [method, path, body, field] of [
    ["POST", "/webhooks", { ...good, event_types: [] }, "event_types"],
    ["POST", "/webhooks", { ...good, event_types: ["invoice.exploded"] }, "event_types.0"],
    ["POST", "/webhooks", { url: good.url }, "event_types"],
    ["POST", "/webhooks", { ...good, secret: "whsec_AAAA" }, "secret"],
    ["PUT", `/webhooks/${id}`, { url: good.url }, "event_types"],
    ["PATCH", `/webhooks/${id}`, { url: "https://172.16.0.1/" }, "url"],
    ["PATCH", `/webhooks/${id}`, { status: "off" }, "status"],
    ["POST", `/webhooks/${id}/rotate-secret`, { overlap_hours: 169 }, "overlap_hours"],
    ["POST", `/webhooks/${id}/replay`, {}, "from"],
    ["POST", `/webhooks/${id}/replay`, { from: "2999-01-01T00:00:00Z" }, "from"],
    ["POST", `/webhooks/${id}/replay`, { from: "0000-01-01T00:00:00Z" }, "from"],
    ["POST", `/webhooks/${id}/replay`, { ...year2026, to: "9999-12-31T23:59:59-01:00" }, "to"],
  ] as const) {
    const reply = await call(method, path, body);
    expect([reply.status, Object.keys(reply.body.errors)], `${path} ${field}`).toEqual([
      422,
      [field],
    ]);
  }
  await api.sql`
    insert into webhook_endpoints (
      company_id, url, event_types, status, secret, created_by, created_at, updated_at
    )
    select company_id, url, event_types, status, secret, created_by, created_at, updated_at
    from webhook_endpoints, generate_series(2, 49)
  `;
  // A replay goes by real time, also where a company's own clock is ahead: that is said.
  const ahead = await call("POST", `/webhooks/${id}/replay`, { from: "2999-01-01T00:00:00Z" });
  expect(ahead.body.errors.from[0]).toMatch(/^Must be before now, which is 20.*real time.*\.$/);

  // One more fits in, also when many ask at once.
  const asked = Array.from({ length: 12 }, async () => await call("POST", "/webhooks", good));
  const answers = (await Promise.all(asked)).map(({ status, body }) => body.code ?? status);
  expect(answers.filter((answer) => answer === "too_many_webhooks")).toHaveLength(11);
  expect(answers).toContain(201);
  expect((await call("GET", "/webhooks")).body.meta.total).toBe(50);
});

test("a token has a webhook tell no more than it may read, and sees no more of what was told", async () => {
  const { call, good, withScopes } = await start();
  const limited = await withScopes(["webhooks:read", "webhooks:write", "invoices:read"]);
  const asked = async (event_types: string[]) =>
    await limited("POST", "/webhooks", { ...good, event_types });
  expect((await asked(["invoice.paid"])).status).toBe(201);
  for (const [name, scope] of [
    ["client.created", "clients:read"],
    ["proposal.signed", "quotes:read"],
    ["*", "payments:read"],
  ] as const) {
    const refused = await asked([name]);
    expect([refused.status, refused.body.scope]).toEqual([403, scope]);
  }
  // Nor sends elsewhere what somebody else asked for.
  const { id } = (await call("POST", "/webhooks", { ...good, event_types: ["*"] })).body.data;
  const moved = await limited("PATCH", `/webhooks/${id}`, { url: "https://evil.example/" });
  expect(moved.status).toBe(403);

  // Nor is given the secret of what it may not read, or has it sent.
  const other = await call("POST", "/webhooks", { ...good, event_types: ["client.created"] });
  const path = `/webhooks/${other.body.data.id}`;
  const told = await call("POST", `${path}/test`);
  expect([told.status, told.body.delivery.event_type]).toEqual([202, "webhook.test"]);
  for (const [address, body] of [
    [`${path}/rotate-secret`, {}],
    [`${path}/replay`, { from: "2026-01-01T00:00:00Z" }],
    [`${path}/test`, undefined],
    [`/webhooks/deliveries/${told.body.delivery.id}/redeliver`, undefined],
  ] as const) {
    const refused = await limited("POST", address, body);
    expect([refused.status, refused.body.scope], address).toEqual([403, "clients:read"]);
    expect(refused.text).not.toContain("whsec_");
  }
  const own = (await limited("POST", "/webhooks", good)).body.data;
  const sent = await limited("POST", `/webhooks/${own.id}/test`);
  expect([sent.status, sent.body.delivery.event_type]).toEqual([202, "webhook.test"]);
  expect(sent.body.delivery.body).toContain("webhook.test");
  expect((await limited("POST", `/webhooks/${own.id}/rotate-secret`, {})).status).toBe(200);
  const read = await (await withScopes(["webhooks:read"]))("GET", `/webhooks/${id}/deliveries`);
  expect(read.body).toMatchObject({ data: [], meta: { total: 0 } });
  const names = await limited("GET", "/webhooks/event-types");
  expect(names.body.data).toHaveLength(webhookEvents.length);
  expect(names.body.data.at(-1)).toEqual({
    name: "proposal.signed",
    scope: "quotes:read",
    alias_of: "quote.accepted",
  });
  const none = await withScopes(["invoices:read"]);
  expect((await none("GET", "/webhooks")).body.scope).toBe("webhooks:read");
});
