import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { MailMessage } from "../../../src/connectors/contract.ts";
import { createMailFolder } from "../../../src/connectors/smtp/mail-folder.ts";

async function setup() {
  const parent = await mkdtemp(join(tmpdir(), "nightledger-mail-"));
  onTestFinished(() => rm(parent, { recursive: true }));
  const folder = join(parent, "outbox");
  const mail = createMailFolder({ folder });
  return { folder, mail };
}

const message: MailMessage = {
  from: { address: "billing@acme.test" },
  to: [{ address: "client@example.test" }],
  subject: "Invoice INV-00042",
  text: "Hello",
  html: "<p>Hello</p>",
  attachments: [],
  messageId: "<invoice-42-1@acme.test>",
  date: new Date("2026-03-01T08:00:00Z"),
  headers: {},
};
const options = { signal: new AbortController().signal, beforeCommit: async () => {} };

test("a mail becomes a file that a mail program can open", async () => {
  const { folder, mail } = await setup();
  const receipt = await mail.send(message, options);
  expect(receipt.response).toBe("250 saved as invoice-42-1@acme.test.eml");
  const saved = await readFile(join(folder, "invoice-42-1@acme.test.eml"), "utf8");
  expect(saved).toContain("Subject: Invoice INV-00042\r\n");
  expect(saved).toContain("To: client@example.test\r\n");
});

test("the same mail twice is one file, two mails are two", async () => {
  const { folder, mail } = await setup();
  await mail.send(message, options);
  await mail.send(message, options);
  expect(await readdir(folder)).toHaveLength(1);
  await mail.send({ ...message, messageId: "<a+b@acme.test>" }, options);
  await mail.send({ ...message, messageId: "<a_b@acme.test>" }, options);
  expect(await readdir(folder)).toHaveLength(3);
});

test("a mail given up before the commit leaves nothing behind", async () => {
  const { folder, mail } = await setup();
  const refusal = new Error("paid meanwhile");
  const refuse = { ...options, beforeCommit: () => Promise.reject(refusal) };
  await expect(mail.send(message, refuse)).rejects.toBe(refusal);
  await expect(mail.send(message, { ...options, signal: AbortSignal.abort(refusal) })).rejects.toBe(
    refusal,
  );
  expect(await readdir(folder)).toEqual([]);
});

test("a folder that cannot be written is a matter of settings, and waits", async () => {
  const { folder } = await setup();
  await writeFile(folder, "a file where the folder should be");
  const mail = createMailFolder({ folder });
  await expect(mail.verify()).rejects.toMatchObject({ code: "mail_config", retry: "backoff" });
  await expect(mail.send(message, options)).rejects.toMatchObject({ code: "mail_config" });
});
