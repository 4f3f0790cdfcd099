import { isIP } from "node:net";
import { z } from "zod";

// How the text of a variable becomes a value. Messages say what was expected; only harmless values are
// repeated in them, since a URL or a key may hold a secret.

/** A whole number in decimal digits. */
export function integer(min: number, max: number) {
  return z.string().transform((text, context) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    return reject(context, `expected a whole number from ${min} to ${max}, got "${text}"`);
  });
}

/** Above zero, with or without decimals. */
export function positiveNumber(max: number) {
  return z.string().transform((text, context) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value <= max) return value;
    return reject(context, `expected a number above 0, up to ${max}, got "${text}"`);
  });
}

export function oneOf<const T extends readonly string[]>(values: T) {
  return z.enum(values, {
    error: ({ input }) => `expected one of ${values.join(", ")}, got "${String(input)}"`,
  });
}

export const onOrOff = oneOf(["on", "off"]).transform((text) => text === "on");

/** A URL of one of the schemes, given with their colons. */
export function url(protocols: readonly string[]) {
  const expected = protocols.map((protocol) => `${protocol}//…`).join(" or ");
  return z.string().transform((text, context) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    if (parsed !== undefined && parsed.hostname !== "" && protocols.includes(parsed.protocol))
      return text;
    return reject(context, `expected a URL like ${expected}`);
  });
}

/** The same, without a slash at the end: paths are put behind it. */
export function baseUrl(protocols: readonly string[]) {
  return url(protocols).transform((text) => text.replace(/\/+$/, ""));
}

/** `*`, or origins with commas between them. */
export const originList = z.string().transform((text, context) => {
  const origins = splitList(text);
  for (const origin of origins) {
    if (origin !== "*" && !(URL.canParse(origin) && new URL(origin).origin === origin)) {
      return reject(
        context,
        `expected origins like https://app.example.com with commas between them, or *, got "${origin}"`,
      );
    }
  }
  return origins;
});

/** Email addresses with commas between them, in lower case. */
export const emailList = z.string().transform((text, context) => {
  const emails = splitList(text).map((email) => email.toLowerCase());
  const wrong = emails.find((email) => !z.email().safeParse(email).success);
  return wrong === undefined
    ? emails
    : reject(context, `expected email addresses with commas between them, got "${wrong}"`);
});

/** Ranges of addresses like `127.0.0.0/8`, with commas between them. */
export const addressRanges = z.string().transform((text, context) => {
  const ranges = splitList(text).map((range) => {
    const [address = "", prefix = "", ...rest] = range.split("/");
    const bits = isIP(address) === 4 ? 32 : 128;
    const isRange =
      isIP(address) !== 0 &&
      /^\d{1,3}$/.test(prefix) &&
      Number(prefix) <= bits &&
      rest.length === 0;
    return isRange ? { address, prefix: Number(prefix) } : range;
  });
  const wrong = ranges.find((range) => typeof range === "string");
  if (wrong !== undefined) {
    return reject(context, `expected ranges like 127.0.0.0/8 or ::1/128, got "${wrong}"`);
  }
  return ranges.filter((range) => typeof range !== "string");
});

/** `name=number,…` for some of the names. */
export function numberByName<const Names extends readonly string[]>(names: Names) {
  return entriesByName<Names[number], number>(names, "a whole number above 0", parsePositive);
}

/** As `numberByName`; a number may also be `none`, for no limit, which is null here. */
export function limitByName<const Names extends readonly string[]>(names: Names) {
  return entriesByName<Names[number], number | null>(
    names,
    "a whole number above 0, or none",
    (text) => (text === "none" ? null : parsePositive(text)),
  );
}

/** `a=x,b=y`, where the values are of this form. */
export function textByName<const Names extends readonly string[]>(
  names: Names,
  form: RegExp,
  expected: string,
) {
  return entriesByName<Names[number], string>(names, expected, (text) =>
    form.test(text) ? text : undefined,
  );
}

/** `x,y`: texts of this form with commas between them. */
export function textList(form: RegExp, expected: string) {
  return z.string().transform((text, context) => {
    const texts = splitList(text);
    // What is wrong may be a secret, and is not repeated.
    if (texts.every((each) => form.test(each))) return texts;
    return reject(context, `expected ${expected} with commas between them`);
  });
}

/** A limit that stands alone: a whole number above 0, or `none`, which is null here. */
export const limit = z.string().transform((text, context) => {
  const value = text === "none" ? null : parsePositive(text);
  if (value !== undefined) return value;
  return reject(context, `expected a whole number above 0, or none, got "${text}"`);
});

function entriesByName<Name extends string, Value>(
  names: readonly Name[],
  expected: string,
  parse: (text: string) => Value | undefined,
) {
  return z.string().transform((text, context) => {
    const values: Partial<Record<Name, Value>> = {};
    for (const entry of splitList(text)) {
      const [given, ...rest] = entry.split("=").map((part) => part.trim());
      const name = names.find((known) => known === given);
      if (name === undefined) {
        return reject(context, `expected names among ${names.join(", ")}, got "${given}"`);
      }
      const value = parse(rest.join("="));
      if (value === undefined) {
        return reject(context, `expected ${name}=${expected}, got "${entry}"`);
      }
      values[name] = value;
    }
    return values;
  });
}

function parsePositive(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/** `Name <address>` or an address alone. */
export const mailAddress = z.string().transform((text, context) => {
  const found = /^(?:"?(?<name>[^"<>\r\n]*?)"?\s*<(?<inner>[^<>\s]+)>|(?<alone>[^<>\s]+))$/.exec(
    text,
  );
  const address = found?.groups?.["inner"] ?? found?.groups?.["alone"];
  if (address === undefined || !/^[^@\s]+@[^@\s]+$/.test(address)) {
    return reject(context, `expected Name <address@example.com> or an address, got "${text}"`);
  }
  const name = found?.groups?.["name"];
  return name === undefined || name === "" ? { address } : { name, address };
});

/** `id:base64,…` with 32 bytes each. */
export const keyRing = z.string().transform((text, context) => {
  const keys: { id: string; key: Buffer }[] = [];
  for (const [index, entry] of splitList(text).entries()) {
    const found = /^(?<id>[\w-]{1,32}):(?<key>[A-Za-z0-9+/_-]+=*)$/.exec(entry);
    const key = Buffer.from(found?.groups?.["key"] ?? "", "base64");
    if (found?.groups?.["id"] === undefined || key.length !== 32) {
      return reject(context, `entry ${index + 1} is not id:base64 with a key of 32 bytes`);
    }
    keys.push({ id: found.groups["id"], key });
  }
  return keys;
});

function splitList(text: string): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function reject(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}
