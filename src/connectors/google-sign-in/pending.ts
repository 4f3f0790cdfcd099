import { createHmac, hkdfSync } from "node:crypto";
import { z } from "zod";
import { isSameSecret } from "../../platform/tokens.ts";

/** How long somebody may take at Google, in milliseconds. */
export const PENDING_MS = 600_000;

/** What a sign-in is tied to while the browser is away at Google. */
const Pending = z.strictObject({
  /** Google's answer to this browser. */
  state: z.string(),
  /** Google's ID token to this request. */
  nonce: z.string(),
  /** Whoever brings the code to who asked for it (RFC 7636). */
  codeVerifier: z.string(),
  /** Milliseconds since 1970. */
  until: z.number(),
});
export type Pending = z.infer<typeof Pending>;

/** As text that a browser may keep: it can be read there, and not be made there. */
export function signPending(pending: Pending, secret: string): string {
  const body = Buffer.from(JSON.stringify(pending)).toString("base64url");
  return `${body}.${signature(body, secret)}`;
}

/** What was signed; undefined for anything else, and when it is too old. */
export function readPending(
  kept: string | undefined,
  { secret, now }: { secret: string; now: Date },
): Pending | undefined {
  const [body = "", given = ""] = kept?.split(".") ?? [];
  if (!isSameSecret(given, signature(body, secret))) return undefined;
  const pending = Pending.parse(JSON.parse(Buffer.from(body, "base64url").toString()));
  return pending.until > now.getTime() ? pending : undefined;
}

function signature(body: string, secret: string): string {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "nightledger google sign-in", 32));
  return createHmac("sha256", key).update(body).digest("base64url");
}
