import { createHash } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer";
import { InvalidPayload } from "../../errors.ts";
import type { MailAddress, MailMessage } from "../contract.ts";

export interface MimeMail {
  /** The whole mail as it goes over the wire, before dot-stuffing. */
  raw: Buffer;
  sender: string;
  recipients: readonly string[];
}

/** What may stand in an address as we write it; stricter than RFC 5322 on purpose: no quotes, no comments, no lists. */
const ADDRESS = /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/u;
const MESSAGE_ID = /^<[\w.+-]+@[\w.-]+>$/;
const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]*$/;
/** These are written from the message's own fields; a second one would contradict them. */
const OWN_HEADERS = /^(from|to|cc|bcc|reply-to|subject|date|message-id|mime-version|content-.*)$/i;

/**
 * Writes the mail as MIME. The same message gives the same bytes. Throws `InvalidPayload`
 * ("invalid_address", "invalid_mail") for what no mail server should ever see.
 */
export async function toMime(message: MailMessage): Promise<MimeMail> {
  const everybody = [message.from, ...message.to, ...(message.cc ?? [])];
  for (const { address } of message.replyTo ? [...everybody, message.replyTo] : everybody) {
    if (!ADDRESS.test(address)) {
      throw new InvalidPayload(`"${address}" is not an email address.`, {
        code: "invalid_address",
      });
    }
  }
  if (everybody.length < 2) {
    throw new InvalidPayload("The mail has no recipient.", { code: "invalid_address" });
  }
  if (!MESSAGE_ID.test(message.messageId)) {
    throw new InvalidPayload(`${message.messageId} is not a message id.`, { code: "invalid_mail" });
  }
  for (const name of Object.keys(message.headers)) {
    if (!HEADER_NAME.test(name) || OWN_HEADERS.test(name)) {
      throw new InvalidPayload(`A caller may not set the header "${name}".`, {
        code: "invalid_mail",
      });
    }
  }

  const composed = new MailComposer({
    from: toHeader(message.from),
    to: message.to.map(toHeader),
    ...(message.cc === undefined ? {} : { cc: message.cc.map(toHeader) }),
    ...(message.replyTo === undefined ? {} : { replyTo: toHeader(message.replyTo) }),
    subject: oneLine(message.subject),
    messageId: message.messageId,
    date: message.date,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, oneLine(value)]),
    ),
    text: message.text,
    html: message.html,
    attachments: message.attachments.map(({ name, contentType, content }) => ({
      filename: oneLine(name),
      contentType,
      content,
    })),
    baseBoundary: createHash("sha256").update(message.messageId).digest("hex").slice(0, 24),
    // Nothing in a mail is ever fetched: a path or address in a customer's text stays text.
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: "windows",
  }).compile();
  const envelope = composed.getEnvelope();
  return {
    raw: await composed.build(),
    sender: envelope.from || message.from.address,
    recipients: envelope.to,
  };
}

function toHeader({ name, address }: MailAddress): { name: string; address: string } {
  return { name: oneLine(name ?? ""), address };
}

/** A line break in a header would start another header. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what must not get through.
  return text.replaceAll(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, " ").trim();
}
