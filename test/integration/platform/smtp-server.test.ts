import { createTransport, type SendMailOptions } from "nodemailer";
import { expect, onTestFinished, test } from "vitest";
import { startSmtpServer, type TestSmtpServer } from "../../support/smtp-server.ts";

async function setUpMail(): Promise<{
  server: TestSmtpServer;
  send: (mail: SendMailOptions) => Promise<unknown>;
}> {
  const server = await startSmtpServer({ auth: { user: "me", password: "pass" } });
  const transport = createTransport({
    host: "127.0.0.1",
    port: server.port,
    auth: { user: "me", pass: "pass" },
    socketTimeout: 1_000,
  });
  onTestFinished(async () => {
    transport.close();
    await server.close();
  });
  return {
    server,
    send: async (mail) =>
      await transport.sendMail({ from: "us@example.com", subject: "Hello", text: "Hi", ...mail }),
  };
}

test("a mail is read as it was written, whatever characters are in it", async () => {
  const { server, send } = await setUpMail();
  const content = Buffer.from(Array.from({ length: 3_000 }, (_, index) => index % 256));
  await send({
    from: { name: "Œuvre & Søn, GmbH", address: "us@example.com" },
    to: "Zoë <zoe@example.com>",
    subject: "Rechnung Nr. 7 – überfällig seit längerem, bitte gleich begleichen 💶💶💶",
    text: "Grüße.\n.\nA line that begins with a dot: .done = 100 %",
    html: "<p>Grüße &amp; Küsse</p>",
    messageId: "<invoice-7-1@example.com>",
    date: new Date("2026-01-31T02:00:00Z"),
    attachments: [
      {
        filename: "Rechnung – Juli größer, eine sehr lange Bezeichnung mit vielen Wörtern.pdf",
        content,
        contentType: "application/pdf",
      },
    ],
  });
  const [mail] = await server.waitForCount(1);
  expect(mail).toMatchObject({
    envelope: { from: "us@example.com", to: ["zoe@example.com"] },
    messageId: "<invoice-7-1@example.com>",
    subject: "Rechnung Nr. 7 – überfällig seit längerem, bitte gleich begleichen 💶💶💶",
    date: new Date("2026-01-31T02:00:00Z"),
    html: "<p>Grüße &amp; Küsse</p>",
  });
  expect(mail?.from).toContain("Œuvre & Søn, GmbH");
  expect(mail?.text.trim().replaceAll("\r\n", "\n")).toBe(
    "Grüße.\n.\nA line that begins with a dot: .done = 100 %",
  );
  expect(mail?.attachments).toMatchObject([
    {
      name: "Rechnung – Juli größer, eine sehr lange Bezeichnung mit vielen Wörtern.pdf",
      contentType: "application/pdf",
    },
  ]);
  expect(mail?.attachments[0]?.content.equals(content)).toBe(true);
});

test("a recipient is refused as often as was asked", async () => {
  const { server, send } = await setUpMail();
  server.fail({ kind: "refuse", code: 550, to: "gone@example.com" });
  server.fail({ kind: "refuse", code: 451, to: "busy@example.com", times: 1 });
  await expect(send({ to: "gone@example.com" })).rejects.toMatchObject({ responseCode: 550 });
  await expect(send({ to: "busy@example.com" })).rejects.toMatchObject({ responseCode: 451 });
  await send({ to: "busy@example.com" });
  await send({ to: "fine@example.com" });
  expect(server.mails.map((mail) => mail.envelope.to)).toEqual([
    ["busy@example.com"],
    ["fine@example.com"],
  ]);
  server.heal();
  await send({ to: "gone@example.com" });
});

test("a mail is refused at its end with any code, 421 too", async () => {
  const { server, send } = await setUpMail();
  server.fail({ kind: "refuse", code: 421, at: "data", times: 1 });
  await expect(send({ to: "a@example.com" })).rejects.toMatchObject({ responseCode: 421 });
  expect(server.mails).toEqual([]);
});

test("a mail is taken and never acknowledged: the socket drops, or nothing comes", async () => {
  const { server, send } = await setUpMail();
  server.fail({ kind: "drop", to: /^drop/ });
  server.fail({ kind: "silence", to: /^silence/ });
  await expect(send({ to: "drop@example.com" })).rejects.toMatchObject({
    code: expect.any(String),
  });
  await expect(send({ to: "silence@example.com" })).rejects.toMatchObject({ code: "ETIMEDOUT" });
  expect(server.mails.map((mail) => mail.envelope.to[0])).toEqual([
    "drop@example.com",
    "silence@example.com",
  ]);
});

test("waiting in vain says what did come", async () => {
  const { server, send } = await setUpMail();
  await send({ to: "a@example.com", subject: "One" });
  await expect(server.waitFor((mails) => mails.length === 2, { withinMs: 20 })).rejects.toThrow(
    'a@example.com "One"',
  );
});
