import { expect, test } from "vitest";
import { insertMember } from "../../../src/db/company-members.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { setCurrentCompany } from "../../../src/db/users.ts";
import { PASSWORD } from "../console/start-console.ts";
import { startOAuth } from "./start-oauth.ts";

test("an access is ended by who let the app in, or by an admin, and seen by nobody else", async () => {
  const { addPerson, ask, clock, letIn, register, signedIn, sql } = await startOAuth();
  const signIn = async (email: string) => {
    const { body } = await ask("POST", "/api/auth/login", { body: { email, password: PASSWORD } });
    return String(body.token);
  };
  const statusOf = async (token: string) => (await ask("GET", "/api/clients", { token })).status;
  const { company } = await addPerson({ email: "pat@user.test", company: "Tidewater" });
  const companyId = company.id;
  const token = await signIn("pat@user.test");
  const app = await register();
  const parameters = { scope: "clients:read" };
  const pats = await letIn(await signedIn("pat@user.test"), app, { parameters });
  const email = "vera@user.test";
  const { userId } = await addPerson({ email, company: "Elsewhere" });
  await inTransaction(sql, async (tx) => {
    await insertMember(tx, { companyId, userId, role: "viewer" });
    await setCurrentCompany(tx, { userId, companyId, now: clock.now() });
  });
  const viewer = { token: await signIn(email), headers: { "x-company-id": String(companyId) } };
  const browserOfVera = await signedIn(email);
  const letVeraIn = async () =>
    await letIn(browserOfVera, app, { parameters, fields: { company_id: String(companyId) } });
  const list = async (who: { token: string; headers?: Record<string, string> }) => {
    const { body: shown } = await ask("GET", "/api/settings/connected-apps", who);
    return shown.data;
  };
  const end = async (id: number, who: { token: string; headers?: Record<string, string> }) =>
    (await ask("DELETE", `/api/settings/connected-apps/${id}`, who)).status;
  const [ofPat] = await list({ token });

  const first = await letVeraIn();
  const [ofVera, ...more] = await list(viewer);
  expect(more).toEqual([]);
  expect(ofVera.id).not.toBe(ofPat.id);
  expect(await list({ token })).toHaveLength(2);
  expect(await end(ofPat.id, viewer)).toBe(404);
  expect(await statusOf(pats.access_token)).toBe(200);
  expect(await end(ofVera.id, viewer)).toBe(204);
  expect(await statusOf(first.access_token)).toBe(401);

  const second = await letVeraIn();
  const [again] = await list(viewer);
  expect(await end(again.id, { token })).toBe(204);
  expect(await statusOf(second.access_token)).toBe(401);
});
