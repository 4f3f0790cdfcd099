import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startPlatform } from "../../support/platform.ts";
import { startQuoting, type Quoting } from "./start-quoting.ts";

/** Long after any clock of a test. */
const expiry_date = "2099-12-31";

async function open(): Promise<Quoting & { platform: Awaited<ReturnType<typeof startPlatform>> }> {
  const quoting = await startQuoting({ name: "Harbour Studio" });
  return { ...quoting, platform: await startPlatform(quoting) };
}

test("a quote is mailed once with its PDF, and is sent when the mail server took it", async () => {
  const { quote, call, expectCall, platform, eventsOfQuote } = await open();
  const { id } = await quote({ expiry_date });
  const asked = await Promise.all([1, 2].map(() => call("POST", `/quotes/${id}/send`)));
  expect(asked.map(({ status }) => status)).toEqual([200, 200]);
  // The second asked for the same mail.
  expect(asked[1]?.body.data.delivery.id).toBe(asked[0]?.body.data.delivery.id);
  const sent = await eventually(
    async () => {
      const read = await expectCall(200, "GET", `/quotes/${id}`);
      return read.status === "sent" && read;
    },
    { withinMs: 20_000 },
  );
  expect(sent.sent_at).not.toBeNull();
  expect(sent.deliveries).toMatchObject([
    { kind: "quote", status: "accepted", recipient: "books@maple.example" },
  ]);
  expect(platform.mail.mails).toHaveLength(1);
  const [mail] = platform.mail.mails;
  expect(mail?.subject).toBe("Quote QUO-00001 from Harbour Studio");
  expect(mail?.attachments.map((file) => file.name)).toEqual(["QUO-00001.pdf"]);
  expect(await eventsOfQuote(id)).toEqual(["quote.created", "quote.send-requested", "quote.sent"]);
});

test("a quote the client has answered meanwhile is not mailed; one without an address is a 422", async () => {
  const quoting = await startQuoting();
  const { sentQuote, quote, expectCall, expectInvalid, call, clientId, sql } = quoting;
  const { id, uuid } = await sentQuote({ expiry_date });
  await expectCall(200, "POST", `/quotes/${id}/send`);
  await expectCall(200, "POST", `/portal/quotes/${uuid}/decline`);
  const platform = await startPlatform(quoting);
  await eventually(
    async () => {
      const [row] = await sql`select status, error_message from deliveries`;
      return row?.["status"] === "cancelled" && row["errorMessage"] === "the quote is declined";
    },
    { withinMs: 20_000 },
  );
  expect(platform.mail.mails).toEqual([]);
  expect((await call("POST", `/quotes/${id}/send`)).status).toBe(409);
  await expectCall(200, "PATCH", `/clients/${clientId}`, { email: null });
  const other = await quote({ expiry_date });
  await expectInvalid("client", "POST", `/quotes/${other.id}/send`);
});

test("a statement is mailed with its note, its copies and the figures of the moment", async () => {
  const { issued, expectCall, expectInvalid, platform, clientId } = await open();
  await issued();
  const path = `/clients/${clientId}/statement/send`;
  const body = { from: "2026-01-01", to: "2026-03-31" };
  const asked = { ...body, note: "See below", cc: ["boss@maple.example"] };
  expect(await expectCall(200, "POST", path, asked)).toMatchObject({ kind: "statement" });
  const mails = await platform.mail.waitFor((received) => received.length === 1, {
    withinMs: 20_000,
  });
  expect(mails[0]?.envelope.to.toSorted()).toEqual(["books@maple.example", "boss@maple.example"]);
  expect(mails[0]?.subject).toMatch(/^Statement from Harbour Studio: /);
  expect(mails[0]?.attachments.map((file) => file.name)).toEqual([
    "statement-2026-01-01-2026-03-31.pdf",
  ]);
  await expectInvalid("cc.0", "POST", path, { ...body, cc: ["nobody"] });
  await expectInvalid("to", "POST", path, { from: "2026-02-01", to: "2026-01-01" });
  await expectInvalid("from", "POST", path, { to: "2026-01-01" });
  await expectCall(200, "PATCH", `/clients/${clientId}`, { email: null });
  await expectInvalid("client", "POST", path, body);
});
