import { expect, test } from "vitest";
import { saveCompanyApp } from "../../../src/actions/connect-provider.ts";
import { openApp } from "../../../src/actions/connection-secrets.ts";
import { withBudget } from "../../../src/actions/provider-budget.ts";
import {
  changeConnectionSettings,
  findConnection,
  findConnectionsOfAccount,
} from "../../../src/db/connections.ts";
import {
  findRefsOfExternals,
  findRefsOfRecords,
  forgetExternalRefs,
  recordExternalRefs,
} from "../../../src/db/external-refs.ts";
import { RateLimited } from "../../../src/errors.ts";
import { openTestConnections } from "../../support/providers.ts";
import { insertCompany } from "../../support/records.ts";
import { setup } from "../../support/setup.ts";
import { createToy } from "../../support/toy-provider.ts";

test("a record has one id over there and an id one record here, in each account", async () => {
  const { sql } = await setup();
  const companyId = await insertCompany(sql);
  const scope = { companyId, provider: "quickbooks", account: "realm-1", kind: "client" } as const;
  await sql.begin((tx) =>
    recordExternalRefs(tx, scope, [
      { externalId: "a", recordId: 1, syncedVersion: "1" },
      { externalId: "b", recordId: 2, syncedVersion: null },
    ]),
  );
  await sql.begin((tx) =>
    recordExternalRefs(tx, scope, [{ externalId: "a", recordId: 1, syncedVersion: "2" }]),
  );
  expect([...(await findRefsOfRecords(sql, scope, [1, 9]))]).toEqual([
    { externalId: "a", recordId: 1, syncedVersion: "2" },
  ]);
  expect(await findRefsOfExternals(sql, scope, ["b"])).toMatchObject([{ recordId: 2 }]);
  const stolen = sql.begin((tx) =>
    recordExternalRefs(tx, scope, [{ externalId: "a", recordId: 3, syncedVersion: null }]),
  );
  await expect(stolen).rejects.toMatchObject({ code: "23505" });
  // Another account over there begins anew.
  const other = { ...scope, account: "realm-2" };
  expect([...(await findRefsOfRecords(sql, other, [1, 2]))]).toEqual([]);
  expect(await sql.begin((tx) => forgetExternalRefs(tx, scope, [2, 9]))).toBe(1);
  expect([...(await findRefsOfRecords(sql, scope, [2]))]).toEqual([]);
});

test("settings change one by one, an own client is sealed, an account's connections are found", async () => {
  const { sql, clock } = await setup();
  const companyId = await insertCompany(sql);
  const { oauth } = createToy({ url: "http://127.0.0.1:9" });
  const { keys } = openTestConnections(oauth).connections;
  const app = { clientId: "own", clientSecret: "s3cret" };
  const userId = null;
  await sql.begin((tx) =>
    saveCompanyApp(tx, { keys, provider: oauth, companyId, app, userId, now: clock.now() }),
  );
  const key = { companyId, provider: oauth.name };
  for (const settings of [{ a: 1, b: 2 }, { b: 3 }]) {
    await sql.begin((tx) => changeConnectionSettings(tx, key, { settings, now: clock.now() }));
  }
  const row = (await findConnection(sql, key))!;
  expect(row).toMatchObject({ status: "disabled", settings: { a: 1, b: 3 } });
  expect(row.appCredentials).not.toContain("s3cret");
  expect(openApp(keys, row)).toEqual(app);
  // A sealed value that was carried to another row does not open.
  expect(() => openApp(keys, { ...row, companyId: companyId + 1 })).toThrow(/auth/i);

  await sql`
    update connections
    set status = 'connected', external_id = 'T1', credentials = 'v1.test.x' where id = ${row.id}
  `;
  const account = { provider: oauth.name, externalId: "T1" } as const;
  expect(await findConnectionsOfAccount(sql, account)).toMatchObject([{ companyId }]);
  await sql`update connections set status = 'disabled', credentials = null`;
  expect(await findConnectionsOfAccount(sql, account)).toHaveLength(0);
});

test("a budget is one for all, and a Retry-After keeps everybody away", async () => {
  const { sql } = await setup();
  const user = { sql, signal: AbortSignal.timeout(10_000) };
  const budget = { key: "toy/T1", limit: { perSecond: 0.5, burst: 2, waitMsMax: 0 } };
  const called: number[] = [];
  const call = (n: number) => withBudget(user, budget, async () => called.push(n));
  await call(1);
  await call(2);
  await expect(call(3)).rejects.toBeInstanceOf(RateLimited);
  expect(called).toEqual([1, 2]);
  const other = { ...budget, key: "toy/T2" };
  const refused = withBudget(user, other, async () => {
    throw new RateLimited("theirs", { afterMs: 60_000 });
  });
  await expect(refused).rejects.toThrow("theirs");
  const next = await withBudget(user, other, async () => {}).catch((error: unknown) => error);
  expect(next).toMatchObject({ message: "the limit of toy/T2" });
  expect((next as RateLimited).retry.afterMs).toBeGreaterThan(50_000);
});
