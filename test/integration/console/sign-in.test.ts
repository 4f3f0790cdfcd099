import { expect, test } from "vitest";
import { insertSession } from "../../../src/db/sessions.ts";
import { createToken, hashToken } from "../../../src/platform/tokens.ts";
import { PASSWORD, startConsole } from "./start-console.ts";

const EMAIL = "pat@console.test";

test("a person signs in with email and password, and out again", async () => {
  const { addPerson, openBrowser, sql } = await startConsole();
  await addPerson({ email: EMAIL, company: "Tidewater" });
  const browser = openBrowser();
  const stranger = await browser.visit("/console");
  expect(stranger.status).toBe(303);
  expect(stranger.headers.get("location")).toBe("/console/sign-in");

  const wrong = await browser.signIn({ email: EMAIL, password: "wrong horse" });
  expect(wrong.status).toBe(401);
  expect(wrong.text).toContain("Wrong email or password.");
  expect(wrong.text).toContain(`value="${EMAIL}"`);
  const right = await browser.signIn({ email: EMAIL, password: PASSWORD });
  expect(right.status).toBe(303);
  const cookie = right.headers
    .getSetCookie()
    .find((text) => text.startsWith("nightledger_session"));
  expect(cookie).toMatch(/; Path=\/console;.*HttpOnly.*SameSite=Strict/);
  expect((await browser.visit("/console")).text).toContain("Tidewater");

  const session = browser.cookies.get("nightledger_session") ?? "";
  const out = await browser.send("/console", "/console/sign-out", {});
  expect(out.status).toBe(303);
  expect(browser.cookies.has("nightledger_session")).toBe(false);
  // The session itself is over, for whoever kept the cookie.
  browser.cookies.set("nightledger_session", session);
  expect((await browser.visit("/console")).status).toBe(303);
  expect(await sql`select from sessions where revoked_at is null`).toHaveLength(0);
});

test("the token of a session signs in; one that is expired, or an API token, does not", async () => {
  const { addPerson, openBrowser, sql } = await startConsole();
  const { userId } = await addPerson({ email: EMAIL, company: "Tidewater" });
  const now = new Date();
  const insert = async (expiresAt: Date) => {
    const token = createToken("nls");
    await insertSession(sql, { userId, tokenHash: hashToken(token), now, expiresAt });
    return token;
  };
  const good = await insert(new Date(now.getTime() + 60_000));
  const expired = await insert(new Date(now.getTime() - 1));
  for (const token of [expired, createToken("nl"), "x"]) {
    expect((await openBrowser().signIn({ token })).status).toBe(401);
  }
  const browser = openBrowser();
  expect((await browser.signIn({ token: `  ${good} ` })).status).toBe(303);
  // The browser has a session of its own: signing out there leaves the terminal's token alone.
  expect(browser.cookies.get("nightledger_session")).not.toBe(good);
  await browser.send("/console", "/console/sign-out", {});
  expect((await openBrowser().signIn({ token: good })).status).toBe(303);
});

test("a form that is not from our own page is refused", async () => {
  const { addPerson, openBrowser } = await startConsole();
  await addPerson({ email: EMAIL, company: "Tidewater" });
  const browser = openBrowser();
  const fields = { email: EMAIL, password: PASSWORD };
  const forged = await browser.visit("/console/sign-in", {
    method: "POST",
    body: new URLSearchParams({ ...fields, form_token: "made-up" }),
  });
  expect(forged.status).toBe(403);
  const { text } = await browser.visit("/console/sign-in");
  const token = /name="form_token" value="([^"]+)"/.exec(text)?.[1] ?? "";
  const foreign = await browser.visit("/console/sign-in", {
    method: "POST",
    headers: { "sec-fetch-site": "cross-site" },
    body: new URLSearchParams({ ...fields, form_token: token }),
  });
  expect(foreign.status).toBe(403);

  await browser.signIn(fields);
  const out = await browser.visit("/console/sign-out", {
    method: "POST",
    body: new URLSearchParams(),
  });
  expect(out.status).toBe(403);
  expect((await browser.visit("/console")).status).toBe(200);
});

test("too many wrong passwords are told to wait, the right one too", async () => {
  const { addPerson, openBrowser } = await startConsole();
  await addPerson({ email: EMAIL, company: "Tidewater" });
  const browser = openBrowser();
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    expect((await browser.signIn({ email: EMAIL, password: `wrong ${attempt}` })).status).toBe(401);
  }
  const late = await browser.signIn({ email: EMAIL, password: PASSWORD });
  expect(late.status).toBe(429);
  expect(late.text).toContain("Too many attempts");
});
