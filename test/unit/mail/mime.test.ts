import { expect, test } from "vitest";
import type { MailMessage } from "../../../src/connectors/contract.ts";
import { toMime } from "../../../src/connectors/smtp/mime.ts";
import { InvalidPayload } from "../../../src/errors.ts";

const message: MailMessage = {
  from: { name: "Acme", address: "billing@acme.test" },
  to: [{ name: "Client", address: "client@example.test" }],
  subject: "Invoice INV-00042",
  text: "Hello",
  html: "<p>Hello</p>",
  attachments: [
    { name: "invoice.pdf", contentType: "application/pdf", content: Buffer.from("%PDF") },
  ],
  messageId: "<invoice-42-1@acme.test>",
  date: new Date("2026-03-01T08:00:00Z"),
  headers: { "Auto-Submitted": "auto-generated" },
};

/** The header block, unfolded, as [name, value] pairs. */
async function headersOf(changes: Partial<MailMessage>): Promise<string[][]> {
  const { raw } = await toMime({ ...message, ...changes });
  const head = raw.toString().split("\r\n\r\n", 1)[0] ?? "";
  return head
    .replaceAll(/\r\n[ \t]+/g, " ")
    .split("\r\n")
    .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]);
}

test("the same message gives the same bytes", async () => {
  const first = await toMime(message);
  const second = await toMime({ ...message });
  expect(first.raw.equals(second.raw)).toBe(true);
  expect(first.recipients).toEqual(["client@example.test"]);
});

test("the date is the message's own, not the machine's", async () => {
  expect(await headersOf({})).toContainEqual(["Date", "Sun, 01 Mar 2026 08:00:00 +0000"]);
});

test.for<[string, Partial<MailMessage>]>([
  ["the subject", { subject: "Hello\r\nBcc: evil@x.test\r\n\r\nbody" }],
  ["a name", { to: [{ name: "A\r\nBcc: evil@x.test", address: "client@example.test" }] }],
  ["the sender's name", { from: { name: 'A"\nBcc: evil@x.test', address: "billing@acme.test" } }],
  ["a header's value", { headers: { "Auto-Submitted": "x\r\nBcc: evil@x.test" } }],
  ["a line separator", { subject: "Hello\u2028Bcc: evil@x.test\u0085Bcc: evil@x.test" }],
])("no header can be smuggled in by %s", async ([, changes]) => {
  const names = (await headersOf(changes)).map(([name]) => name);
  expect(names).not.toContain("Bcc");
  expect(names).toEqual((await headersOf({})).map(([name]) => name));
  const { recipients } = await toMime({ ...message, ...changes });
  expect(recipients).toEqual(["client@example.test"]);
});

test("a file name cannot smuggle in a part header", async () => {
  const name = 'a".pdf\r\nContent-Type: text/html';
  const { raw } = await toMime({
    ...message,
    attachments: [{ name, contentType: "application/pdf", content: Buffer.from("%PDF") }],
  });
  expect(raw.toString().match(/^Content-Type: text\/html/gm)).toHaveLength(1);
});

test.for<[string, Partial<MailMessage>, string]>([
  ["no recipient", { to: [] }, "invalid_address"],
  ["a list in one address", { to: [{ address: "a@b.test,c@d.test" }] }, "invalid_address"],
  ["a name in the address", { to: [{ address: "Bob <bob@b.test>" }] }, "invalid_address"],
  ["a crooked reply address", { replyTo: { address: "x y@b.test" } }, "invalid_address"],
  ["a message id without brackets", { messageId: "invoice-42" }, "invalid_mail"],
  ["a header that is ours", { headers: { Bcc: "evil@x.test" } }, "invalid_mail"],
  ["a header name with a line break", { headers: { "X-A\r\nBcc": "evil@x.test" } }, "invalid_mail"],
])("%s is refused for good", async ([, changes, code]) => {
  const refusal = await toMime({ ...message, ...changes }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InvalidPayload);
  expect(refusal).toMatchObject({ code, retry: "never" });
});

test("an international domain is written so that every server understands it", async () => {
  const { recipients } = await toMime({ ...message, to: [{ address: "post@müller.test" }] });
  expect(recipients).toEqual(["post@xn--mller-kva.test"]);
});

test("text that looks like a file stays text", async () => {
  const { raw } = await toMime({
    ...message,
    text: "file:///etc/passwd",
    html: '<img src="/etc/passwd">',
  });
  expect(raw.toString()).toContain("file:///etc/passwd");
});
