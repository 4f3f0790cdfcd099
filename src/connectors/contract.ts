import type { ConnectionServices } from "../platform/oauth.ts";

/** A file that travels with a mail. */
export interface MailAttachment {
  name: string;
  /** Media type, e.g. "application/pdf". */
  contentType: string;
  content: Buffer;
}

/** A name and an address; the name may hold any characters, the connector encodes it. */
export interface MailAddress {
  name?: string;
  address: string;
}

/**
 * One mail, complete: a connector adds nothing of its own to it, so that the same message sent
 * again is the same message.
 */
export interface MailMessage {
  from: MailAddress;
  replyTo?: MailAddress;
  to: readonly MailAddress[];
  cc?: readonly MailAddress[];
  subject: string;
  text: string;
  html: string;
  attachments: readonly MailAttachment[];
  /**
   * With its angle brackets: `<invoice-42-1@example.com>`. Made by the caller from the business
   * fact, so that a second sending of the same fact can be recognised by whoever receives it.
   */
  messageId: string;
  /** The `Date` header. Given, not taken from the machine's clock: a company may live at another time. */
  date: Date;
  /** Further headers, e.g. `Auto-Submitted: auto-generated`. */
  headers: Readonly<Record<string, string>>;
}

export interface MailSendOptions {
  /** Aborting before the commit gives the mail up, surely unsent; after it, it has no effect. */
  signal: AbortSignal;
  /**
   * Awaited once, when all of the mail but its end has been handed over. Only after it resolves can
   * the mail be accepted, so a failure before it was called (or in it) surely sent nothing. Write
   * down "sending" here: what is left of doubt afterwards is one round trip.
   */
  beforeCommit: () => Promise<void>;
}

export interface MailReceipt {
  messageId: string;
  /** What the mail server said, e.g. "250 2.0.0 Ok: queued as 4F2A". */
  response: string;
  /** Addresses the server refused while it took the mail for the others. */
  rejected: readonly { address: string; response: string }[];
}

export interface MailConnector {
  /**
   * Hands one mail over. Throws `ProviderUnavailable` (not sent, try later), `ProviderRejected` (not
   * sent, never will be) or `WriteUnconfirmed` (accepted or not: nobody knows). SMTP has no
   * idempotency, so nobody may retry the last one blindly.
   */
  send(message: MailMessage, options: MailSendOptions): Promise<MailReceipt>;
  /** Connects and logs in without sending. Throws as `send` does. */
  verify(): Promise<void>;
  /** Closes idle connections; nothing may be sent afterwards. */
  close(): void;
}

/** How we appear as a sender, and how fast we may be. */
export interface MailPolicy {
  /** The address all mails come from; the company's name stands before it. */
  from: string;
  /** Ends our Message-IDs; the domain of `from`. */
  domain: string;
  /** Most mails a second over all processes, or null for no limit. */
  perSecond: number | null;
}

/**
 * The providers that companies connect to themselves. Each adds its own property here, and its
 * `OAuthProvider` to `connections`.
 */
export interface Providers {
  /** How each is connected to, and the keys that seal what it grants. */
  connections: ConnectionServices;
  /** Closes idle connections; nothing may be asked for afterwards. */
  closeProviders(): void;
}

/** What jobs reach the outside with. */
export interface Connectors extends Providers {
  mail: MailConnector;
  mailPolicy: MailPolicy;
}
