import { findUnknownPlaceholder } from "../billing/placeholders.ts";
import { InvalidInput } from "../errors.ts";

/**
 * Refuses texts with a placeholder we do not know, naming it, so that the night has no reason to
 * park the series for it (BILLING.md 3.4). Keys are fields as the caller knows them.
 */
export function checkPlaceholders(
  texts: Readonly<Record<string, string | null | undefined>>,
): void {
  const errors: Record<string, string[]> = {};
  for (const [field, text] of Object.entries(texts)) {
    const unknown = typeof text === "string" ? findUnknownPlaceholder(text) : undefined;
    if (unknown !== undefined) {
      errors[field] = [
        `Unknown placeholder ${unknown}. Known are {{period.start}}, {{period.end}}, ` +
          "{{period.month}}, {{period.year}} and {{invoice.number}}.",
      ];
    }
  }
  if (Object.keys(errors).length > 0) {
    throw new InvalidInput(errors, { code: "unknown_placeholder" });
  }
}
