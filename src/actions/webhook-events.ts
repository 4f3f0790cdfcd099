/** An event as webhooks call it, and what a token must be allowed to read to be told of it. */
export interface WebhookEvent {
  /** The event's own type. */
  type: string;
  /** What receivers know it as: letters, digits and _ with dots between (Standard Webhooks). */
  name: string;
  scope: (typeof groups)[number]["scope"];
  /** A second name of an event, for endpoints that ask for it; `*` does not. */
  isAlias: boolean;
}

/** Events of one kind of record. Those that only ask one of our own jobs for a mail are none of it. */
const groups = [
  {
    prefix: "invoice",
    scope: "invoices:read",
    events: [
      "created",
      "updated",
      "sent",
      "viewed",
      "paid",
      "overdue",
      "voided",
      "approved",
      "rejected",
      "approval_withdrawn",
      "reminder_sent",
      "late_fee_charged",
      "late_fee_waived",
      "credit_applied",
      "archived",
      "unarchived",
      "deleted",
      "moved",
    ],
  },
  {
    prefix: "payment",
    scope: "payments:read",
    events: ["received", "refunded", "refund-failed", "deleted", "receipt_sent"],
  },
  {
    prefix: "client",
    scope: "clients:read",
    events: ["created", "updated", "archived", "unarchived", "deleted", "moved", "statement_sent"],
  },
  {
    prefix: "quote",
    scope: "quotes:read",
    events: [
      "created",
      "updated",
      "sent",
      "viewed",
      "accepted",
      "declined",
      "converted",
      "archived",
      "unarchived",
      "deleted",
      "moved",
    ],
  },
  {
    prefix: "credit",
    scope: "credits:read",
    events: [
      "created",
      "applied",
      "split",
      "refunded",
      "refund-failed",
      "archived",
      "unarchived",
      "deleted",
    ],
  },
  {
    prefix: "recurring-invoice",
    scope: "recurring-invoices:read",
    events: [
      "created",
      "updated",
      "paused",
      "resumed",
      "released",
      "archived",
      "unarchived",
      "deleted",
      "moved",
    ],
  },
  {
    prefix: "project",
    scope: "projects:read",
    events: [
      "created",
      "updated",
      "completed",
      "archived",
      "unarchived",
      "deleted",
      "moved",
      "member_added",
      "member_removed",
    ],
  },
  {
    prefix: "task",
    scope: "tasks:read",
    events: ["created", "updated", "completed", "reopened", "archived", "unarchived"],
  },
  {
    prefix: "time_entry",
    scope: "time-entries:read",
    events: [
      "started",
      "created",
      "updated",
      "approved",
      "rejected",
      "approval_withdrawn",
      "deleted",
    ],
  },
  {
    prefix: "expense",
    scope: "expenses:read",
    events: ["created", "updated", "archived", "unarchived", "deleted"],
  },
  {
    prefix: "rule",
    scope: "rules:read",
    events: ["created", "updated", "disabled", "deleted", "alerted"],
  },
  { prefix: "export", scope: "exports:read", events: ["completed"] },
  { prefix: "import", scope: "integrations:read", events: ["completed", "failed"] },
  {
    prefix: "connection",
    scope: "integrations:read",
    events: ["connected", "disconnected", "needs_reauth"],
  },
  { prefix: "night", scope: "nights:read", events: ["completed", "held"] },
  { prefix: "attention", scope: "runs:read", events: ["raised"] },
  { prefix: "webhook", scope: "webhooks:read", events: ["disabled"] },
] as const;

/** Everything an endpoint can ask for, in the order it is shown. */
export const webhookEvents: readonly WebhookEvent[] = [
  ...groups.flatMap(({ prefix, scope, events }) =>
    events.map((event): WebhookEvent => {
      const type = `${prefix}.${event}`;
      return { type, name: type.replaceAll("-", "_"), scope, isAlias: false };
    }),
  ),
  { type: "quote.accepted", name: "proposal.signed", scope: "quotes:read", isAlias: true },
];

/** Asks for every event that is no second name of another. */
export const everyEvent = "*";

/** The type of the message that `test` sends. */
export const testEventName = "webhook.test";

/** The scopes that it takes to be told of these: none is told more than it may read. */
export function scopesOfEvents(names: readonly string[]): WebhookEvent["scope"][] {
  const wanted = webhookEvents.filter(
    ({ name, isAlias }) => names.includes(name) || (!isAlias && names.includes(everyEvent)),
  );
  return [...new Set(wanted.map(({ scope }) => scope))];
}
