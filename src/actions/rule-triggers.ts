import type { RuleSubject } from "../billing/rule-conditions.ts";

/** The events that automations can follow, with the kind of record that each tells of. */
const subjects = {
  "task.created": "task",
  "task.updated": "task",
  "task.completed": "task",
  "task.reopened": "task",
  "time_entry.created": "time-entry",
  "time_entry.updated": "time-entry",
  "project.created": "project",
  "project.updated": "project",
  "project.completed": "project",
  "client.created": "client",
  "client.updated": "client",
  "invoice.created": "invoice",
  "invoice.updated": "invoice",
  "invoice.sent": "invoice",
  "invoice.viewed": "invoice",
  "invoice.overdue": "invoice",
  "invoice.paid": "invoice",
} as const satisfies Readonly<Record<string, RuleSubject>>;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant object
export const ruleTriggers = Object.keys(subjects) as (keyof typeof subjects)[];

/** @throws RangeError for a type that no rule follows */
export function subjectOfTrigger(eventType: string): RuleSubject {
  const known: Readonly<Record<string, RuleSubject>> = subjects;
  const subject = known[eventType];
  if (subject === undefined) throw new RangeError(`no rule follows ${eventType}`);
  return subject;
}
