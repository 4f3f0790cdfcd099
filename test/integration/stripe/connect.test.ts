import { expect, test } from "vitest";
import { connectOverApi, goToProvider } from "../../support/connect.ts";
import { startStripe } from "../../support/stripe.ts";
import { startApi } from "../api/start-api.ts";

const at = (name: string) => `/api/v1/settings/stripe/${name}`;

test("a company connects its Stripe account, sees how it stands, and disconnects it", async () => {
  const { sandbox, providers, close } = await startStripe();
  const { ask, signUp, sql, defer } = await startApi({}, { providers });
  defer(() => close());
  const { token, companyId } = await signUp();
  const status = async () => (await ask("GET", at("status"), { token })).body.data;
  const connectPath = `${at("connect")}?company_id=${companyId}`;

  expect((await ask("GET", connectPath)).status).toBe(401);
  const { token: stranger } = await signUp();
  expect((await ask("GET", connectPath, { token: stranger })).status).toBe(404);
  expect((await ask("GET", `${at("callback")}?code=ac_1`)).body.message).toBe(
    "Missing authorization code or state. Please try connecting again.",
  );

  // A code that Stripe does not take.
  const { path, cookie, authorizeUrl } = await goToProvider(ask, { token, connectPath });
  expect(Object.fromEntries(authorizeUrl.searchParams)).toMatchObject({
    response_type: "code",
    scope: "read_write",
    client_id: "sandbox-client",
  });
  const wrong = path.replace(/code=[^&]*/, "code=ac_wrong");
  expect(await ask("GET", wrong, { headers: { cookie } })).toMatchObject({
    status: 502,
    body: { message: "Failed to connect Stripe account." },
  });
  expect(await status()).toEqual({ connected: false });

  const home = await connectOverApi(ask, { token, connectPath });
  expect(home.searchParams.get("connected")).toBe("stripe");
  const connected = {
    connected: true,
    account_name: "Acme Corp",
    payouts_enabled: true,
    charges_enabled: true,
    connected_at: expect.stringMatching(/Z$/),
  };
  expect(await status()).toEqual(connected);
  const [row] = await sql`select external_id, settings from connections`;
  expect(row).toEqual({
    externalId: "acct_sandbox",
    settings: { livemode: false, charges_enabled: true, payouts_enabled: true },
  });

  // What Stripe says is kept, and told when it cannot be asked.
  const paused = {
    id: "acct_sandbox",
    charges_enabled: false,
    payouts_enabled: true,
    business_profile: { name: "Acme & Sons" },
  };
  const match = { path: "/v1/accounts" };
  sandbox.fault({ match, fault: { kind: "status", status: 200, body: paused } });
  const told = { ...connected, account_name: "Acme & Sons", charges_enabled: false };
  expect(await status()).toEqual(told);
  sandbox.fault({ match, fault: { kind: "status", status: 503 } });
  expect(await status()).toEqual(told);

  // Stripe is not told, and forgotten it is all the same; asked twice it is done.
  sandbox.fault({ match: { path: "/oauth/deauthorize" }, fault: { kind: "status", status: 500 } });
  for (let times = 0; times < 2; times += 1) {
    expect(await ask("POST", at("disconnect"), { token })).toMatchObject({
      status: 200,
      body: { data: { message: "Stripe account disconnected." } },
    });
  }
  expect(await status()).toEqual({ connected: false });
  const events = await sql<{ payload: unknown }[]>`
    select payload from events where type = 'connection.disconnected'
  `;
  expect(events).toMatchObject([{ payload: { account: "acct_sandbox", revoked: false } }]);

  // Withdrawn on Stripe's own page: it is noticed when it is looked at, and the owner is told.
  await connectOverApi(ask, { token, connectPath });
  sandbox.oauth.revokeAll();
  expect(await status()).toEqual({ connected: false });
  const items = await sql`select kind from attention_items where resolved_at is null`;
  expect([...items]).toEqual([{ kind: "connection.needs-reauth" }]);
});
