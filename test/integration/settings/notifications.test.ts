import { expect, test } from "vitest";
import { disableDeadChannel } from "../../../src/actions/dead-channel.ts";
import { openNotice } from "../../../src/actions/deliver-slack-notice.ts";
import { disableWebhook, whyNotMailWebhook } from "../../../src/actions/disable-webhook.ts";
import { lockWebhookEndpoint, lockWebhookMail } from "../../../src/db/webhook-endpoints.ts";
import { startWork } from "../billable-work/start-work.ts";

test("settings are changed by their parts, each of which knows its own keys only", async () => {
  const { call, expectCall, expectInvalid, colleague, tokenWith, sql, companyId, userId } =
    await startWork({ name: "Harbour Studio" });
  await expectCall(200, "PATCH", "/settings/business", { legal_name: "Harbour Ltd", city: "Cork" });
  await expectCall(200, "PATCH", "/settings/invoice", {
    invoice_prefix: "HS-",
    default_tax_rate_1: 997.5,
    tax_rounding: "per_invoice",
  });
  const moved = await expectCall(200, "PATCH", "/settings/locale", {
    timezone: "Pacific/Auckland",
    billing_hour: 3,
  });
  expect(moved).toMatchObject({
    name: "Harbour Studio",
    legal_name: "Harbour Ltd",
    city: "Cork",
    invoice_prefix: "HS-",
    default_tax_rate_1: 997.5,
    tax_rounding: "per_invoice",
    timezone: "Pacific/Auckland",
    billing_hour: 3,
    notifications: { webhook_disabled: true, slack_channel_disabled: true },
  });
  // The next night is planned where the company is now.
  expect(moved.next_night_at).toMatch(/T14:00:00/);
  expect(await expectCall(200, "GET", "/settings")).toEqual(moved);
  await expectCall(200, "PATCH", "/settings/business", { city: null });
  expect((await expectCall(200, "GET", "/settings")).city).toBeNull();

  await expectInvalid("currency", "PATCH", "/settings/business", { currency: "EUR" });
  await expectInvalid("timezone", "PATCH", "/settings/invoice", { timezone: "UTC" });
  await expectInvalid("name", "PATCH", "/settings/locale", { name: "Other" });
  await expectInvalid("currency", "PATCH", "/settings/locale", { currency: "XXY" });
  await expectInvalid("email", "PATCH", "/settings/notifications", { email: true });
  await expectInvalid("webhook_disabled", "PATCH", "/settings/notifications", {
    webhook_disabled: "no",
  });
  const member = await colleague("member");
  const reader = await tokenWith(["settings:read"]);
  for (const part of ["business", "invoice", "locale", "notifications"]) {
    const path = `/settings/${part}`;
    const refused = await call("PATCH", path, {}, { token: member.token });
    expect(refused.body).toMatchObject({ code: "role_required", role: "admin" });
    const lacking = await call("PATCH", path, {}, { token: reader });
    expect(lacking.body).toMatchObject({ code: "missing_scope", scope: "settings:write" });
  }
  expect((await call("PUT", "/settings/notifications", {})).status).toBe(404);
  const audits = await sql`
    select details from audit_log
    where company_id = ${companyId} and user_id = ${userId} and action = 'company.updated'
    order by id
  `;
  expect(audits).toMatchObject([
    { details: { fields: ["legalName", "city"] } },
    { details: { fields: ["invoicePrefix", "defaultTaxRate1", "taxRounding"] } },
    { details: { fields: ["timezone", "billingHour"] } },
    { details: { fields: ["city"] } },
  ]);
});

