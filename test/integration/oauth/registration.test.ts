import { expect, test } from "vitest";
import { REDIRECT, startOAuth } from "./start-oauth.ts";

test("an app is not called by what people cannot read, or read as something else", async () => {
  const { ask, maker } = await startOAuth();
  const nameTo = async (name: string) =>
    await ask("POST", "/api/settings/oauth-clients", {
      token: maker.token,
      body: { type: "public", name, redirect_uris: [REDIRECT], scopes: ["clients:read"] },
    });
  for (const name of [
    "Lens\u202edetsurt",
    "Le\u200bns",
    "Ledger\nLens",
    "\u3164\u2800",
    "\ufeff",
    "Ledger\u2800Lens",
  ]) {
    const reply = await nameTo(name);
    expect([name, reply.status, Object.keys(reply.body.errors ?? {})]).toEqual([
      name,
      422,
      ["name"],
    ]);
  }
  for (const name of ["Büro & <Söhne>", "نمی\u200cدانم", "👩\u200d💻 帳簿"]) {
    expect([name, (await nameTo(name)).status]).toEqual([name, 201]);
  }
});
