import { z } from "zod";
import type { StripeEvent } from "./payments-contract.ts";

/** What an event makes us look at. The rest of it is not read: it may be old, and of another version. */
export interface EventSubject {
  /** The connected account itself, or somebody who pays for a plan, or what a client pays with. */
  kind: "account" | "customer" | "page" | "payment";
  id: string;
}

const reference = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
const Named = z.object({ id: z.string() });
const OfPayment = z.object({ payment_intent: reference });
const OfCustomer = z.object({ customer: reference });

/**
 * What is to be looked at when this has happened. Undefined for all that is none of our business:
 * Stripe has some two hundred types, and adds to them.
 */
export function subjectOf({ type, account, object }: StripeEvent): EventSubject | undefined {
  return account === "" ? ofPlatform(type, object) : ofAccount(type, account, object);
}

function ofAccount(
  type: string,
  account: string,
  object: StripeEvent["object"],
): EventSubject | undefined {
  if (type.startsWith("checkout.session.")) return named("page", Named, object, ({ id }) => id);
  if (type.startsWith("payment_intent.")) return named("payment", Named, object, ({ id }) => id);
  if (/^(charge|refund)\./.test(type)) {
    return named("payment", OfPayment, object, ({ payment_intent: id }) => id);
  }
  const isOfAccount = type === "account.updated" || type === "account.application.deauthorized";
  return isOfAccount ? { kind: "account", id: account } : undefined;
}

function ofPlatform(type: string, object: StripeEvent["object"]): EventSubject | undefined {
  if (!/^(customer\.subscription|invoice|checkout\.session)\./.test(type)) return undefined;
  return named("customer", OfCustomer, object, ({ customer }) => customer);
}

function named<Schema extends z.ZodType>(
  kind: EventSubject["kind"],
  schema: Schema,
  object: StripeEvent["object"],
  idOf: (found: z.output<Schema>) => string,
): EventSubject | undefined {
  const found = schema.safeParse(object);
  return found.success ? { kind, id: idOf(found.data) } : undefined;
}
