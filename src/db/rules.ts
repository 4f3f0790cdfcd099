import type { RuleCondition, RuleSubject } from "../billing/rule-conditions.ts";
import type { TimeTerms } from "../billing/time-rules.ts";
import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

export const ruleKinds = ["automation", "billing"] as const;

/** Why the platform disabled a rule. */
export const disabledCodes = ["loop", "failed"] as const;
export type DisabledCode = (typeof disabledCodes)[number];

/** What an automation does to a record that meets its conditions. Money is minor units. */
export type RuleAction =
  | { type: "add_tag"; tagId: number }
  | { type: "set_rate"; hourlyRate: number }
  | { type: "set_billable"; isBillable: boolean }
  | { type: "add_to_next_invoice" }
  | { type: "alert"; message: string };

interface RuleCommon {
  companyId: number;
  id: number;
  name: string;
  isEnabled: boolean;
  /** Lower ones come first. */
  position: number;
  subjectType: RuleSubject;
  conditions: RuleCondition[];
  /** Why the platform disabled it, if it did, in a word and in words. */
  disabledCode: DisabledCode | null;
  disabledReason: string | null;
  createdBy: number | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface AutomationRow extends RuleCommon {
  kind: "automation";
  eventType: string;
  actions: RuleAction[];
  terms: null;
}

export interface BillingRuleRow extends RuleCommon {
  kind: "billing";
  eventType: null;
  actions: null;
  terms: TimeTerms;
}

export type RuleRow = AutomationRow | BillingRuleRow;

/** What is written of a rule. */
export type RuleFields = Pick<
  RuleRow,
  | "kind"
  | "name"
  | "isEnabled"
  | "position"
  | "subjectType"
  | "eventType"
  | "conditions"
  | "actions"
  | "terms"
  | "disabledCode"
  | "disabledReason"
>;

interface RuleRef {
  companyId: number;
  id: number;
}

export const ruleSortFields = ["position", "name", "created_at", "updated_at", "id"] as const;

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, kind, name, is_enabled, position, subject_type, event_type, conditions, actions,
    terms, disabled_code, disabled_reason, created_by, created_at, updated_at
  `;
}

/** @throws NotFound, also for a deleted one */
export async function getRule(sql: Sql | Tx, ref: RuleRef): Promise<RuleRow> {
  const [row] = await sql<RuleRow[]>`
    select ${columns(sql)} from rules
    where company_id = ${ref.companyId} and id = ${ref.id} and deleted_at is null
  `;
  if (row === undefined) throw new NotFound("Rule");
  return row;
}

/** As `getRule`, but undefined when there is none, and nobody else may change or apply it until the transaction ends. */
export async function lockRule(tx: Tx, { companyId, id }: RuleRef): Promise<RuleRow | undefined> {
  const [row] = await tx<RuleRow[]>`
    select ${columns(tx)} from rules
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    for no key update
  `;
  return row;
}

export interface RuleFilter {
  companyId: number;
  kind?: RuleRow["kind"] | undefined;
  isEnabled?: boolean | undefined;
  eventType?: string | undefined;
  /** Part of the name, in any case. */
  search?: string | undefined;
}

export async function listRules(
  sql: Sql | Tx,
  filter: RuleFilter,
  page: {
    sort: { field: (typeof ruleSortFields)[number]; isDescending: boolean };
    limit: number;
    offset: number;
  },
): Promise<RuleRow[]> {
  const direction = page.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<RuleRow[]>`
    select ${columns(sql)} from rules
    where ${matches(sql, filter)}
    order by ${sql(page.sort.field)} ${direction}, id ${direction}
    limit ${page.limit} offset ${page.offset}
  `;
}

export async function countRules(sql: Sql | Tx, filter: RuleFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from rules where ${matches(sql, filter)}
  `;
  return row?.count ?? 0;
}

