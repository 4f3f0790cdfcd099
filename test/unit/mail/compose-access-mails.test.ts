import { expect, test } from "vitest";
import {
  composeInvitationMail,
  composePasswordResetMail,
} from "../../../src/actions/compose-access-mails.ts";

const appUrl = "https://app.test";

test("what people call themselves stays text, on its line", () => {
  const mail = composeInvitationMail({
    companyName: 'Pine & "Sons"\r\nBcc: x',
    inviterName: "<b>Eve</b>\nEvil",
    role: "member",
    lastDay: "2026-04-12",
    token: "nli_secret",
    appUrl,
  });
  expect(mail.subject).toBe('<b>Eve</b> Evil invites you to Pine & "Sons" Bcc: x');
  expect(mail.text).toContain("ends on 12 April 2026");
  expect(mail.text).toMatch(/\n\nhttps:\/\/app\.test\/invitations\/nli_secret\n$/);
  expect(mail.html).toContain("&lt;b&gt;Eve&lt;/b&gt; Evil");
  expect(mail.html).toContain('href="https://app.test/invitations/nli_secret"');
  expect(mail.html).not.toMatch(/<b>|<table/);
});

test("an address is written into a link as it has to be; without an app there is a code", () => {
  const facts = { name: "Ada", email: "a+b&c@example.test", token: "nlr_secret", validMinutes: 60 };
  expect(composePasswordResetMail({ ...facts, appUrl }).html).toContain(
    'href="https://app.test/reset-password?token=nlr_secret&amp;email=a%2Bb%26c%40example.test"',
  );
  const withoutApp = composePasswordResetMail({ ...facts, appUrl: undefined });
  expect(withoutApp.text).toMatch(/enter the code below[\s\S]*\nCode: nlr_secret\n$/);
  expect(withoutApp.html).not.toContain("<a ");
});
