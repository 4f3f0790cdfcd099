import { z } from "zod";
import {
  countEventsOfSubject,
  listEventsOfSubject,
  subjectExists,
  type EventRow,
} from "../../../db/events.ts";
import { NotFound } from "../../../errors.ts";
import { instantJson, listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute, requireRole, requireScope, requireSession } from "../../define-route.ts";
import { idQuery } from "../../inputs.ts";
import type { Scope } from "../../scopes.ts";

/** Whose story may be read, and the scope that lets a token read it; null for none (API.md rule 3). */
const scopeOf = {
  invoice: "invoices:read",
  quote: "quotes:read",
  credit: "credits:read",
  "recurring-invoice": "recurring-invoices:read",
  client: "clients:read",
  service: "services:read",
  project: "projects:read",
  task: "tasks:read",
  "time-entry": "time-entries:read",
  "schedule-entry": "schedule:read",
  connection: "integrations:read",
  "alert-route": "integrations:read",
  expense: "expenses:read",
  tag: "tags:read",
  rule: "rules:read",
  category: "invoices:read",
  "tax-rate": "invoices:read",
  webhook: "webhooks:read",
  member: null,
  invitation: null,
  "app-access": null,
} as const satisfies Record<string, Scope | null>;

const entryJson = z
  .object({
    id: z.int(),
    description: z.string(),
    event: z.string(),
    causer_name: z.string().nullable(),
    properties: z.record(z.string(), z.unknown()),
    created_at: instantJson,
  })
  .meta({ id: "ActivityLogEntry" });

/** GET /activity-log — what happened to one record, newest first. */
export const getActivityLogRoute = defineRoute({
  method: "get",
  path: "/activity-log",
  summary: "List activity log entries",
  description:
    "Needs the read scope of the subject's resource. Members, invitations and access of apps are for admins, signed in.",
  tag: "Activity log",
  access: "company",
  query: z.strictObject({
    ...pageQuery,
    subject_type: z.enum([
      "invoice",
      "quote",
      "credit",
      "recurring-invoice",
      "client",
      "service",
      "project",
      "task",
      "rule",
      "time-entry",
      "schedule-entry",
      "connection",
      "alert-route",
      "expense",
      "tag",
      "category",
      "tax-rate",
      "webhook",
      "member",
      "invitation",
      "app-access",
    ]),
    subject_id: idQuery,
  }),
  answers: { 200: listJson(entryJson, {}) },

  async run({ sql, company, role, caller }, { query }) {
    const scope = scopeOf[query.subject_type];
    if (scope !== null) requireScope(caller, scope);
    else {
      requireSession(caller);
      requireRole(role, "admin");
    }
    const page = pageOf(query);
    const subject = {
      companyId: company.id,
      subjectType: query.subject_type,
      subjectId: query.subject_id,
    };
    const [entries, total] = await Promise.all([
      listEventsOfSubject(sql, { ...subject, ...page }),
      countEventsOfSubject(sql, subject),
    ]);
    if (total === 0 && !(await subjectExists(sql, subject))) throw new NotFound("Subject");
    return listAnswer(entries.map(presentEntry), { ...page, total });
  },
});

/** "invoice.late_fee_charged" reads as event "late_fee_charged", "late fee charged" in words. */
function presentEntry(entry: EventRow): z.input<typeof entryJson> {
  const event = entry.type.slice(entry.type.indexOf(".") + 1);
  return {
    id: entry.id,
    description: event.replaceAll(/[_-]/g, " "),
    event,
    causer_name: entry.causerName,
    properties: entry.payload,
    // The contract writes this one instant with an offset and to the second.
    created_at: `${entry.occurredAt.toISOString().slice(0, 19)}+00:00`,
  };
}
