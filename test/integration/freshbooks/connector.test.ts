import { expect, test } from "vitest";
import { freshbooksSandbox } from "../../../sandbox/freshbooks/freshbooks.ts";
import { startProviderServer } from "../../../sandbox/server.ts";
import { createFreshBooks } from "../../../src/connectors/freshbooks/freshbooks.ts";
import { importableResources } from "../../../src/jobs/freshbooks/plan.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { describeConnector } from "../../support/connector-suite.ts";
import { findSpec } from "../../support/shared-data.ts";
import { createSpecChecker } from "../../support/spec-checker.ts";

const place = { accountId: "ACM123", businessId: 439_000 };
const document = await findSpec("specs/freshbooks/openapi.community-live-verified.2026-06.yaml");
const check =
  document === undefined
    ? undefined
    : createSpecChecker({
        document,
        // Signing in and profiles are not in it; "me" it has wrong, as FreshBooks' own samples show.
        ignores: /oauth|users\/me|invoice_profiles/,
        // Quantities and percentages of lines are texts in FreshBooks' own client, and every list has pages.
        excuses:
          /lines\.\d+\.(qty|taxAmount\d)|(taxes|estimates): the query has an unknown (page|per_page|include)/,
      });

describeConnector({
  name: "FreshBooks",
  sandbox: freshbooksSandbox,
  ...(check !== undefined && { check }),
  open({ url, timeouts }) {
    const freshbooks = createFreshBooks({ url, clock: systemClock, timeouts });
    return {
      oauth: freshbooks.oauth,
      read: (accessToken, signal) =>
        freshbooks.listPage(
          { accessToken, place, signal },
          { name: "clients", visState: 0, page: 1 },
        ),
      close: () => freshbooks.close(),
    };
  },
  paths: { token: "/auth/oauth/token", read: "/accounting/" },
});

