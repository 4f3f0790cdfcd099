import { once } from "node:events";
import { SMTPServer } from "smtp-server";
import { expect, onTestFinished, test } from "vitest";
import { createSmtpMail } from "../../../src/connectors/smtp/smtp.ts";

/** A real mail server with a certificate nobody signed, which insists on a login. */
async function setup() {
  const mails: { from: string; body: string }[] = [];
  const server = new SMTPServer({
    onAuth: ({ username, password }, _session, done) =>
      username === "billing@acme.test" && password === "p@ss/word"
        ? done(null, { user: username })
        : done(new Error("Invalid login")),
    onData: (stream, session, done) => {
      let body = "";
      stream.setEncoding("latin1").on("data", (part: string) => (body += part));
      stream.on("end", () => {
        const from = session.envelope.mailFrom;
        mails.push({ from: from ? from.address : "", body });
        done();
      });
    },
  });
  server.on("error", () => {});
  const listener = server.listen(0, "127.0.0.1");
  await once(listener, "listening");
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const urlFor = (password: string) =>
    `smtp://${encodeURIComponent("billing@acme.test")}:${encodeURIComponent(password)}@127.0.0.1:${address.port}?tls=require`;
  return { mails, urlFor };
}

test("a certificate nobody signed stops the mail before the password is told", async () => {
  const { urlFor } = await setup();
  const mail = createSmtpMail({ url: urlFor("p@ss/word") });
  await expect(mail.verify()).rejects.toMatchObject({ code: "mail_config", retry: "backoff" });
});

test("a wrong password is a matter of settings", async () => {
  const { urlFor } = await setup();
  const mail = createSmtpMail({ url: urlFor("wrong"), tls: { rejectUnauthorized: false } });
  await expect(mail.verify()).rejects.toMatchObject({ code: "mail_config" });
});

test("a mail goes through STARTTLS and a login to a real server and arrives whole", async () => {
  const { mails, urlFor } = await setup();
  const mail = createSmtpMail({ url: urlFor("p@ss/word"), tls: { rejectUnauthorized: false } });
  onTestFinished(() => mail.close());
  const receipt = await mail.send(
    {
      from: { name: "Żółw & Søn", address: "billing@acme.test" },
      to: [{ name: "Ελένη", address: "eleni@example.test" }],
      subject: "Rechnung für März",
      text: ".\n.two dots..\n",
      html: "<p>Grüße</p>",
      attachments: [
        { name: "Rechnung März.pdf", contentType: "application/pdf", content: Buffer.from("%PDF") },
      ],
      messageId: "<invoice-7-1@acme.test>",
      date: new Date("2026-03-01T08:00:00Z"),
      headers: { "Auto-Submitted": "auto-generated" },
    },
    { signal: new AbortController().signal, beforeCommit: async () => {} },
  );
  expect(receipt.response).toMatch(/^250/);
  expect(mails).toHaveLength(1);
  expect(mails[0]?.body).toContain("\r\n.\r\n.two dots..\r\n");
  expect(mails[0]?.body).toContain("Subject: =?UTF-8?");
});
