import { isLocalDate, type LocalDate } from "../../billing/dates.ts";
import { currencyExponent, isCurrency, parseScaled, roundHalfAway } from "../../billing/money.ts";
import type { Money } from "../../connectors/freshbooks/schemas.ts";
import { Unmappable } from "./unmappable.ts";

/** More decimals than anything over there has. */
const FINE = 12;
/** Where accounting's clocks stand; they do not say so. */
const ZONE = "America/New_York";

export function currencyOf(code: string): string {
  if (!isCurrency(code)) throw new Unmappable(`There is no currency ${code || "without a name"}.`);
  return code;
}

/** A decimal as a whole number of 10^-scale; what is finer is rounded, halves away from zero. */
export function scaledOf(text: string, scale: number): bigint {
  const exact = parseScaled(text, scale);
  if (exact !== undefined) return exact;
  const fine = parseScaled(text, FINE + scale);
  if (fine === undefined) throw new Unmappable(`"${text}" is no number.`);
  return roundHalfAway(fine, 10n ** BigInt(FINE));
}

/** Minor units of the money's own currency, or of the one that it has to be in. */
export function minorOf({ amount, code }: Money, currency = code): bigint {
  const known = currencyOf(currency);
  if (code !== known) throw new Unmappable(`An amount is in ${code}, the record in ${known}.`);
  return scaledOf(amount, currencyExponent(known));
}

/** The same for a decimal without a currency. */
export function minorOfDecimal(amount: string, currency: string): bigint {
  return scaledOf(amount, currencyExponent(currencyOf(currency)));
}

export function dateOf(text: string): LocalDate {
  const day = text.slice(0, 10);
  if (!isLocalDate(day)) throw new Unmappable(`"${text.slice(0, 40)}" is no date.`);
  return day;
}

/** An instant of accounting, "2026-03-31 12:00:00" in Eastern time; undefined when it is none. */
export function easternInstant(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined;
  const asUtc = Date.parse(`${text.replace(" ", "T")}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // The offset at about that time, then the offset at the instant it leads to: right beside a change.
  const first = asUtc - offsetMs(asUtc);
  return new Date(asUtc - offsetMs(first));
}

function offsetMs(instant: number): number {
  const shown = new Intl.DateTimeFormat("en-CA", {
    timeZone: ZONE,
    dateStyle: "short",
    timeStyle: "medium",
    hourCycle: "h23",
  }).format(instant);
  return Date.parse(`${shown.replace(", ", "T")}Z`) - Math.floor(instant / 1_000) * 1_000;
}

/** An instant of projects and time: UTC, whether or not it says so. */
export function utcInstant(text: string): Date {
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text);
  const instant = new Date(hasZone ? text : `${text}Z`);
  if (Number.isNaN(instant.getTime())) {
    throw new Unmappable(`"${text.slice(0, 40)}" is no instant.`);
  }
  return instant;
}
