import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";
const KEY_BYTES = 32;

/** A new signing secret, as its owner is shown it once: `whsec_` and 32 bytes in base64. */
export function createWebhookSecret(): string {
  return `${PREFIX}${randomBytes(KEY_BYTES).toString("base64")}`;
}

/** What is signed (Standard Webhooks, "Signature scheme"). */
export interface SignedContent {
  /** Of the message, without dots; the same with every attempt. */
  id: string;
  /** Of the attempt, in whole seconds since 1970. */
  timestamp: number;
  /** As it is sent, byte for byte. */
  body: string;
}

/** The value of `webhook-signature`: one signature for each secret, so that a rotation breaks nothing. */
export function signWebhook(
  secrets: readonly string[],
  { id, timestamp, body }: SignedContent,
): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(PREFIX.length), "base64");
      const mac = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
      return `v1,${mac}`;
    })
    .join(" ");
}
