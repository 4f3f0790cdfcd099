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
  "rules",
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
  "profile:read",
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

/** What people call the records of a resource. */
const nouns: Readonly<Record<(typeof resources)[number], string>> = {
  clients: "clients and their contacts",
  services: "services and their prices",
  invoices: "invoices, with their files, categories and tax rates",
  "recurring-invoices": "recurring invoices",
  payments: "payments and refunds",
  quotes: "quotes",
  credits: "credits",
  projects: "projects and who works on them",
  tasks: "tasks",
  tags: "tags",
  rules: "rules: what is done and billed by itself",
  "time-entries": "time entries and the timer",
  expenses: "expenses and receipts",
  schedule: "planned work",
  nights: "nightly runs",
  runs: "background work",
  webhooks: "webhooks",
  integrations: "connections to other services",
  settings: "settings",
};

const otherWords: Readonly<Record<(typeof others)[number], string>> = {
  "invoices:send": "Mail invoices and reminders to clients",
  "quotes:send": "Mail quotes to clients",
  "reports:read": "See reports and totals",
  "exports:read": "Download exports of all records",
  "imports:write": "Import records from other services",
  "proof-packs:read": "Download proof packs of invoices",
  "revenue-intelligence:read": "See the analysis of revenue",
  "billing:read": "See what could be billed, and why something cannot",
  "profile:read": "See who you are: name, email address and role",
};

/** What a scope lets its holder do, in words for a person who decides about it. */
export function describeScope(scope: Scope): string {
  const other = others.find((name) => name === scope);
  if (other !== undefined) return otherWords[other];
  const resource = resources.find((name) => scope.startsWith(`${name}:`));
  if (resource === undefined) throw new Error(`there is no scope ${scope}`);
  const verb = scope.endsWith(":read") ? "See" : "Add, change and delete";
  return `${verb} ${nouns[resource]}`;
}

/** One that lacks a read scope that another of them needs, with what it lacks; undefined when all is well. */
export function findHalfScope(
  wanted: readonly Scope[],
): { scope: Scope; missing: Scope } | undefined {
  for (const scope of wanted) {
    const missing = scopesNeededBy(scope).find((needed) => !wanted.includes(needed));
    if (missing !== undefined) return { scope, missing };
  }
  return undefined;
}
