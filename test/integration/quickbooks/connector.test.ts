import { expect, test } from "vitest";
import type { QbBooks } from "../../../sandbox/quickbooks/books.ts";
import { faultOf } from "../../../sandbox/quickbooks/faults.ts";
import { quickbooksSandbox, REALM } from "../../../sandbox/quickbooks/quickbooks.ts";
import { startProviderServer, type ServerOptions } from "../../../sandbox/server.ts";
import { createQuickBooks } from "../../../src/connectors/quickbooks/quickbooks.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { createTestClock } from "../../support/clock.ts";
import { describeConnector } from "../../support/connector-suite.ts";
import { checkQuickBooks } from "./start-pushing.ts";

const check = checkQuickBooks;

describeConnector({
  name: "QuickBooks",
  sandbox: quickbooksSandbox,
  ...(check !== undefined && { check }),
  open({ url, timeouts, app }) {
    const quickbooks = createQuickBooks({ app, url, clock: systemClock, timeouts });
    return {
      oauth: quickbooks.oauth,
      read: (accessToken, signal) =>
        quickbooks.find(callOf(accessToken, signal), "Customer", { DisplayName: "Customer 1" }),
      close: () => quickbooks.close(),
      quickbooks,
    };
  },
  paths: {
    token: "/oauth2/v1/tokens/bearer",
    read: `/v3/company/${REALM}/query`,
  },
  writes: {
    path: `/v3/company/${REALM}/customer`,
    write: ({ quickbooks }, fact, { accessToken, signal }) =>
      quickbooks.create(
        callOf(accessToken, signal),
        { entity: "Customer", body: JSON.stringify({ DisplayName: fact }) },
        fact,
      ),
    count: (state, fact) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what this sandbox holds
      (state as QbBooks).Customer.filter((customer) => customer["DisplayName"] === fact).length,
  },
});

function callOf(accessToken: string, signal: AbortSignal) {
  return { accessToken, realm: REALM, signal };
}

