// What happens to each table when a record moves to another company. The contract test compares this
// with the catalog: a table that refers to a record that can move, or has rows of a company, and is
// not decided about here, fails it. Decision 0008 has the reasons.

/** Columns and the values they get. */
type Values = Readonly<Record<string, string | boolean | null>>;

export interface Reference {
  from: string;
  /** Beside company_id. */
  column: string;
  to: string;
  /**
   * When `to` moves, the referring row goes with it, stays without the reference, or is deleted. When
   * only the referring row moves, it goes without the reference; one to a client becomes the client
   * that the move names. `is matched`: `to` never moves; its like there, by name, takes its place.
   */
  rule: "goes" | "stays" | "is deleted" | "is matched";
  /** What a row is told that loses this reference, so that it knows there was one. */
  remembers?: Values;
}

/** Every reference by (company_id, id) from or to a record that can move. */
export const references: readonly Reference[] = [
  { from: "contacts", column: "client_id", to: "clients", rule: "goes" },
  { from: "invoices", column: "client_id", to: "clients", rule: "goes" },
  { from: "quotes", column: "client_id", to: "clients", rule: "goes" },
  { from: "recurring_invoices", column: "client_id", to: "clients", rule: "goes" },
  { from: "projects", column: "client_id", to: "clients", rule: "goes" },
  { from: "time_entries", column: "client_id", to: "clients", rule: "goes" },
  { from: "credits", column: "client_id", to: "clients", rule: "goes" },
  { from: "expenses", column: "client_id", to: "clients", rule: "goes" },
  { from: "statements", column: "client_id", to: "clients", rule: "goes" },
  { from: "tasks", column: "client_id", to: "clients", rule: "goes" },
  { from: "client_tags", column: "client_id", to: "clients", rule: "goes" },
  { from: "client_tags", column: "tag_id", to: "tags", rule: "is matched" },

  { from: "invoice_lines", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "payments", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "credits", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "credits", column: "voided_invoice_id", to: "invoices", rule: "goes" },
  { from: "credit_applications", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "time_entries", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "expenses", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "deliveries", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "invoice_late_fees", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "invoice_reminders", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "invoice_adjustments", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "invoice_artifacts", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "stripe_checkouts", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "stripe_payments", column: "checkout_id", to: "stripe_checkouts", rule: "goes" },
  { from: "stripe_payments", column: "payment_id", to: "payments", rule: "goes" },
  { from: "stripe_refunds", column: "stripe_payment_id", to: "stripe_payments", rule: "goes" },
  { from: "stripe_refunds", column: "payment_refund_id", to: "payment_refunds", rule: "goes" },
  { from: "stripe_disputes", column: "stripe_payment_id", to: "stripe_payments", rule: "goes" },
  { from: "stripe_disputes", column: "payment_refund_id", to: "payment_refunds", rule: "goes" },
  { from: "invoice_taxes", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "invoice_tags", column: "invoice_id", to: "invoices", rule: "goes" },
  { from: "invoice_tags", column: "tag_id", to: "tags", rule: "is matched" },
  {
    from: "recurring_occurrences",
    column: "invoice_id",
    to: "invoices",
    rule: "stays",
    remembers: { outcome: "moved" },
  },
  {
    from: "quotes",
    column: "converted_to_invoice_id",
    to: "invoices",
    rule: "stays",
    remembers: { is_invoiced_elsewhere: true },
  },

  { from: "invoice_lines", column: "service_id", to: "services", rule: "stays" },
  { from: "invoice_lines", column: "time_entry_id", to: "time_entries", rule: "stays" },
  { from: "invoice_lines", column: "expense_id", to: "expenses", rule: "stays" },
  { from: "invoice_lines", column: "tax_rate_id", to: "tax_rates", rule: "is matched" },
  { from: "invoice_taxes", column: "tax_rate_id", to: "tax_rates", rule: "is matched" },
  { from: "invoices", column: "recurring_invoice_id", to: "recurring_invoices", rule: "stays" },
  { from: "invoices", column: "project_id", to: "projects", rule: "stays" },
  { from: "invoices", column: "category_id", to: "categories", rule: "is matched" },
  { from: "credits", column: "payment_id", to: "payments", rule: "stays" },
  { from: "payment_refunds", column: "payment_id", to: "payments", rule: "goes" },
  { from: "payment_refunds", column: "voided_credit_id", to: "credits", rule: "stays" },
  { from: "deliveries", column: "payment_id", to: "payments", rule: "goes" },
  { from: "deliveries", column: "resend_of_id", to: "deliveries", rule: "stays" },
  { from: "deliveries", column: "invitation_id", to: "invitations", rule: "stays" },
  { from: "deliveries", column: "webhook_endpoint_id", to: "webhook_endpoints", rule: "stays" },
  { from: "credit_applications", column: "credit_id", to: "credits", rule: "goes" },
  { from: "invoice_reminders", column: "reminder_id", to: "payment_reminders", rule: "stays" },
  { from: "deliveries", column: "invoice_reminder_id", to: "invoice_reminders", rule: "goes" },
  { from: "deliveries", column: "quote_id", to: "quotes", rule: "goes" },
  { from: "deliveries", column: "statement_id", to: "statements", rule: "goes" },

  {
    from: "quotes",
    column: "converted_to_project_id",
    to: "projects",
    rule: "stays",
    remembers: { has_project_elsewhere: true },
  },
  { from: "quote_lines", column: "quote_id", to: "quotes", rule: "goes" },
  { from: "quote_lines", column: "service_id", to: "services", rule: "stays" },

  {
    from: "recurring_invoice_lines",
    column: "recurring_invoice_id",
    to: "recurring_invoices",
    rule: "goes",
  },
  { from: "recurring_invoice_lines", column: "service_id", to: "services", rule: "stays" },
  {
    from: "recurring_occurrences",
    column: "recurring_invoice_id",
    to: "recurring_invoices",
    rule: "goes",
  },

  { from: "project_members", column: "project_id", to: "projects", rule: "is deleted" },
  { from: "project_tags", column: "project_id", to: "projects", rule: "goes" },
  { from: "project_tags", column: "tag_id", to: "tags", rule: "is matched" },
  { from: "time_entries", column: "project_id", to: "projects", rule: "goes" },
  { from: "expenses", column: "project_id", to: "projects", rule: "stays" },
  { from: "time_entries", column: "service_id", to: "services", rule: "stays" },
  { from: "time_entries", column: "task_id", to: "tasks", rule: "goes" },
  { from: "rule_uses", column: "time_entry_id", to: "time_entries", rule: "is deleted" },
  { from: "tasks", column: "project_id", to: "projects", rule: "goes" },
  { from: "task_tags", column: "task_id", to: "tasks", rule: "goes" },
  { from: "task_tags", column: "tag_id", to: "tags", rule: "is matched" },

  { from: "schedule_entries", column: "client_id", to: "clients", rule: "stays" },
  { from: "schedule_entries", column: "project_id", to: "projects", rule: "stays" },
];

