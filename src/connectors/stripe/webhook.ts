import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { InvalidPayload } from "../../errors.ts";
import type { StripeEvent } from "./payments-contract.ts";

/** A message older, or further in the future, than this may be somebody's recording, in seconds. */
const TOLERANCE_SECONDS = 300;

const EventMessage = z.object({
  id: z.string().min(1).max(255),
  object: z.literal("event"),
  type: z.string().min(1).max(255),
  /** The connected account it is about; none in the platform's own. */
  account: z.string().max(255).optional(),
  livemode: z.boolean(),
  data: z.object({ object: z.looseObject({ object: z.string() }) }),
});

/**
 * Reads a webhook after checking its signature (docs.stripe.com/webhooks#verify-manually). Not the
 * SDK's check, which takes times in the future.
 *
 * @param secrets of the endpoints, and of those whose change is under way: any of them will do
 * @throws InvalidPayload for what Stripe did not send, or what is no event
 */
export function readStripeEvent(
  bytes: Buffer,
  {
    signature,
    secrets,
    now,
  }: { signature: string | undefined; secrets: readonly string[]; now: Date },
): StripeEvent {
  if (!isSigned(bytes, { signature: signature ?? "", secrets, now })) {
    throw new InvalidPayload("The signature is missing, wrong or too old.", {
      code: "signature_invalid",
    });
  }
  const text = bytes.toString("utf8");
  const event = EventMessage.safeParse(parseJson(text));
  if (!event.success) throw new InvalidPayload("This is no event of Stripe's.");
  const { id, type, account, livemode, data } = event.data;
  return { id, type, account: account ?? "", isLive: livemode, object: data.object, text };
}

function isSigned(
  bytes: Buffer,
  { signature, secrets, now }: { signature: string; secrets: readonly string[]; now: Date },
): boolean {
  const parts = signature.split(",").map((part) => part.trim().split("=", 2));
  const [, time = ""] = parts.find(([name]) => name === "t") ?? [];
  if (!/^\d{1,12}$/.test(time)) return false;
  if (Math.abs(now.getTime() / 1_000 - Number(time)) > TOLERANCE_SECONDS) return false;
  const given = parts.flatMap(([name, value = ""]) =>
    name === "v1" && /^[\da-f]{64}$/.test(value) ? [Buffer.from(value, "hex")] : [],
  );
  return secrets.some((secret) => {
    const right = createHmac("sha256", secret).update(`${time}.`).update(bytes).digest();
    return given.some((each) => timingSafeEqual(each, right));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
