import { expect, test } from "vitest";
import type { Tx } from "../../../src/db/client.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { untilBlocked } from "../../support/blocked.ts";
import { PASSWORD } from "../console/start-console.ts";
import { locationOf, onwardOf, startOAuth } from "./start-oauth.ts";

const EMAIL = "pat@user.test";

/** Somebody who is about to let an app in, and ways to stop them half way. */
async function start() {
  const setup = await startOAuth();
  const { sql } = setup;
  const { company, userId } = await setup.addPerson({ email: EMAIL, company: "Tidewater" });
  const app = await setup.register();
  const browser = await setup.signedIn(EMAIL);
  const { url } = await setup.begin(app);
  const page = `/console/authorize${url.search}`;
  const form = { decision: "allow", company_id: String(company.id) };
  return {
    ...setup,
    app,
    browser,
    companyId: company.id,
    userId,
    allow: async () => await browser.send(page, page, form),
    /** Stops whoever lets the app in, with all they looked at before in their hands. */
    holdAllowing: async (tx: Tx) =>
      await tx`select from oauth_clients where id = ${app.id} for update`,
    /** Begins the second when the first waits for what is locked; lets go when both wait or it is done. */
    inOrder: async <A, B>(
      hold: (tx: Tx) => Promise<unknown>,
      first: () => Promise<A>,
      second: () => Promise<B>,
    ): Promise<[A, B]> => {
      const both = await inTransaction(sql, async (tx) => {
        await hold(tx);
        const one = first();
        await untilBlocked(sql);
        const two = second();
        await Promise.race([two, untilBlocked(sql, 2)]);
        return { one, two };
      });
      return [await both.one, await both.two];
    },
    openAccess: async () => await sql`select from api_tokens where revoked_at is null`,
  };
}

test("an app that is let in while a new password ends all sessions has no access, whichever is first", async () => {
  const { allow, app, browser, holdAllowing, inOrder, letIn, openAccess, ...more } = await start();
  const resetPassword = async () => await more.resetPassword({ email: EMAIL, userId: more.userId });
  await letIn(browser, app);
  const [reset, late] = await inOrder(
    (tx) => tx`select from api_tokens for update`,
    resetPassword,
    allow,
  );
  expect([reset.status, late.status]).toEqual([200, 303]);
  expect(locationOf(late)).toMatch(/^\/console\/sign-in\?next=%2Fconsole%2Fauthorize/);
  expect(await openAccess()).toHaveLength(0);

  await browser.signIn({ email: EMAIL, password: `${PASSWORD} anew` });
  const [allowed, again] = await inOrder(holdAllowing, allow, resetPassword);
  expect(onwardOf(allowed).searchParams.get("code")).toMatch(/^nlac_/);
  expect(again.status).toBe(200);
  expect(await openAccess()).toHaveLength(0);
});

test("an app that is let in by a member who is being removed has no access, whichever is first", async () => {
  const { allow, companyId, holdAllowing, inOrder, maker, openAccess, sql, userId, ...more } =
    await start();
  await sql`
    insert into company_members (company_id, user_id, role) values (${companyId}, ${maker.userId}, 'admin')
  `;
  await sql`update company_members set role = 'member' where user_id = ${userId}`;
  const remove = async () =>
    await more.ask("DELETE", `/api/companies/${companyId}/members/${userId}`, {
      token: maker.token,
    });
  const [allowed, removed] = await inOrder(holdAllowing, allow, remove);
  expect(onwardOf(allowed).searchParams.get("code")).toMatch(/^nlac_/);
  expect(removed.status).toBe(204);
  expect(await openAccess()).toHaveLength(0);

  await sql`
    insert into company_members (company_id, user_id, role) values (${companyId}, ${userId}, 'member')
  `;
  const [again, late] = await inOrder(
    (tx) => tx`select from company_members where user_id = ${userId} for update`,
    remove,
    allow,
  );
  expect([again.status, late.status]).toEqual([204, 404]);
  expect(await openAccess()).toHaveLength(0);
});
