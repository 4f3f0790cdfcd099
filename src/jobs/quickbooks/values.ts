import { createHash } from "node:crypto";
import { currencyExponent, formatScaled } from "../../billing/money.ts";
import { Waits } from "./waits.ts";

/** A body of a request: fields that are undefined are not sent. */
export type Body = Record<string, unknown>;

/**
 * An amount as QuickBooks wants it: a JSON number of the major unit with two decimals at most.
 *
 * @throws Waits for an amount that has more, as a currency with three decimals can
 */
export function amountOf(minor: bigint, currency: string): number {
  const exponent = currencyExponent(currency);
  const finest = exponent > 2 ? 10n ** BigInt(exponent - 2) : 1n;
  if (minor % finest !== 0n) {
    throw new Waits(`QuickBooks keeps two decimals, and an amount in ${currency} has more.`);
  }
  return Number(formatScaled(minor, exponent));
}

/** Numeric text in minor units, with its fractions of one, as a number of the major unit. */
export function priceOf(minorText: string, currency: string): number {
  const [whole = "0", fraction = ""] = minorText.split(".");
  const scaled = BigInt(`${whole}${fraction.padEnd(6, "0")}`);
  return Number(formatScaled(scaled, currencyExponent(currency) + 6));
}

/** At most so many UTF-16 units, and no pair of them torn. Without an ellipsis: references are cut, too. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

export function refTo(id: string): { value: string } {
  return { value: id };
}

/** What a body comes to, to be compared with what went over last. */
export function fingerprintOf(body: unknown): string {
  return hashOf(JSON.stringify(body)).slice(0, 22);
}

/** 36 characters at most, which is what a batch's request id may have. */
export function requestIdOf(...facts: readonly (string | number)[]): string {
  return hashOf(JSON.stringify(facts)).slice(0, 32);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** Says in a private note over there whose paper it is; a look-up after a lost answer goes by it. */
export function markOf(kind: "invoice" | "payment", companyId: number, id: number): string {
  return `[Nightledger ${kind} ${companyId}-${id}]`;
}
