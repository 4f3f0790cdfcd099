import { z } from "zod";
import { findTimezone, isLocalDate, type LocalDate } from "../billing/dates.ts";
import { isCurrency, parseScaled } from "../billing/money.ts";
import { InvalidInput } from "../errors.ts";
import { isCountry } from "../platform/countries.ts";
import { units } from "./units.ts";

/** No amount of ours is larger: below 10^15, so that 999,999,999,999.99 fits (case F21) and JSON's 2^53 is far. */
const minorMax = 999_999_999_999_999;

/** An id in an address: digits, from 1. */
export const idParam = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "Must be an id.")
  .transform(Number)
  .meta({ type: "integer", minimum: 1 });

/** A UUID in an address. */
export const uuidParam = z.uuid();

/** An id in a body. */
export const id = z.int().min(1).max(999_999_999_999_999);

/**
 * Text of at most `max` characters, trimmed. Refuses what PostgreSQL and JSON cannot carry: NUL and
 * halves of surrogate pairs.
 */
export function boundedText(max: number): z.ZodString {
  return z
    .string()
    .trim()
    .check((context) => {
      const problem = textProblem(context.value, max);
      if (problem !== undefined) {
        context.issues.push({ code: "custom", message: problem, input: context.value });
      }
    })
    .meta({ maxLength: max });
}

/** Text that must say something. */
export function requiredText(max: number): z.ZodString {
  return boundedText(max).min(1);
}

/** What a tag or a category is called: letters that look the same are the same, however they were typed. */
export function labelName(max: number): z.ZodString {
  // Counted as it will be kept: some letters are two then.
  return requiredText(max)
    .normalize("NFC")
    .refine(
      (name) => Array.from(name).length <= max,
      `Must not be greater than ${max} characters.`,
    );
}

/** Text that may be left out; null or empty clears it. */
export function optionalText(max: number): z.ZodOptional<z.ZodType<string | null, string | null>> {
  return boundedText(max)
    .transform((text) => (text === "" ? null : text))
    .nullable()
    .optional();
}

/** With the u flag a proper pair is one character, so only halves match. */
const loneSurrogate = /[\ud800-\udfff]/u;

function textProblem(text: string, max: number): string | undefined {
  if (text.includes("\0") || loneSurrogate.test(text))
    return "Contains characters that are not allowed.";
  // Characters, not UTF-16 halves: as PostgreSQL counts them.
  const isTooLong = text.length > max && (text.length > 2 * max || Array.from(text).length > max);
  return isTooLong ? `Must not be greater than ${max} characters.` : undefined;
}

/** An email address of at most 255 characters, as given (case is kept, and ignored when compared). */
export const email = boundedText(255).check(z.email("Must be a valid email address."));

export const optionalEmail = z
  .union([z.literal("").transform(() => null), email])
  .nullable()
  .optional();

/** "YYYY-MM-DD", or an ISO date-time whose date part counts. A real calendar day. */
export const localDate = z
  .string()
  .transform((text) => /^(\d{4}-\d{2}-\d{2})(?:[T ].{1,40})?$/.exec(text)?.[1] ?? "")
  .refine(isLocalDate, {
    error: ({ input }) =>
      input === ""
        ? "Must be a date in the form YYYY-MM-DD."
        : `There is no such day: ${String(input)}.`,
  })
  .meta({ format: "date", example: "2026-04-05" });

/** With its offset from UTC an instant can leave the years that it is written with. */
const instantFirst = new Date("0001-01-01T00:00:00Z");
const instantLast = new Date("9999-12-31T23:59:59.999Z");

/** An instant with its offset from UTC, of the years in which there are dates (`localDate`), in UTC. */
export const instant = z.iso
  .datetime({ offset: true, error: "Must be an instant like 2026-04-05T19:38:14Z." })
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()), {
    error: "Must be an instant like 2026-04-05T19:38:14Z.",
    abort: true,
  })
  .refine(
    (date) => date >= instantFirst && date <= instantLast,
    "Must be between the years 1 and 9999.",
  );

/** A whole number that may be left out; null takes the limit away. */
export function unsetOrWhole(min: number, max: number) {
  return z.int().min(min).max(max).nullable().optional();
}

/** Money in minor units, from 0. */
export const moneyMinor = z
  .int()
  .min(0)
  .max(minorMax)
  .transform(BigInt)
  .meta({ description: units.minor });

/** The same, and more than nothing. */
export const moneyMinorAboveZero = z
  .int()
  .min(1)
  .max(minorMax)
  .transform(BigInt)
  .meta({ description: units.minor });

/** Money in minor units that may be negative (adjustments). */
export const signedMoneyMinor = z
  .int()
  .min(-minorMax)
  .max(minorMax)
  .transform(BigInt)
  .meta({ description: units.minor });

/** Number or decimal text to a whole number scaled by 10^places, exactly. */
export function decimal(rules: {
  places: number;
  min: bigint;
  max: bigint;
  text: string;
}): z.ZodType<bigint, number | string> {
  return z
    .union([z.number(), z.string().max(40)], { error: rules.text })
    .transform((value, context) => {
      const scaled = parseScaled(value, rules.places);
      if (scaled === undefined || scaled < rules.min || scaled > rules.max) {
        context.issues.push({ code: "custom", message: rules.text, input: value });
        return z.NEVER;
      }
      return scaled;
    });
}

/** Scaled by 10^4. Negative ones give credit lines. */
export const quantity = decimal({
  places: 4,
  min: -99_999_999_9999n,
  max: 99_999_999_9999n,
  text: "Must be a number with at most 4 decimals, up to 99999999.9999.",
});

