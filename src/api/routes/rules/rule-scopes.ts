import type { RuleSubject } from "../../../billing/rule-conditions.ts";
import type { RuleAction } from "../../../db/rules.ts";
import type { Caller } from "../../context.ts";
import { requireScope } from "../../define-route.ts";
import { scopesNeededBy, type Scope } from "../../scopes.ts";

/** What OpenAPI says of `requireReach`. */
export const reachDescription =
  "It takes the scopes of what the rule does as well: the read scope of the records that it looks at; " +
  "their write scope for add_tag, set_rate and set_billable; invoices:write and time-entries:write for " +
  "add_to_next_invoice; invoices:write for terms.";

/** What decides which records a rule reads and writes. */
interface RuleReach {
  kind: "automation" | "billing";
  subjectType: RuleSubject;
  /** Null where it has none. */
  actions: readonly Pick<RuleAction, "type">[] | null;
}

/** The resource that each kind of record belongs to. */
const resources = {
  "time-entry": "time-entries",
  task: "tasks",
  project: "projects",
  client: "clients",
  invoice: "invoices",
} as const satisfies Readonly<Record<RuleSubject, string>>;

/** What a token needs to see records of this kind. */
export function readScopeOf(subjectType: RuleSubject): Scope {
  return `${resources[subjectType]}:read`;
}

/** Throws `Forbidden` when the caller may not see the records that a rule looks at. */
export function requireSubjectScope(
  caller: Caller,
  { subjectType }: Pick<RuleReach, "subjectType">,
): void {
  requireScope(caller, readScopeOf(subjectType));
}

/**
 * Throws `Forbidden` when the caller may not do by hand what the rule is to do: a rule gives nobody a
 * scope that the token lacks. Terms decide what invoices say.
 */
export function requireReach(caller: Caller, rule: RuleReach): void {
  requireSubjectScope(caller, rule);
  const writes = (rule.actions ?? []).flatMap(({ type }) => writtenBy(type, rule.subjectType));
  if (rule.kind === "billing") writes.push("invoices:write");
  for (const scope of writes.flatMap(scopesNeededBy)) requireScope(caller, scope);
}

function writtenBy(type: RuleAction["type"], subjectType: RuleSubject): Scope[] {
  switch (type) {
    case "add_to_next_invoice":
      return ["invoices:write", "time-entries:write"];
    case "add_tag":
    case "set_rate":
    case "set_billable":
      return [`${resources[subjectType]}:write`];
    case "alert":
      return [];
  }
}
