import { randomBytes } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import type { MailMessage, MailSendOptions } from "../../../src/connectors/contract.ts";
import { createSmtpMail, type SmtpOptions } from "../../../src/connectors/smtp/smtp.ts";
import {
  InvalidPayload,
  ProviderRejected,
  ProviderUnavailable,
  WriteUnconfirmed,
} from "../../../src/errors.ts";
import { scriptedSmtp, type SmtpScript } from "./scripted-smtp.ts";

async function setup(script: SmtpScript = {}, options: Partial<SmtpOptions> = {}) {
  const server = await scriptedSmtp(script);
  const mail = createSmtpMail({ url: server.url, ...options });
  onTestFinished(async () => {
    mail.close();
    await server[Symbol.asyncDispose]();
  });
  /** Sends, and tells whether the caller was asked to write "sending" before it ended. */
  const send = async (
    message: Partial<MailMessage> = {},
    sendOptions: Partial<MailSendOptions> = {},
  ) => {
    let notes = 0;
    const beforeCommit = async () => {
      notes += 1;
      await sendOptions.beforeCommit?.();
    };
    const signal = sendOptions.signal ?? new AbortController().signal;
    try {
      const receipt = await mail.send({ ...invoiceMail, ...message }, { signal, beforeCommit });
      return { receipt, notes };
    } catch (error) {
      return { error, notes };
    }
  };
  return { server, mail, send };
}

const invoiceMail: MailMessage = {
  from: { name: "Acme", address: "billing@acme.test" },
  to: [{ name: "Client", address: "client@example.test" }],
  subject: "Invoice INV-00042",
  text: "Hello",
  html: "<p>Hello</p>",
  attachments: [],
  messageId: "<invoice-42-1@acme.test>",
  date: new Date("2026-03-01T08:00:00Z"),
  headers: { "Auto-Submitted": "auto-generated" },
};

test("an accepted mail gives back the server's answer", async () => {
  const { server, send } = await setup();
  const { receipt, notes } = await send();
  expect(receipt).toEqual({
    messageId: "<invoice-42-1@acme.test>",
    response: "250 2.0.0 Ok: queued as 42",
    rejected: [],
  });
  expect(notes).toBe(1);
  expect(server.mails).toHaveLength(1);
  expect(server.mails[0]).toMatchObject({ from: "billing@acme.test", to: ["client@example.test"] });
  expect(server.mails[0]?.wire).toContain("Message-ID: <invoice-42-1@acme.test>\r\n");
  expect(server.mails[0]?.wire).toContain("Auto-Submitted: auto-generated\r\n");
});

test.for([[[]], [["PIPELINING", "8BITMIME", "SIZE 50000000"]]])(
  "the server has the whole body, but not its end, until the caller has noted it (%s)",
  async ([extensions]) => {
    const pdf = randomBytes(400_000);
    const { server, send } = await setup({
      extensions: extensions ?? [],
      midBody: { bytes: 500_000, reply: "silence" },
    });
    const seen: string[][] = [];
    const { receipt } = await send(
      { attachments: [{ name: "a.pdf", contentType: "application/pdf", content: pdf }] },
      {
        beforeCommit: async () => {
          await server.until("middle of mail");
          // A round of the event loop, so that a dot already on its way would have arrived.
          await new Promise((resolve) => setImmediate(resolve));
          seen.push([...server.log]);
        },
      },
    );
    expect(seen).toHaveLength(1);
    expect(seen[0]).toContain("DATA");
    expect(seen[0]).not.toContain("end of mail");
    expect(receipt?.response).toMatch(/^250/);
    const wire = server.mails[0]?.wire ?? "";
    const encoded =
      /filename=a\.pdf\r\n(?:[^\r]+\r\n)*\r\n([A-Za-z0-9+/=\r\n]+)\r\n--/.exec(wire)?.[1] ?? "";
    expect(Buffer.from(encoded, "base64").equals(pdf)).toBe(true);
  },
);

