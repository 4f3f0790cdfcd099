import { isIP } from "node:net";
import type { SMTPConnectionOptions } from "nodemailer/lib/smtp-connection";
import { InvalidPayload } from "../../errors.ts";

interface SmtpAddress {
  connection: Pick<SMTPConnectionOptions, "host" | "port" | "secure" | "requireTLS" | "ignoreTLS">;
  auth: { user: string; pass: string } | undefined;
}

/**
 * Reads `smtp://user:password@host:587` (encrypted by STARTTLS) or `smtps://…:465` (from the first
 * byte). `?tls=require` insists on STARTTLS and is the default where a password would travel over a
 * network, `?tls=offered` takes it when there, `?tls=off` never asks. Throws `InvalidPayload`
 * ("mail_config"), never with the password in its message.
 */
export function readSmtpUrl(text: string): SmtpAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["smtp:", "smtps:"].includes(url.protocol) || url.hostname === "") {
    throw wrong(
      "It must look like smtp://user:password@host:587 or smtps://user:password@host:465.",
    );
  }
  const secure = url.protocol === "smtps:";
  const hasLogin = url.username !== "";
  if (hasLogin !== (url.password !== ""))
    throw wrong("It needs both a user and a password, or neither.");
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const tls =
    url.searchParams.get("tls") ?? (hasLogin && !isLoopback(host) ? "require" : "offered");
  if (!["require", "offered", "off"].includes(tls)) {
    throw wrong(`tls is "${tls}" where require, offered or off could stand.`);
  }
  return {
    connection: {
      host,
      port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
      secure,
      requireTLS: !secure && tls === "require",
      ignoreTLS: tls === "off",
    },
    auth: hasLogin
      ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
      : undefined,
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function wrong(why: string): InvalidPayload {
  return new InvalidPayload(`The mail server's address cannot be used. ${why}`, {
    code: "mail_config",
  });
}
