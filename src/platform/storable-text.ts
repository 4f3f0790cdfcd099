/**
 * Text as PostgreSQL can keep it: without NUL and with U+FFFD for halves of a surrogate pair, both of
 * which it refuses (text from a provider may hold either). Cut to `lengthMax` UTF-16 units, with an
 * ellipsis where something is missing.
 */
export function storableText(text: string, lengthMax = Number.POSITIVE_INFINITY): string {
  const clean = text.replaceAll("\0", "").replaceAll(/\p{Surrogate}/gu, "\uFFFD");
  if (clean.length <= lengthMax) return clean;
  // A pair cut in two leaves half of it behind, which goes too.
  return clean.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF]$/, "") + "…";
}

/**
 * JSON for a jsonb column. In JSON a NUL is the escape \u0000, which jsonb refuses all the same: every
 * string and key is cleaned as `storableText` does. Throws a TypeError for what JSON cannot say.
 */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === "string") return storableText(inner);
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, entry]) => [storableText(key), entry]),
    );
  });
  if (text === undefined) throw new TypeError(`${typeof value} cannot be written as JSON.`);
  return text;
}
