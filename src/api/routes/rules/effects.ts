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

/** What tells more than ids of records other than the rule's own, and the scope that shows it. */
const scopeOfKey: Readonly<Record<string, Scope>> = {
  tag: "tags:read",
  worked: "time-entries:read",
};

/** Effects on a record that the caller may see, as far as they may see what stands beside it. */
export function presentEffects(
  { mayUse }: Pick<CompanyContext, "mayUse">,
  effects: readonly Readonly<Record<string, unknown>>[],
): z.input<typeof effectsJson> {
  const isShown = (key: string): boolean => {
    const scope = scopeOfKey[key];
    return scope === undefined || mayUse(scope);
  };
  return effects.map((effect) =>
    Object.fromEntries(Object.entries(effect).filter(([key]) => isShown(key))),
  );
}