/** What can be moved for itself; the rest goes along. */
export const roots = ["clients", "invoices", "projects", "recurring_invoices"] as const;
export type MoveRoot = (typeof roots)[number];

/** What the rows of a table are told where they arrive: no night there has done what was done elsewhere. */
export const arrivals: Readonly<Record<string, Values>> = {
  invoices: { overdue_on: null },
  invoice_late_fees: { moved_here: true },
  recurring_invoices: { parked_on: null },
  recurring_occurrences: { moved_here: true },
};

/** Tables with rows of a company that no move takes along, and why. */
export const staying: Readonly<Record<string, string>> = {
  api_tokens: "lets somebody into one company",
  api_usage: "says what a token of the company was used for",
  attention_items: "an open item about a moved record goes with it, closed ones stay as history",
  audit_log: "says what was done in the company",
  bank_accounts: "the company's own",
  categories: "the company's own; what moves gets the one of the same name there, made if need be",
  billing_nights: "what the company's night did stays done",
  calendar_channels: "as calendar_syncs",
  calendar_events: "shows an entry of the company in its calendar",
  calendar_syncs: "the calendar that the company has chosen",
  company_members: "the company's own",
  connections: "the company's own link to a provider",
  counters: "a number is never given twice",
  event_outbox: "waits for an event of the company to be followed",
  events: "happened in the company; both sides get an event of the move",
  exports: "what was written out of the company's records; the file holds them as they were",
  external_refs: "names the record in the company's own connection, so that no import doubles it",
  files_to_delete: "files that no record names",
  idempotency_keys: "keeps an answer that was given in the company",
  import_amounts: "what an import of the company's came to there",
  import_items: "what an import of the company's had to tell",
  imports: "the company took its books over",
  invitations: "let somebody into the company",
  invoice_tallies: "say what came and went themselves",
  invoice_templates: "the company's own",
  job_runs: "the work was the company's; a run that finds its record gone is skipped",
  notification_preferences: "what its people want to be mailed of it",
  oauth_attempts: "somebody on the way to connect the company",
  oauth_tokens: "as api_tokens",
  payment_reminders: "the company's own",
  quickbooks_creations: "what was made in the company's own QuickBooks",
  quickbooks_pushes: "was asked for in the company; what has left is skipped",
  quickbooks_waiting: "waits for the company's own QuickBooks",
  retired_numbers: "keeps the numbers of what has left",
  rule_log: "as rules: says what they did",
  rules: "the company's own, as what they name is",
  run_feed: "work of the company on its way to a worker",
  schedule_entries: "what its people plan to do; an entry keeps its title",
  services: "the company's own; lines keep what they took from it",
  slack_alerts: "events of the company that are still to be told in its Slack",
  slack_messages: "was posted in the company's Slack",
  slack_notices: "a mail to the company's owner",
  slack_routes: "the company's own",
  tags: "as categories",
  tax_rates: "as categories, by name and rate; invoices keep what they took from it",
  webhook_deliveries: "told somebody of the company's events",
  webhook_endpoints: "the company's own",
};

/** What an attention item, or an event, calls the rows of a table. */
export const subjectTypes: Readonly<Record<string, string>> = {
  clients: "client",
  invoices: "invoice",
  quotes: "quote",
  recurring_invoices: "recurring-invoice",
  projects: "project",
  tasks: "task",
  statements: "statement",
};

/** Every table that some move takes along. */
export const movableTables: ReadonlySet<string> = (() => {
  const movable = new Set<string>(roots);
  let before;
  do {
    before = movable.size;
    for (const { from, to, rule } of references) {
      if (rule === "goes" && movable.has(to)) movable.add(from);
    }
  } while (movable.size > before);
  return movable;
})();

/** Those that others refer to: their moving rows are known by id. */
export const namedTables: ReadonlySet<string> = new Set([
  ...roots,
  ...references.map(({ to }) => to).filter((table) => movableTables.has(table)),
]);

/**
 * The order in which moving rows are locked: that in which everybody else locks them, with the client
 * last, for whoever bills locks the record first and then the client.
 */
export const lockOrder = [
  "quotes",
  "recurring_invoices",
  "projects",
  "invoices",
  "stripe_checkouts",
  "stripe_payments",
  "payments",
  "credits",
  "payment_refunds",
  "tasks",
  "time_entries",
  "expenses",
  "invoice_reminders",
  "statements",
  "deliveries",
  "clients",
] as const;