test("the profile says who a caller is, to a token only with its scope", async () => {
  const { call, expectCall, colleague, tokenWith, companyId, userId } = await startWork({
    name: "Harbour Studio",
    currency: "NZD",
  });
  const profile = await expectCall(200, "GET", "/profile");
  expect(profile).toMatchObject({
    id: userId,
    role: "owner",
    company: { id: companyId, name: "Harbour Studio", currency: "NZD", timezone: "UTC" },
  });
  expect(JSON.stringify(profile)).not.toContain("password");
  const viewer = await colleague("viewer");
  const theirs = await call("GET", "/profile", undefined, { token: viewer.token });
  expect(theirs.body.data).toMatchObject({ id: viewer.userId, role: "viewer" });
  const token = await tokenWith(["profile:read"]);
  expect((await call("GET", "/profile", undefined, { token })).body.data).toEqual(profile);
  const refused = await call("GET", "/profile", undefined, {
    token: await tokenWith(["settings:read"]),
  });
  expect(refused.body).toMatchObject({ code: "missing_scope", scope: "profile:read" });
});

test("who wants no mail about webhooks or Slack gets none, also of those that wait; the item is there", async () => {
  const { call, expectCall, colleague, sql, companyId, userId } = await startWork();
  const [quiet, other] = [await colleague("admin"), await colleague("admin")];
  const want = async (wanted: Record<string, boolean>, token?: string) => {
    const reply = await call(
      "PATCH",
      "/settings/notifications",
      wanted,
      token === undefined ? {} : { token },
    );
    expect(reply.status).toBe(200);
    return reply.body.data.notifications;
  };
  // Each says it of the own mails, in this company, and leaves the rest as it was.
  expect(await want({ webhook_disabled: false }, quiet.token)).toEqual({
    webhook_disabled: false,
    slack_channel_disabled: true,
  });
  expect((await expectCall(200, "GET", "/settings")).notifications.webhook_disabled).toBe(true);

  const now = new Date("2026-03-02T10:00:00Z");
  const [endpoint] = await sql<{ id: number }[]>`
    insert into webhook_endpoints (company_id, url, event_types, status, secret, created_at, updated_at)
    values (${companyId}, 'https://hooks.example/x', '{*}', 'enabled', 'sealed', ${now}, ${now})
    returning id
  `;
  await sql.begin(async (tx) => {
    const locked = await lockWebhookEndpoint(tx, { companyId, id: endpoint!.id });
    await disableWebhook(tx, locked!, { reason: "gone", now });
  });
  const mails = await sql<{ id: number; key: string }[]>`
    select id, key from deliveries where company_id = ${companyId} and kind = 'webhook' order by id
  `;
  expect(mails.map(({ key }) => Number(key.split("/")[2]))).toEqual([userId, other.userId]);
  await want({ webhook_disabled: false }, other.token);
  const reasons = await sql.begin(async (tx) => {
    const found: (string | undefined)[] = [];
    for (const { id, key } of mails) {
      const state = await lockWebhookMail(tx, { companyId, deliveryId: id });
      found.push(whyNotMailWebhook(state!, key));
    }
    return found;
  });
  expect(reasons).toEqual([undefined, "who runs the company wants no such mail any more"]);

  await want({ slack_channel_disabled: false });
  await sql`
    insert into slack_routes (company_id, event_type, channel, channel_name, created_at, updated_at)
    values (${companyId}, 'invoice.paid', 'C1', 'billing', ${now}, ${now})
  `;
  await sql.begin(async (tx) => {
    await disableDeadChannel(
      tx,
      { companyId, channel: "C1" },
      { code: "is_archived", now, occurredAt: now },
    );
  });
  const [notice] = await sql<{ id: number }[]>`select id from slack_notices`;
  const ref = { companyId, noticeId: notice!.id, now };
  expect(await sql.begin((tx) => openNotice(tx, ref))).toEqual({
    kind: "over",
    reason: "the owner wants no such mail",
  });
  expect(await sql`select status, error_message from slack_notices`).toMatchObject([
    { status: "cancelled", errorMessage: "the owner wants no such mail" },
  ]);
  const items = await call("GET", "/attention-items?filter[status]=open");
  expect(items.body.data.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual([
    "slack.channel-dead",
    "webhook.disabled",
  ]);
  // Who leaves and comes back begins anew.
  const left = await call("DELETE", `/companies/${companyId}/members/${quiet.userId}`);
  expect(left.status).toBe(204);
  expect(
    await sql`select from notification_preferences where user_id = ${quiet.userId}`,
  ).toHaveLength(0);
});
