import { errorText, ProviderRejected } from "../../errors.ts";
import { createAddressGuard, type AddressRules } from "../../platform/address-guard.ts";
import type { Clock } from "../../platform/clock.ts";
import { createHttpClient } from "../../platform/http-client.ts";
import type { HttpTimeouts } from "../../platform/http-exchange.ts";
import { redactText } from "../../platform/redact.ts";
import { storableText } from "../../platform/storable-text.ts";
import { signWebhook } from "./signature.ts";

/** A message for somebody's address. */
export interface WebhookMessage {
  url: URL;
  /** In `webhook-id`. */
  id: string;
  /** JSON. */
  body: string;
  /** The newest first; each signs. */
  secrets: readonly string[];
  signal: AbortSignal;
}

/** What came of one attempt. Nothing is thrown for what lies with the other side. */
export interface WebhookReply {
  /** How long it took. */
  ms: number;
  /** Of the answer; null when there was none. */
  status: number | null;
  /** Why there was none. */
  error: string | null;
  /** How the answer's body begins, without what looks like a secret. */
  response: string | null;
  retryAfterMs: number | undefined;
  /** The address leads where nobody may send us. */
  isRefused: boolean;
}

/** Sends webhooks to addresses that users give. */
export interface WebhookTarget {
  /** @throws the signal's reason when it was aborted */
  send(message: WebhookMessage): Promise<WebhookReply>;
  /** What is wrong about an address, in words for whoever gave it. */
  problemOf: (this: void, url: URL) => string | undefined;
  close(): void;
}

export interface WebhookTargetOptions {
  rules: AddressRules;
  clock: Clock;
  timeouts?: Partial<HttpTimeouts>;
}

const TIMEOUTS: HttpTimeouts = { connectMs: 5_000, headersMs: 15_000, bodyMs: 5_000 };
/** Of an answer's body: read, and kept. */
const BYTES_MAX = 16_384;
const SHOWN_MAX = 1_000;
const ERROR_MAX = 300;

export function createWebhookTarget(options: WebhookTargetOptions): WebhookTarget {
  const guard = createAddressGuard(options.rules);
  const http = createHttpClient({
    name: "Webhook",
    clock: options.clock,
    timeouts: { ...TIMEOUTS, ...options.timeouts },
    bytesMax: BYTES_MAX,
    cutsAnswers: true,
    guard,
    headers: { "user-agent": "Nightledger-Webhooks/1", "content-type": "application/json" },
  });

  return {
    problemOf: (url) => guard.problemOf(url),
    close: () => http.close(),

    async send({ url, id, body, secrets, signal }) {
      const startedAt = performance.now();
      const timestamp = Math.floor(options.clock.now().getTime() / 1_000);
      try {
        const { status, text, retryAfterMs } = await http.send({
          method: "POST",
          url,
          body,
          headers: {
            "webhook-id": id,
            "webhook-timestamp": String(timestamp),
            "webhook-signature": signWebhook(secrets, { id, timestamp, body }),
          },
          signal,
        });
        // As a rule there is none, and looking through nothing takes its time, too.
        const response = text === "" ? null : storableText(redactText(text), SHOWN_MAX) || null;
        const ms = msSince(startedAt);
        return { ms, status, error: null, response, retryAfterMs, isRefused: false };
      } catch (error) {
        signal.throwIfAborted();
        return {
          ms: msSince(startedAt),
          status: null,
          error: storableText(redactText(errorText(error)), ERROR_MAX),
          response: null,
          retryAfterMs: undefined,
          isRefused: error instanceof ProviderRejected,
        };
      }
    },
  };
}

function msSince(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