/** A sandbox with books, and somebody who is let in. */
async function signIn() {
  const server = await startProviderServer(freshbooksSandbox, {
    seed: { clients: 30, invoices: 40 },
    ...(check !== undefined && { check }),
  });
  const page = await fetch(
    `${server.url}/oauth/authorize?client_id=sandbox-client&redirect_uri=https://here.test/back`,
    { redirect: "manual" },
  );
  const code = new URL(page.headers.get("location") ?? "").searchParams.get("code");
  const token = async (fields: Record<string, unknown>) => {
    const answer = await fetch(`${server.url}/auth/oauth/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        client_id: "sandbox-client",
        client_secret: "sandbox-secret",
        redirect_uri: "https://here.test/back",
        ...fields,
      }),
    });
    // oxlint-disable-next-line typescript/no-explicit-any -- looked into freely
    return { status: answer.status, body: (await answer.json()) as any };
  };
  const granted = await token({ grant_type: "authorization_code", code });
  const get = async (path: string) => {
    const answer = await fetch(`${server.url}${path}`, {
      headers: { authorization: `Bearer ${granted.body.access_token}` },
    });
    // oxlint-disable-next-line typescript/no-explicit-any -- looked into freely
    return { status: answer.status, body: (await answer.json()) as any };
  };
  return { server, token, granted, get };
}

test("the sandbox behaves as FreshBooks does where that catches faults", async ({
  onTestFinished,
}) => {
  const { server, token, granted, get } = await signIn();
  onTestFinished(() => server.close());
  const books = "/accounting/account/ACM123";

  const refresh = { grant_type: "refresh_token", refresh_token: granted.body.refresh_token };
  expect(granted.body).toMatchObject({ token_type: "Bearer", expires_in: 43_200 });
  expect((await token({ ...refresh, redirect_uri: undefined })).status).toBe(400);
  expect((await token(refresh)).status).toBe(200);
  expect(await token(refresh)).toMatchObject({ status: 401, body: { error: "invalid_grant" } });

  const { response } = (await get("/auth/api/v1/users/me")).body;
  expect(response.business_memberships[0].business.account_id).toBeNull();

  const all = await get(`${books}/invoices/invoices?per_page=500&search[nonsense]=1`);
  expect(all.body.response.result).toMatchObject({ per_page: 100, page: 1, pages: 1, total: 39 });
  expect(all.body.response.result.invoices[0]).not.toHaveProperty("lines");
  expect(all.body.response.result.invoices[0].created_at).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
  );
  expect(all.body.response.result.invoices[0].amount.amount).toMatch(/^\d+\.\d\d$/);
  const withLines = await get(`${books}/invoices/invoices?include[]=lines`);
  expect(withLines.body.response.result).toMatchObject({ per_page: 15, pages: 3 });
  expect(withLines.body.response.result.invoices[0].lines.length).toBeGreaterThan(0);
  const past = await get(`${books}/invoices/invoices?page=9`);
  expect(past).toMatchObject({ status: 200, body: { response: { result: { invoices: [] } } } });
  expect((await get(`${books}/invoices/invoices?page=0`)).body.response.result.page).toBe(1);
  const archived = await get(`${books}/users/clients?search[vis_state]=2`);
  expect(archived.body.response.result.total).toBe(2);
  const payments = await get(`${books}/payments/payments`);
  expect(payments.body.response.result.payments[0].id).toBeTypeOf("string");

  // Both of accounting's forms, and one that comes with status 200.
  const bad = await get(`${books}/invoices/invoices?page=x`);
  expect(bad).toMatchObject({ status: 200, body: { response: { errors: [{ errno: 1024 }] } } });
  const old = await get(`${books}/invoices/invoices/1`);
  expect(old).toMatchObject({ status: 404, body: { response: { errors: [{ errno: 1012 }] } } });
  const newer = await get(`${books}/users/clients/1`);
  expect(newer).toMatchObject({ status: 404, body: { code: 5, details: [{ reason: "1012" }] } });
  expect((await get("/accounting/account/OTHER/users/clients")).status).toBe(403);
});

/** The connector beside that sandbox. */
async function open(onTestFinished: (close: () => Promise<void>) => void) {
  const { server, granted } = await signIn();
  const freshbooks = createFreshBooks({ url: server.url, clock: systemClock });
  onTestFinished(async () => {
    freshbooks.close();
    await server.close();
  });
  const call = {
    accessToken: String(granted.body.access_token),
    place,
    signal: AbortSignal.timeout(10_000),
  };
  return { server, freshbooks, call };
}

test("every form of a refusal has its class, also with status 200", async ({ onTestFinished }) => {
  const { server, freshbooks, call } = await open(onTestFinished);
  const list = () => freshbooks.listPage(call, { name: "clients", visState: 0, page: 1 });
  const rejected = { name: "ProviderRejected", code: "provider_rejected" };
  const refusals: readonly [status: number, body: unknown, expected: object][] = [
    [
      200,
      { response: { errors: [{ errno: 1003, message: "No." }] } },
      { name: "ConnectionRevoked" },
    ],
    [
      200,
      { response: { errors: { errno: 1024, message: "No." } } },
      { ...rejected, providerCode: "1024" },
    ],
    [401, { error: "unauthenticated", error_description: "No." }, { name: "ConnectionRevoked" }],
    [
      401,
      { message: "The server could not verify that you are authorized" },
      { name: "ConnectionRevoked" },
    ],
    [
      403,
      { response: { errors: [{ errno: 1038, message: "No." }] } },
      { code: "provider_forbidden" },
    ],
    [404, { error: "Requested resource could not be found." }, { code: "provider_not_found" }],
    [
      422,
      { errno: 2001, error: { title: "field required" } },
      { ...rejected, providerCode: "2001" },
    ],
    [
      422,
      { code: 3, message: "m", details: [{ reason: "7012" }] },
      { ...rejected, providerCode: "7012" },
    ],
    [400, "nonsense", rejected],
  ];
  for (const [status, body, expected] of refusals) {
    server.fault({ match: { path: "/accounting" }, fault: { kind: "status", status, body } });
    await expect(list(), JSON.stringify(body)).rejects.toMatchObject(expected);
  }
  await expect(freshbooks.findClient(call, "1")).resolves.toBeUndefined();
  const elsewhere = { ...call, place: { ...place, businessId: null } };
  await expect(
    freshbooks.listPage(elsewhere, { name: "projects", visState: null, page: 1 }),
  ).rejects.toMatchObject({ code: "provider_forbidden" });
});

test("what is read and what the sandbox answers fit the contract", async ({ onTestFinished }) => {
  const { server, freshbooks, call } = await open(onTestFinished);
  for (const name of importableResources) {
    const page = await freshbooks.listPage(call, { name, visState: null, page: 1 });
    expect(page.malformed, name).toEqual([]);
    expect(page.records.length, name).toBeGreaterThan(0);
  }
  expect(server.problems()).toEqual([]);
});