/**
 * The billing rules of a company that are enabled, in the order in which they count. Locked, so that
 * two imports do not both spend what is left of a retainer.
 */
export async function lockBillingRules(tx: Tx, companyId: number): Promise<BillingRuleRow[]> {
  const rows = await tx<BillingRuleRow[]>`
    select ${columns(tx)} from rules
    where company_id = ${companyId} and kind = 'billing' and is_enabled and deleted_at is null
    order by id
    for no key update
  `;
  return rows.toSorted((a, b) => a.position - b.position || a.id - b.id);
}

/** Those of the events that enabled automations follow. */
export async function listFollowedEvents(
  tx: Tx,
  eventIds: readonly number[],
): Promise<{ companyId: number; eventId: number }[]> {
  return await tx<{ companyId: number; eventId: number }[]>`
    select company_id, id as event_id
    from events
    where id = any(${[...eventIds]}::int8[])
      and exists (
        select from rules
        where rules.company_id = events.company_id and rules.event_type = events.type
          and rules.is_enabled and rules.deleted_at is null
      )
    order by id
  `;
}

/** The enabled automations that follow an event, in the order in which they count. */
export async function listFollowingRules(
  sql: Sql | Tx,
  { companyId, eventId }: { companyId: number; eventId: number },
): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select rules.id
    from events
    join rules on rules.company_id = events.company_id and rules.event_type = events.type
    where events.company_id = ${companyId} and events.id = ${eventId}
      and rules.is_enabled and rules.deleted_at is null
    order by rules.position, rules.id
  `;
  return rows.map((row) => row.id);
}

export async function insertRule(
  tx: Tx,
  {
    companyId,
    createdBy,
    now,
    ...fields
  }: RuleFields & {
    companyId: number;
    createdBy: number;
    now: Date;
  },
): Promise<RuleRow> {
  const [row] = await tx<RuleRow[]>`
    insert into rules ${tx({ companyId, ...columnsOf(tx, fields), createdBy, createdAt: now, updatedAt: now })}
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error("the rule was not inserted");
  return row;
}

/** Writes a rule that the transaction has locked. */
export async function updateRuleRow(
  tx: Tx,
  { companyId, id, now }: RuleRef & { now: Date },
  fields: RuleFields,
): Promise<RuleRow> {
  const [row] = await tx<RuleRow[]>`
    update rules set ${tx({ ...columnsOf(tx, fields), updatedAt: now })}
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error(`rule ${id} is gone`);
  return row;
}

/** What it did stays known. */
export async function markRuleDeleted(
  tx: Tx,
  { companyId, id, now }: RuleRef & { now: Date },
): Promise<void> {
  await tx`
    update rules set deleted_at = ${now}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}

function columnsOf(tx: Tx, fields: RuleFields) {
  const json = (value: readonly RuleCondition[] | readonly RuleAction[] | TimeTerms | null) =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- objects of plain values, whose interfaces have no index signature
    value === null ? null : tx.json(value as never);
  return {
    kind: fields.kind,
    name: fields.name,
    isEnabled: fields.isEnabled,
    position: fields.position,
    subjectType: fields.subjectType,
    eventType: fields.eventType,
    conditions: json(fields.conditions),
    actions: json(fields.actions),
    terms: json(fields.terms),
    disabledCode: fields.disabledCode,
    disabledReason: fields.disabledReason,
  };
}

function matches(sql: Sql | Tx, { companyId, kind, isEnabled, eventType, search }: RuleFilter) {
  return sql`
    company_id = ${companyId} and deleted_at is null
    ${kind === undefined ? sql`` : sql`and kind = ${kind}`}
    ${isEnabled === undefined ? sql`` : sql`and is_enabled = ${isEnabled}`}
    ${eventType === undefined ? sql`` : sql`and event_type = ${eventType}`}
    ${search === undefined ? sql`` : sql`and strpos(lower(name), lower(${search})) > 0`}
  `;
}