test("lines that begin with a dot arrive as they were", async () => {
  const { server, send } = await setup();
  await send({ text: "one\r\n.\r\n..two\r\n.three\r\n" });
  const wire = server.mails[0]?.wire ?? "";
  expect(wire.replaceAll(/^\./gm, "")).toContain("one\r\n.\r\n..two\r\n.three\r\n");
  expect(server.mails).toHaveLength(1);
});

test.for<[string, SmtpScript, string]>([
  ["the connection is cut after the end of the mail", { atEnd: "drop" }, "end of mail"],
  ["the server falls silent after the end of the mail", { atEnd: "silence" }, "end of mail"],
  ["the answer is cut off", { atEnd: "250-Ok" }, "end of mail"],
  ["the answer is no SMTP", { atEnd: "hello" }, "end of mail"],
])("nobody knows whether the mail was sent when %s", async ([, script]) => {
  const { server, send } = await setup(script, { socketTimeoutMs: 1_000 });
  const { error, notes } = await send();
  expect(error).toBeInstanceOf(WriteUnconfirmed);
  expect(notes).toBe(1);
  // Whatever happened, it was not tried a second time.
  expect(server.log.filter((entry) => entry === "MAIL")).toHaveLength(1);
});

test("a server that only ever says that the answer is coming is not waited for forever", async () => {
  const { server, send } = await setup(
    { atEnd: "chatter" },
    { answerTimeoutMs: 1_000, socketTimeoutMs: 100_000 },
  );
  const { error } = await send();
  expect(error).toBeInstanceOf(WriteUnconfirmed);
  expect(server.mails).toHaveLength(1);
});

test.for<[string, SmtpScript]>([
  ["the greeting", { greeting: "drop" }],
  ["the sender", { mailFrom: "drop" }],
  ["a recipient", { rcptTo: () => "drop" }],
  ["DATA", { data: "drop" }],
  ["half the body", { midBody: { bytes: 100, reply: "drop" } }],
])("a connection cut at %s surely sent nothing", async ([, script]) => {
  const { server, send } = await setup(script);
  const attachment = {
    name: "a.pdf",
    contentType: "application/pdf",
    content: randomBytes(3_000_000),
  };
  const { error, notes } = await send({ attachments: [attachment] });
  expect(error).toBeInstanceOf(ProviderUnavailable);
  expect(error).toMatchObject({ code: "provider_unavailable", retry: "backoff" });
  expect(notes).toBe(0);
  expect(server.mails).toEqual([]);
});

test.for<[string, SmtpScript]>([
  ["421 in the greeting", { greeting: "421 4.3.2 Shutting down" }],
  ["421 to the sender", { mailFrom: "421 4.3.2 Shutting down" }],
  ["451 to the sender", { mailFrom: "451 4.3.0 Try again" }],
  ["450 to the only recipient", { rcptTo: () => "450 4.2.0 Greylisted" }],
  ["452 to DATA", { data: "452 4.3.1 Disk full" }],
  ["451 to the whole mail", { atEnd: "451 4.3.0 Try again" }],
  ["421 to the whole mail", { atEnd: "421 4.3.2 Shutting down" }],
  ["503 to the sender", { mailFrom: "503 5.5.1 Out of order" }],
])("%s is tried again later", async ([, script]) => {
  const { send } = await setup(script);
  const { error } = await send();
  expect(error).toBeInstanceOf(ProviderUnavailable);
  expect(error).toMatchObject({ code: "provider_unavailable" });
});

