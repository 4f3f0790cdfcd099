import { findUnknownPlaceholder, PERIOD_PLACEHOLDERS } from "../billing/placeholders.ts";
import { InvalidInput } from "../errors.ts";

/**
 * Refuses texts with a placeholder we do not know, naming it, so that the night has no reason to
 * park the series for it (BILLING.md 3.4), and no client gets a mail with a gap. Keys are fields as
 * the caller knows them; `known` are the placeholders of such texts, those of a series by default.
 */
export function checkPlaceholders(
  texts: Readonly<Record<string, string | null | undefined>>,
  known: ReadonlyMap<string, unknown> = PERIOD_PLACEHOLDERS,
): void {
  const errors: Record<string, string[]> = {};
  for (const [field, text] of Object.entries(texts)) {
    const unknown = typeof text === "string" ? findUnknownPlaceholder(text, known) : undefined;
    if (unknown !== undefined) {
      errors[field] = [`Unknown placeholder ${unknown}. Known are ${listPlaceholders(known)}.`];
    }
  }
  if (Object.keys(errors).length > 0) {
    throw new InvalidInput(errors, { code: "unknown_placeholder" });
  }
}

/** "{{a}}, {{b}} and {{c}}". */
export function listPlaceholders(known: ReadonlyMap<string, unknown>): string {
  const names = [...known.keys()].map((name) => `{{${name}}}`);
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
