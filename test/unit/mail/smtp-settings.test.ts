import { expect, test } from "vitest";
import { readSmtpUrl } from "../../../src/connectors/smtp/settings.ts";

test("a password never crosses a network in the clear unless somebody asked for it", () => {
  expect(readSmtpUrl("smtp://u:p@mail.test").connection).toMatchObject({
    port: 587,
    requireTLS: true,
  });
  expect(readSmtpUrl("smtp://u:p@127.0.0.1:2525").connection).toMatchObject({ requireTLS: false });
  expect(readSmtpUrl("smtp://mail.test:25").connection).toMatchObject({
    port: 25,
    requireTLS: false,
  });
  expect(readSmtpUrl("smtp://u:p@mail.test?tls=off").connection).toMatchObject({
    requireTLS: false,
    ignoreTLS: true,
  });
  expect(readSmtpUrl("smtps://u:p@mail.test").connection).toMatchObject({
    port: 465,
    secure: true,
  });
});

test("signs in user and password are decoded", () => {
  const { auth, connection } = readSmtpUrl("smtps://me%40acme.test:p%40ss%2Fword@[::1]:465");
  expect(auth).toEqual({ user: "me@acme.test", pass: "p@ss/word" });
  expect(connection.host).toBe("::1");
});

test.for([
  "",
  "mail.test:25",
  "http://mail.test",
  "smtp://",
  "smtp://user@mail.test",
  "smtp://u:secret@mail.test?tls=maybe",
])("%s is refused without repeating a password", (url) => {
  expect(() => readSmtpUrl(url)).toThrow(expect.objectContaining({ code: "mail_config" }));
  expect(() => readSmtpUrl(url)).not.toThrow("secret");
});