/** Minor units scaled by 10^6 (BILLING.md vocabulary). */
export const unitPrice = decimal({
  places: 6,
  min: -999_999_999_999_999_999_999n,
  max: 999_999_999_999_999_999_999n,
  text: "Must be a number of minor units with at most 6 decimals, below 10^15.",
}).meta({ description: units.unitPrice });

/** A percentage 0–100 with up to 3 decimals, as basis points scaled by 10^3. */
export const percent = decimal({
  places: 3,
  min: 0n,
  max: 100_000n,
  text: "Must be a percentage from 0 to 100 with at most 3 decimals.",
})
  .transform((thousandths) => thousandths * 100n)
  .meta({ description: units.percent });

/** Basis points 0–10000 with up to 3 decimals, scaled by 10^3. */
export const basisPoints = decimal({
  places: 3,
  min: 0n,
  max: 10_000_000n,
  text: "Must be from 0 to 10000 basis points with at most 3 decimals.",
}).meta({ description: units.basisPoints });

/** ISO 4217. */
export const currency = z
  .string()
  .transform((text) => text.toUpperCase())
  .refine(isCurrency, "Must be a currency code of ISO 4217, like USD.")
  .meta({ minLength: 3, maxLength: 3, example: "USD" });

/** ISO 3166-1, two letters. */
export const country = z
  .string()
  .transform((text) => text.toUpperCase())
  .refine(isCountry, "Must be a two-letter country code of ISO 3166, like DE.")
  .meta({ minLength: 2, maxLength: 2, example: "DE" });

/** An IANA time zone, in any letters. */
export const timezone = z
  .string()
  .max(64)
  .transform((text) => findTimezone(text) ?? "")
  .refine((name) => name !== "", "Must be an IANA time zone, like America/Chicago.")
  .meta({ example: "America/Chicago" });

/** true or false in a query: `true`, `false`, `1`, `0`. */
export const booleanQuery = z
  .enum(["true", "false", "1", "0"])
  .transform((text) => text === "true" || text === "1")
  .meta({ type: "boolean" });

/** An id in a query. */
export const idQuery = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "Must be an id.")
  .transform(Number)
  .meta({ type: "integer", minimum: 1 });

/** Text to search for. */
export const searchQuery = boundedText(255).optional();

/**
 * One of the fields a list may be sorted by; `-field` for the largest first. Others are refused.
 * `aliases` are further names of the same fields.
 */
export function sortQuery<const F extends readonly [string, ...string[]]>(
  fields: F,
  aliases: Readonly<Record<string, F[number]>> = {},
): z.ZodOptional<z.ZodType<{ field: F[number]; isDescending: boolean }, string>> {
  const names = [...fields, ...Object.keys(aliases)];
  const allowed = names.flatMap((name) => [name, `-${name}`]);
  return z
    .enum(allowed)
    .transform((text) => {
      const isDescending = text.startsWith("-");
      const name = isDescending ? text.slice(1) : text;
      const field = aliases[name] ?? fields.find((known) => known === name) ?? fields[0];
      return { field, isDescending };
    })
    .optional();
}

/** `filter[field]=…`: unknown fields are a 422 that names them. */
export function filterQuery<const S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape).optional();
}

/** Ids for a bulk action: 1 to 500, each once. */
export const bulkIds = z
  .array(id)
  .min(1)
  .max(500)
  .transform((ids) => [...new Set(ids)]);

/**
 * Throws InvalidInput for a period of days or instants that ends before it begins; an end that is left open
 * fits any. `names` are those of the request.
 */
export function requireOrder<At extends LocalDate | Date>(
  { from, to }: { from?: At | null | undefined; to?: At | null | undefined },
  names = { from: "from", to: "to" },
): void {
  if (from && to && from > to) {
    throw new InvalidInput({ [names.to]: [`Must not be before ${names.from}.`] });
  }
}

/**
 * A period of days whose ends have defaults. Throws InvalidInput when it ends before it begins, or is longer than
 * `yearsMax`; the message speaks of an end that was given, and of a default by its day. `names` are those of the
 * request.
 */
export function periodWithDefaults(
  given: { from?: LocalDate | undefined; to?: LocalDate | undefined },
  defaults: { from: LocalDate; to: LocalDate },
  { names = { from: "from", to: "to" }, yearsMax = Number.POSITIVE_INFINITY } = {},
): { from: LocalDate; to: LocalDate } {
  const { from = defaults.from, to = defaults.to } = given;
  const [field, limit, side] =
    given.to === undefined
      ? [names.from, `${to}, the default of ${names.to}`, "after"]
      : [
          names.to,
          given.from === undefined ? `${from}, the default of ${names.from}` : names.from,
          "before",
        ];
  if (from > to) throw new InvalidInput({ [field]: [`Must not be ${side} ${limit}.`] });
  if (Number(to.slice(0, 4)) - Number(from.slice(0, 4)) >= yearsMax) {
    throw new InvalidInput({ [field]: [`Must be within ${yearsMax} years of ${limit}.`] });
  }
  return { from, to };
}

/** Where the ends of a period stand in a query that takes filters as `filter[…]`, which count first, or plain. */
export function placesOf(
  { filter = {} }: { filter?: object | undefined },
  { from, to } = { from: "from", to: "to" },
): { from: string; to: string } {
  const placeOf = (name: string): string => (name in filter ? `filter.${name}` : name);
  return { from: placeOf(from), to: placeOf(to) };
}
