/** Resources that have a `read` and a `write` scope (API.md rule 3). */
const resources = [
  "clients",
  "services",
  "invoices",
  "recurring-invoices",
  "payments",
  "quotes",
  "credits",
  "projects",
  "tasks",
  "tags",
  "time-entries",
  "expenses",
  "schedule",
  "nights",
  "runs",
  "webhooks",
  "integrations",
  "settings",
] as const;

const others = [
  "invoices:send",
  "quotes:send",
  "reports:read",
  "exports:read",
  "imports:write",
  "proof-packs:read",
  "revenue-intelligence:read",
  "billing:read",
] as const;

export type Scope = `${(typeof resources)[number]}:${"read" | "write"}` | (typeof others)[number];

/** Every scope an API token may have, in the order they are shown. */
export const scopes: readonly Scope[] = [
  ...resources.flatMap((resource): Scope[] => [`${resource}:read`, `${resource}:write`]),
  ...others,
];

/** Other names of scopes, as other systems have them; kept and shown under ours. */
const aliases: Readonly<Record<string, Scope>> = {
  "time:read": "time-entries:read",
  "time:write": "time-entries:write",
};

/** Every name that `scopeNamed` knows. */
export const scopeNames: readonly string[] = [...scopes, ...Object.keys(aliases)];

/** A scope by its name, or by another one that it has. */
export function scopeNamed(name: string): Scope | undefined {
  return aliases[name] ?? scopes.find((scope) => scope === name);
}

/** A write or send scope is of no use without the read scope of the same resource, where there is one. */
export function scopesNeededBy(scope: Scope): Scope[] {
  const [resource = "", verb] = scope.split(":");
  if (verb === "read") return [scope];
  const readScope = scopes.find((candidate) => candidate === `${resource}:read`);
  return readScope === undefined ? [scope] : [readScope, scope];
}
