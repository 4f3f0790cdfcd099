import type { OAuthProvider } from "../../platform/oauth.ts";

/** What one call needs. */
export interface SlackCall {
  accessToken: string;
  signal: AbortSignal;
}

/** A channel that messages can go to. */
export interface SlackChannel {
  id: string;
  /** Without the sign before it. */
  name: string;
  isPrivate: boolean;
  /** Whether our app is in it: only then can it read what it has posted. */
  isMember: boolean;
  isArchived: boolean;
}

/** Something to read, in no provider's form yet. All texts are plain; what is special in Slack is escaped. */
export interface SlackAlert {
  /** One line: what happened. It is also what a notification shows. */
  title: string;
  /** Facts beside each other, a few words each. */
  facts: readonly { label: string; value: string }[];
  /** Further lines below, e.g. the first invoices of many. */
  lines: readonly { text: string; url?: string | undefined }[];
  /** Where to go from here. */
  link?: { label: string; url: string } | undefined;
  /** Whose it is, in small print. */
  footer: string;
}

/**
 * Slack, as far as alerts need it. What is refused is a `ProviderRejected`, with Slack's word as
 * `providerCode` and the code `channel_dead` when nothing can be posted in that channel any more,
 * `not_in_channel` when our app has to join or be invited first, and `message_refused` when it is the
 * message's fault; the other classes are as everywhere.
 */
export interface Slack {
  oauth: OAuthProvider;
  /** Public channels, and the private ones our app was invited to; archived ones are left out. */
  listChannels(call: SlackCall): Promise<SlackChannel[]>;
  /** Undefined when there is none, or it is private and our app is not in it. */
  findChannel(call: SlackCall, channel: string): Promise<SlackChannel | undefined>;
  /** Our app enters a public channel. Being there already is fine. */
  joinChannel(call: SlackCall, channel: string): Promise<void>;
  /**
   * Posts once. Slack has no idempotency: `key` stands in the message's metadata, so that `findMessage`
   * knows it again. After `WriteUnconfirmed` look first.
   *
   * @param isPlain as text alone, for an alert whose blocks were refused
   */
  postMessage(
    call: SlackCall,
    message: { channel: string; alert: SlackAlert; key: string; isPlain?: boolean },
  ): Promise<{ ts: string }>;
  /**
   * The message of ours with this key, if it was posted at or after that moment. Refused with the code
   * `not_to_be_found` where too much was said since.
   */
  findMessage(
    call: SlackCall,
    message: { channel: string; key: string; since: Date },
  ): Promise<{ ts: string } | undefined>;
  close(): void;
}
