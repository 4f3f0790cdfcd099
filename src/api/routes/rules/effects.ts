import { z } from "zod";
import type { CompanyContext } from "../../context.ts";
import type { Scope } from "../../scopes.ts";

/** What a rule did, or would do: what each of its actions or terms came to. */
export const effectsJson = z.array(z.record(z.string(), z.unknown())).meta({
  description:
    "`type` is that of the action or of the terms. Of time that was billed: `worked` and `billed` are " +
    "seconds, `credit` is what was taken off, in minor units. Left out: `tag` without tags:read, `worked` " +
    "without time-entries:read.",
});

/** What stands in effects, and the scope that shows it; null for what is the rule's own, or ids and what was billed. */
const scopeOfKey: Readonly<Record<string, Scope | null>> = {
  type: null,
  tag: "tags:read",
  hourly_rate: null,
  is_billable: null,
  message: null,
  invoice_id: null,
  time_entry_ids: null,
  time_entry_id: null,
  worked: "time-entries:read",
  billed: null,
  credit: null,
};

/** Effects on a record that the caller may see, as far as they may see what stands beside it. */
export function presentEffects(
  { mayUse }: Pick<CompanyContext, "mayUse">,
  effects: readonly Readonly<Record<string, unknown>>[],
): z.input<typeof effectsJson> {
  // What is not named above is shown to nobody.
  const isShown = (key: string): boolean => {
    const scope = scopeOfKey[key];
    return scope === null || (scope !== undefined && mayUse(scope));
  };
  return effects.map((effect) =>
    Object.fromEntries(Object.entries(effect).filter(([key]) => isShown(key))),
  );
}