test.for<[step: "mailFrom" | "rcptTo" | "atEnd", words: string, code: string]>([
  ["rcptTo", "550 5.1.1 No such user", "recipient_rejected"],
  ["rcptTo", "550 who?", "recipient_rejected"],
  ["rcptTo", "551 moved away", "recipient_rejected"],
  ["rcptTo", "553 bad name", "recipient_rejected"],
  ["rcptTo", "552 5.2.2 Mailbox full", "recipient_rejected"],
  ["atEnd", "550 5.1.1 No such user", "recipient_rejected"],
  ["rcptTo", "554 5.7.1 Relay access denied", "message_rejected"],
  ["atEnd", "552 5.3.4 Too big", "message_rejected"],
  ["atEnd", "554 5.7.1 Spam", "message_rejected"],
  ["atEnd", "550 5.7.1 Spam", "message_rejected"],
  ["mailFrom", "552 5.3.4 Too big", "message_rejected"],
  ["mailFrom", "553 5.7.1 Not your address", "sender_rejected"],
])("the server's no is final and its words are kept: %s, %s, %s", async ([step, words, code]) => {
  const { send } = await setup({ [step]: step === "rcptTo" ? () => words : words });
  const { error } = await send();
  expect(error).toBeInstanceOf(ProviderRejected);
  expect(error).toMatchObject({ code, retry: "never", providerCode: words });
});

test("a refusal in the middle of the body is an answer, and the caller never commits", async () => {
  const { server, send } = await setup({ midBody: { bytes: 100, reply: "552 5.3.4 Too big" } });
  const attachment = {
    name: "a.pdf",
    contentType: "application/pdf",
    content: randomBytes(20_000_000),
  };
  const { error, notes } = await send({ attachments: [attachment] });
  expect(error).toMatchObject({ code: "message_rejected" });
  expect(notes).toBe(0);
  expect(server.mails).toEqual([]);
});

test("a mail larger than the server announced is not even begun", async () => {
  const { server, send } = await setup({ extensions: ["SIZE 1000"] });
  const { error, notes } = await send({ text: "long ".repeat(1000) });
  expect(error).toMatchObject({ code: "message_rejected", retry: "never" });
  expect(notes).toBe(0);
  expect(server.log).not.toContain("MAIL");
});

test("one of two recipients is refused: the mail goes to the other, and the refusal is told", async () => {
  const { server, send } = await setup({
    rcptTo: (address) => (address.startsWith("gone") ? "550 5.1.1 Gone" : "250 Ok"),
  });
  const { receipt } = await send({ cc: [{ address: "gone@example.test" }] });
  expect(receipt?.rejected).toEqual([{ address: "gone@example.test", response: "550 5.1.1 Gone" }]);
  expect(server.mails[0]?.to).toEqual(["client@example.test"]);
});

test("the caller's own refusal ends the mail unsent and comes back untouched", async () => {
  const { server, send } = await setup();
  const refusal = new Error("the invoice was paid meanwhile");
  const { error } = await send({}, { beforeCommit: () => Promise.reject(refusal) });
  expect(error).toBe(refusal);
  expect(refusal).not.toHaveProperty("code");
  expect(server.mails).toEqual([]);
});

test("an abort before the commit gives the mail up at once", async () => {
  const { server, send } = await setup({ rcptTo: () => "silence" });
  const abort = new AbortController();
  const sending = send({}, { signal: abort.signal });
  await server.until("RCPT");
  const reason = new Error("cancelled by the operator");
  abort.abort(reason);
  expect(await sending).toEqual({ error: reason, notes: 0 });
});

test("an abort while the caller writes its note still stops the mail", async () => {
  const { server, send } = await setup();
  const abort = new AbortController();
  const reason = new Error("shutting down");
  const { error } = await send(
    {},
    {
      signal: abort.signal,
      beforeCommit: async () => {
        abort.abort(reason);
        await Promise.resolve();
      },
    },
  );
  expect(error).toBe(reason);
  expect(server.mails).toEqual([]);
});

test("an abort after the commit does not spoil the answer", async () => {
  const abort = new AbortController();
  const { send } = await setup({
    atEnd: () => {
      abort.abort(new Error("too late"));
      return "250 Ok";
    },
  });
  const { receipt } = await send({}, { signal: abort.signal });
  expect(receipt?.response).toBe("250 Ok");
});

