import type { ConnectionServices } from "../platform/oauth.ts";
import type { FreshBooks } from "./freshbooks/freshbooks.ts";
import type { QuickBooks } from "./quickbooks/quickbooks.ts";
import type { Slack } from "./slack/contract.ts";
import type { GoogleCalendar } from "./google-calendar/contract.ts";
import type { StripeConnector } from "./stripe/contract.ts";
import type { WebhookTarget } from "./webhook-target/webhook-target.ts";

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
  /** Who we are in mails that are no company's. Default: the address alone. */
  name?: string | undefined;
  /** Where the billing app's pages are, without a slash at the end; without one, mails carry no links. */
  appUrl?: string | undefined;
}

/** Whom Google says somebody is. */
export interface GooglePerson {
  /** Google's own name for the account, which stays when the address changes. */
  subject: string;
  email: string;
  /** Whether Google knows the address to be theirs. */
  isEmailVerified: boolean;
  name: string | undefined;
  pictureUrl: string | undefined;
}

/** What a sign-in is tied to while the browser is away at Google. */
export interface PendingSignIn {
  nonce: string;
  codeVerifier: string;
}

/** How people sign in with a Google account. `redirectUri` is where Google sends the browser back to. */
export interface GoogleSignIn {
  /** How long somebody may take at Google, in milliseconds. */
  readonly pendingMs: number;
  /**
   * Where to send the browser, and what it has to keep until it comes back, where no script can read it.
   * Throws `ProviderUnavailable` or `ProviderRejected`.
   */
  begin(request: { redirectUri: string; now: Date }): Promise<{ url: string; kept: string }>;
  /** What this browser went to Google with; undefined when Google's answer is not to it, or comes too late. */
  recall(kept: string | undefined, answer: { state: string; now: Date }): PendingSignIn | undefined;
  /**
   * Who came back. Throws `ConnectionRevoked` for a code that was used or is too old, and
   * `ProviderUnavailable`, `ProviderRejected` or `WriteUnconfirmed` for what is Google's.
   */
  finish(answer: {
    code: string;
    pending: PendingSignIn;
    redirectUri: string;
    now: Date;
  }): Promise<GooglePerson>;
}

/**
 * The providers that companies connect to themselves. Each adds its own property here, and its
 * `OAuthProvider` to `connections`.
 */
export interface Providers {
  /** How each is connected to, and the keys that seal what it grants. */
  connections: ConnectionServices;
  /** How people sign in with Google. Left out where the settings name no client of ours there. */
  googleSignIn?: GoogleSignIn | undefined;
  freshbooks: FreshBooks;
  quickbooks: QuickBooks;
  slack: Slack;
  googleCalendar: GoogleCalendar;
  /** What plans are paid with. Left out where the settings name no platform of ours at Stripe. */
  stripe?: StripeConnector | undefined;
  /** Companies' own servers, which are told of events. */
  webhookTarget: WebhookTarget;
  /** Closes idle connections; nothing may be asked for afterwards. */
  closeProviders(): void;
}

/** What jobs reach the outside with. */
export interface Connectors extends Providers {
  mail: MailConnector;
  mailPolicy: MailPolicy;
  /** Where the console is; left out where the settings do not say how people reach us. */
  consoleUrl?: string | undefined;
}