/** A sandbox, our client, and somebody who is let in; and a way to ask without our client. */
async function signIn(
  onTestFinished: (close: () => Promise<void>) => void,
  options: ServerOptions = {},
) {
  const server = await startProviderServer(quickbooksSandbox, options);
  const app = { clientId: server.oauth.client.id, clientSecret: server.oauth.client.secret };
  const quickbooks = createQuickBooks({ app, url: server.url, clock: systemClock });
  onTestFinished(async () => {
    quickbooks.close();
    await server.close();
  });
  const redirectUri = "https://here.test/back";
  const page = await fetch(
    quickbooks.oauth.authorizeUrl({ app, redirectUri, state: "s", codeChallenge: null }),
    { redirect: "manual" },
  );
  const query = Object.fromEntries(new URL(page.headers.get("location") ?? "").searchParams);
  const signal = AbortSignal.timeout(10_000);
  const grant = await quickbooks.oauth.exchange({
    app,
    code: query["code"] ?? "",
    redirectUri,
    codeVerifier: null,
    query,
    signal,
  });
  const { accessToken } = grant;
  const call = { accessToken, realm: REALM, signal };
  const ask = async (path: string, body?: unknown, token = accessToken) => {
    const answer = await fetch(`${server.url}/v3/company/${REALM}/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // oxlint-disable-next-line typescript/no-explicit-any -- looked into freely
    const json = (await answer.json()) as any;
    return { status: answer.status, tid: answer.headers.get("intuit_tid"), body: json };
  };
  const refresh = async (refreshToken: string | null) =>
    await quickbooks.oauth.refresh!({
      app,
      credentials: { accessToken, refreshToken, redirectUri },
      externalId: REALM,
      signal,
    });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what this sandbox holds
  const books = server.readState() as QbBooks;
  return { server, quickbooks, app, grant, call, ask, refresh, books };
}

const part = (bId: string, DisplayName: string) => ({
  bId,
  operation: "create",
  Customer: { DisplayName },
});
const fault = (code: string) => faultOf({ code, message: "No.", detail: "Because." });
const codeOf = (body: { Fault?: { Error: { code: string }[] } }) => body.Fault?.Error[0]?.code;

test("the sandbox behaves as QuickBooks does where that catches faults", async ({
  onTestFinished,
}) => {
  const clock = createTestClock();
  const { server, ask, books } = await signIn(onTestFinished, { clock });

  // Who is not let in is told so in lower case; another company's books are not ours.
  const refused = await ask("query?query=select%20*%20from%20Item", undefined, "wrong");
  expect(refused).toMatchObject({ status: 401, body: { fault: { error: [{ code: "3200" }] } } });

  // Names are one space; the other minor versions are served as 75.
  const acme = await ask("customer?minorversion=4", { DisplayName: "Acme" });
  expect(acme).toMatchObject({
    status: 200,
    tid: expect.stringMatching(/^1-/),
    body: { Customer: { SyncToken: "0", domain: "QBO", Active: true } },
  });
  expect(codeOf((await ask("customer", { DisplayName: "norton lumber" })).body)).toBe("6240");
  expect(codeOf((await ask("customer", { DisplayName: "A: B" })).body)).toBe("6000");

  // A requestid gives the first answer again, whatever is asked, refusals too; it has a length.
  const first = await ask("customer?requestid=r1", { DisplayName: "Once" });
  const again = await ask("customer?requestid=r1", { DisplayName: "Twice" });
  expect(again.body).toEqual(first.body);
  await ask("customer?requestid=r2", { DisplayName: "Once" });
  expect(codeOf((await ask("customer?requestid=r2", { DisplayName: "Free" })).body)).toBe("6240");
  const tooLong = await ask(`customer?requestid=${"r".repeat(51)}`, { DisplayName: "Free" });
  expect(codeOf(tooLong.body)).toBe("2050");

  // SyncTokens: a change bumps, a stale one is refused; sparse leaves what it does not name.
  const { Id } = acme.body.Customer;
  const changed = await ask("customer", { Id, SyncToken: "0", sparse: true, CompanyName: "Acme" });
  expect(changed.body.Customer).toMatchObject({ SyncToken: "1", DisplayName: "Acme" });
  const stale = await ask("customer", { Id, SyncToken: "0", sparse: true, CompanyName: "B" });
  expect(codeOf(stale.body)).toBe("5010");
  const full = await ask("customer", { Id, SyncToken: "1", DisplayName: "Acme" });
  expect(full.body.Customer).not.toHaveProperty("CompanyName");

  // The query language.
  const query = async (text: string) => (await ask(`query?query=${encodeURIComponent(text)}`)).body;
  expect((await query("select * from Customer where DisplayName = 'None'")).QueryResponse).toEqual(
    {},
  );
  expect((await query("select count(*) from Customer")).QueryResponse).toEqual({ totalCount: 2 });
  const listed = await query(
    "select * from Customer where DisplayName like '%c%' orderby DisplayName desc startposition 2 maxresults 1",
  );
  expect(listed.QueryResponse).toMatchObject({
    Customer: [{ DisplayName: "Acme" }],
    startPosition: 2,
  });
  expect(codeOf(await query("select * from Customer maxresults 1001"))).toBe("4001");
  expect(codeOf(await query("select * from Customer where DisplayName = 'a' or Id = '1'"))).toBe(
    "4000",
  );
  await ask("customer", { Id, SyncToken: "2", sparse: true, Active: false });
  const hidden = "select * from Customer where DisplayName = 'Acme'";
  expect((await query(hidden)).QueryResponse).toEqual({});
  const all = await query(`${hidden} and Active in (true, false)`);
  expect(all.QueryResponse.Customer).toHaveLength(1);

  // Papers: the amounts must fit, numbers are unique while the user gives them, a closed period is closed.
  const item = await ask("item", {
    Name: "Work",
    Type: "Service",
    IncomeAccountRef: { value: "79" },
  });
  expect(codeOf((await ask("item", { Name: "None", Type: "Service" })).body)).toBe("6000");
  const customer = first.body.Customer.Id;
  const invoice = (fields: object, amount = 150) => ({
    CustomerRef: { value: customer },
    TxnDate: "2026-03-02",
    Line: [
      {
        DetailType: "SalesItemLineDetail",
        Amount: amount,
        SalesItemLineDetail: { ItemRef: { value: item.body.Item.Id }, Qty: 1.5, UnitPrice: 100 },
      },
    ],
    ...fields,
  });
  const made = await ask("invoice", invoice({ DocNumber: "INV-1" }));
  expect(made.body.Invoice).toMatchObject({ TotalAmt: 150, Balance: 150, SyncToken: "0" });
  expect(made.body.Invoice.Line.at(-1)).toMatchObject({ DetailType: "SubTotalLineDetail" });
  expect(codeOf((await ask("invoice", invoice({ DocNumber: "INV-1" }))).body)).toBe("6140");
  const allowed = "invoice?include=allowduplicatedocnum";
  expect((await ask(allowed, invoice({ DocNumber: "INV-1" }))).status).toBe(200);
  expect(codeOf((await ask("invoice", invoice({}, 149))).body)).toBe("6070");
  expect(codeOf((await ask("invoice", invoice({ CustomerRef: { value: "7" } }))).body)).toBe(
    "2500",
  );
  expect(codeOf((await ask("invoice", invoice({ CustomerRef: { value: Id } }))).body)).toBe("610");
  books.preferences.closedUntil = "2026-03-31";
  expect(codeOf((await ask("invoice", invoice({}))).body)).toBe("6210");
  books.preferences.closedUntil = null;
  books.preferences.hasOwnNumbers = false;
  const numbered = await ask("invoice", invoice({ DocNumber: "INV-9" }));
  expect(numbered.body.Invoice.DocNumber).toMatch(/^10\d\d$/);
  books.company.country = "GB";
  expect(codeOf((await ask("invoice", invoice({}))).body)).toBe("6000");
  books.company.country = "US";

  // A payment lowers the balance and makes a new state of the invoice; voiding frees the payment.
  const pay = { CustomerRef: { value: customer } };
  expect(codeOf((await ask("payment", pay)).body)).toBe("2020");
  const linked = [{ TxnId: made.body.Invoice.Id, TxnType: "Invoice" }];
  const paid = await ask("payment", {
    ...pay,
    TotalAmt: 100,
    Line: [{ Amount: 100, LinkedTxn: linked }],
  });
  expect(paid.status).toBe(200);
  const now = (await ask(`invoice/${made.body.Invoice.Id}`)).body.Invoice;
  expect(now).toMatchObject({ Balance: 50, SyncToken: "1", LinkedTxn: [{ TxnType: "Payment" }] });
  const voided = await ask("invoice?operation=void", { Id: now.Id, SyncToken: "1" });
  expect(voided.body.Invoice).toMatchObject({ TotalAmt: 0, Balance: 0, PrivateNote: "Voided" });
  expect(books.Payment[0]).toMatchObject({ TotalAmt: 100, Line: [] });
  const gone = await ask("payment?operation=delete", { Id: paid.body.Payment.Id, SyncToken: "1" });
  expect(gone.body.Payment).toMatchObject({ status: "Deleted" });

  // A batch: each part has its own ending, and status 200; too many are refused.
  const batch = (parts: object[], id = "") => ask(`batch${id}`, { BatchItemRequest: parts });
  const mixed = await batch([part("1", "New"), part("2", "Once")]);
  expect(mixed.status).toBe(200);
  expect(mixed.body.BatchItemResponse[0]).toMatchObject({ bId: "1", Customer: { SyncToken: "0" } });
  expect(codeOf(mixed.body.BatchItemResponse[1])).toBe("6240");
  const many = Array.from({ length: 31 }, (_, index) => part(String(index), `Many ${index}`));
  expect((await batch(many)).status).toBe(400);
  expect((await batch([part("12345678901", "Long")], "?requestid=b1")).status).toBe(400);

  // Limits: 40 batches a minute; a minute later all is well.
  for (let times = 0; times < 40; times += 1) await batch([part("1", "Once")]);
  const limited = await batch([part("1", "Once")]);
  expect(limited).toMatchObject({ status: 429, body: { Fault: { type: "SERVICE" } } });
  clock.advanceMs(60_000);
  expect((await batch([part("1", "Once")])).status).toBe(200);
  expect(server.problems()).toEqual([]);
});

test("refresh tokens roll, or change with each use; what ends is told", async ({
  onTestFinished,
}) => {
  const rolling = await signIn(onTestFinished);
  expect(rolling.grant).toMatchObject({
    externalId: REALM,
    externalName: "Craig's Design and Landscaping",
    accessEndsInMs: 3_600_000,
    refreshEndsInMs: 8_726_400_000,
  });
  const { refreshToken } = rolling.grant;
  expect(await rolling.refresh(refreshToken)).toMatchObject({ refreshToken });
  await expect(rolling.refresh("wrong")).rejects.toMatchObject({ name: "ConnectionRevoked" });

  const strict = await signIn(onTestFinished, { oauth: { refresh: "single-use" } });
  const next = await strict.refresh(strict.grant.refreshToken);
  expect(next.refreshToken).not.toBe(strict.grant.refreshToken);
  await expect(strict.refresh(strict.grant.refreshToken)).rejects.toMatchObject({
    name: "ConnectionRevoked",
  });
});

test("every form of a fault has its class, also with status 200", async ({ onTestFinished }) => {
  const { server, quickbooks, call } = await signIn(onTestFinished);
  const lower = { fault: { error: [{ code: "003200", message: "No." }], type: "AUTHENTICATION" } };
  const rejected = { name: "ProviderRejected" };
  const refusals: readonly [status: number, body: unknown, expected: object][] = [
    [401, lower, { name: "ConnectionRevoked" }],
    [401, "nonsense", { name: "ConnectionRevoked" }],
    [403, fault("3100"), { name: "ConnectionRevoked" }],
    [400, fault("5020"), { name: "ConnectionRevoked" }],
    [400, fault("6190"), { name: "ConnectionRevoked" }],
    [403, fault("3001"), { name: "RateLimited", retry: { afterMs: 60_000 } }],
    [429, fault("3001"), { name: "RateLimited", retry: { afterMs: 60_000 } }],
    [200, fault("3001"), { name: "RateLimited" }],
    [200, fault("6240"), { ...rejected, providerCode: "6240" }],
    [400, fault("6140"), { ...rejected, providerCode: "6140" }],
    [400, fault("5010"), { ...rejected, providerCode: "5010" }],
    [200, fault("10000"), { name: "WriteUnconfirmed" }],
    [500, fault("10000"), { name: "WriteUnconfirmed" }],
    [504, "", { name: "WriteUnconfirmed" }],
    [400, "nonsense", rejected],
    [404, "", rejected],
    [200, { time: "now" }, { name: "WriteUnconfirmed" }],
  ];
  const body = JSON.stringify({ DisplayName: "A" });
  for (const [status, answer, expected] of refusals) {
    server.fault({
      match: { path: "/v3/" },
      fault: { kind: "status", status, body: answer, headers: { intuit_tid: "1-2-3" } },
    });
    const made = quickbooks.create(call, { entity: "Customer", body }, "r1");
    await expect(made, `${status} ${JSON.stringify(answer)}`).rejects.toMatchObject(expected);
  }
  server.fault({
    match: { path: "/v3/" },
    fault: { kind: "status", status: 400, body: fault("2020"), headers: { intuit_tid: "1-2-3" } },
  });
  await expect(quickbooks.create(call, { entity: "Customer", body }, "r1")).rejects.toMatchObject({
    providerRequestId: "1-2-3",
    message: expect.stringContaining("Because."),
  });

  // Nothing of what is refused is in a message of ours that people read elsewhere.
  await expect(
    quickbooks.find({ ...call, accessToken: "secret-token" }, "Customer", { DisplayName: "A" }),
  ).rejects.toSatisfy((error) => !JSON.stringify(error).includes("secret-token"));

  // A name with quotes finds itself and nothing else.
  const name = 'O\'Brien \\ "Co"';
  const made = await quickbooks.create(
    call,
    { entity: "Customer", body: JSON.stringify({ DisplayName: name }) },
    "r2",
  );
  expect(await quickbooks.find(call, "Customer", { DisplayName: name })).toMatchObject([
    { Id: made.Id },
  ]);
  expect(await quickbooks.read(call, "Customer", "4711")).toBeUndefined();
  const several = await quickbooks.createMany(
    call,
    [
      { entity: "Customer", body: JSON.stringify({ DisplayName: name }) },
      { entity: "Customer", body: JSON.stringify({ DisplayName: "Other" }) },
    ],
    "r3",
  );
  expect(several).toMatchObject([{ providerCode: "6240" }, { DisplayName: "Other" }]);
  expect(await quickbooks.readBooks(call)).toEqual({
    country: "US",
    homeCurrency: "USD",
    isMultiCurrency: false,
  });
});