test("a connection lost while the caller writes its note surely sent nothing, and the note is waited for", async () => {
  const { server, mail, send } = await setup();
  let isNoted = false;
  const { error } = await send(
    {},
    {
      beforeCommit: async () => {
        server.dropAll();
        // By the end of another conversation the loss has been noticed too.
        await mail.verify();
        isNoted = true;
      },
    },
  );
  expect(error).toBeInstanceOf(ProviderUnavailable);
  expect(isNoted).toBe(true);
  expect(server.mails).toEqual([]);
});

test("a hundred mails share the pool's connections", async () => {
  const { server, send } = await setup({ extensions: ["PIPELINING"] }, { connectionsMax: 3 });
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, at) => send({ messageId: `<mail-${at}@acme.test>` })),
  );
  expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(server.mails).toHaveLength(100);
  expect(server.connections).toBeLessThanOrEqual(3);
});

test("a pooled connection the server has dropped meanwhile costs nothing: the mail takes a new one", async () => {
  const { server, send } = await setup({ secondMail: "drop" });
  await send();
  const { receipt, notes } = await send({ messageId: "<invoice-43-1@acme.test>" });
  expect(receipt?.response).toMatch(/^250/);
  expect(notes).toBe(1);
  expect(server.connections).toBe(2);
  expect(server.mails).toHaveLength(2);
});

test("a caller that waits for a connection can be aborted", async () => {
  const { server, send } = await setup(
    { atEnd: "silence" },
    { connectionsMax: 1, socketTimeoutMs: 1_000 },
  );
  const first = send();
  await server.until("end of mail");
  const abort = new AbortController();
  const second = send({ messageId: "<second@acme.test>" }, { signal: abort.signal });
  abort.abort(new Error("no longer wanted"));
  expect(await second).toMatchObject({ error: { message: "no longer wanted" }, notes: 0 });
  expect(await first).toMatchObject({ error: expect.any(WriteUnconfirmed) });
});

test("nothing is sent after close", async () => {
  const { mail, send } = await setup();
  mail.close();
  expect(await send()).toMatchObject({ error: { code: "provider_unavailable" }, notes: 0 });
});

test("a refused connection is tried again later", async () => {
  const { server, send, mail } = await setup();
  await server[Symbol.asyncDispose]().catch(() => {});
  expect(await send()).toMatchObject({ error: { code: "provider_unavailable", retry: "backoff" } });
  await expect(mail.verify()).rejects.toMatchObject({ code: "provider_unavailable" });
});

test.for<[what: string, code: string, script: SmtpScript, query: string]>([
  ["a wrong password", "mail_config", { extensions: ["AUTH PLAIN"], auth: "535 5.7.8 No" }, ""],
  [
    "a busy login",
    "provider_unavailable",
    { extensions: ["AUTH PLAIN"], auth: "454 4.7.0 Later" },
    "",
  ],
  ["a login that is not offered", "mail_config", {}, ""],
  ["STARTTLS required but not there", "mail_config", {}, "?tls=require"],
])("%s is told as %s, without the password", async ([, code, script, query]) => {
  const { server } = await setup(script);
  const url = `${server.url.replace("//", "//user:secret@")}${query}`;
  const mail = createSmtpMail({ url });
  const error = await mail.verify().catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(ProviderUnavailable);
  expect(error).toMatchObject({ code });
  expect(String(error)).not.toContain("secret");
});

test("verify logs in and sends nothing", async () => {
  const { server, mail } = await setup();
  await mail.verify();
  await server.until("QUIT");
  expect(server.log).not.toContain("MAIL");
});

test("an address that could smuggle in another is refused before any connection", async () => {
  const { server, send } = await setup();
  for (const address of [
    "a@b.test\r\nRCPT TO:<evil@x.test>",
    "a@b.test, evil@x.test",
    "nobody",
    "",
  ]) {
    const { error } = await send({ to: [{ address }] });
    expect(error).toBeInstanceOf(InvalidPayload);
    expect(error).toMatchObject({ code: "invalid_address", retry: "never" });
  }
  expect(server.connections).toBe(0);
});
