import { localDateOf, type LocalDate } from "../billing/dates.ts";
import { decideReminders } from "../billing/reminders.ts";
import { reminderMailKey } from "../billing/message-ids.ts";
import type { Tx } from "../db/client.ts";
import { insertDeliveries } from "../db/deliveries.ts";
import { recordEvents } from "../db/events.ts";
import { raiseNightFindings } from "../db/night-attention.ts";
import type { NightCompanyRow } from "../db/night-companies.ts";
import {
  listReminderStages,
  lockReminderCandidates,
  recordReminderDecisions,
  supersedeWaitingReminders,
  type ReminderCandidateRow,
  type ReminderDecision,
  type ReminderStageRow,
} from "../db/night-reminders.ts";
import type { DueDateCursor } from "./charge-late-fees.ts";

export interface RemindersInput {
  company: NightCompanyRow;
  businessDate: LocalDate;
  /** The company's clock. */
  now: Date;
  after: DueDateCursor | null;
  limit: number;
}

/**
 * One chunk of the night's reminders, in one transaction: decides each stage that is due (BILLING.md
 * section 7), writes the decision into the ledger, and asks for the mails. Returns where to go on,
 * or null at the end.
 */
export async function decideDueReminders(
  tx: Tx,
  input: RemindersInput,
): Promise<DueDateCursor | null> {
  const { company, businessDate, now, after, limit } = input;
  const stages = await listReminderStages(tx, company.id);
  if (stages.length === 0) return null;

  const candidates = await lockReminderCandidates(tx, {
    companyId: company.id,
    businessDate,
    after,
    limit,
  });
  const recipients = new Map(candidates.map((invoice) => [invoice.id, invoice.recipient]));
  const numbers = new Map(candidates.map((invoice) => [invoice.id, invoice.invoiceNumber]));
  const rows = candidates.flatMap((invoice) => decide(invoice, stages, input));
  const recorded = await recordReminderDecisions(tx, {
    companyId: company.id,
    businessDate,
    now,
    rows,
  });

  const queued = recorded.filter(({ status }) => status === "queued");
  await askForMails(tx, { company, now, queued, recipients });
  await raiseNightFindings(
    tx,
    company.id,
    recorded
      .filter(({ status }) => status === "blocked")
      .map(({ invoiceId }) => ({
        kind: "reminder.no-recipient",
        key: String(invoiceId),
        title: `Invoice ${numbers.get(invoiceId)} cannot be reminded of: its client has no email address`,
        subjectType: "invoice",
        subjectId: invoiceId,
      })),
  );
  const last = candidates.at(-1);
  return last === undefined || candidates.length < limit
    ? null
    : { dueDate: last.dueDate, id: last.id };
}

function decide(
  invoice: ReminderCandidateRow,
  stages: ReminderStageRow[],
  { company, businessDate, now }: RemindersInput,
): ReminderDecision[] {
  const { dueDate } = invoice;
  const sentDate =
    invoice.sentAt === null ? invoice.issueDate : localDateOf(invoice.sentAt, company.timezone);
  const decision = decideReminders({
    stages: stages.map((stage) => ({
      id: stage.id,
      number: stage.reminderNumber,
      daysOffset: stage.daysOffset,
      createdDate: localDateOf(stage.createdAt, company.timezone),
    })),
    recorded: invoice.recordedIds.map(Number),
    dueDate,
    // An imported invoice is not reminded of for days before its import (BILLING.md section 10).
    sentDate:
      invoice.dunningFrom !== null && invoice.dunningFrom > sentDate
        ? invoice.dunningFrom
        : sentDate,
    businessDate,
    lastReminderAt: invoice.lastReminderAt,
    now,
    timezone: company.timezone,
  });

  const row = (reminderId: number, status: ReminderDecision["status"], reason: string | null) => ({
    invoiceId: invoice.id,
    reminderId,
    dueDate,
    status,
    reason,
  });
  return [
    ...decision.notApplicable.map((id) =>
      row(id, "not_applicable", "its day was before the invoice was sent or the stage was created"),
    ),
    ...decision.superseded.map((id) => row(id, "superseded", "a later stage is due as well")),
    ...(decision.send === null ? [] : [row(decision.send, ...fateOf(invoice))]),
  ];
}

/** What becomes of a stage whose turn it is. */
function fateOf(invoice: ReminderCandidateRow): [ReminderDecision["status"], string | null] {
  if (invoice.isDisputed) return ["cancelled", "the invoice is disputed"];
  if (invoice.isArchived) return ["cancelled", "the invoice is archived"];
  if (invoice.recipient === null) return ["blocked", "the client has no email address"];
  return ["queued", null];
}

async function askForMails(
  tx: Tx,
  input: {
    company: NightCompanyRow;
    now: Date;
    queued: { id: number; invoiceId: number }[];
    recipients: Map<number, string | null>;
  },
): Promise<void> {
  const { company, now, queued, recipients } = input;
  if (queued.length === 0) return;
  const companyId = company.id;
  await supersedeWaitingReminders(tx, { companyId, now, newIds: queued.map(({ id }) => id) });
  const deliveries = await insertDeliveries(tx, {
    companyId,
    now,
    rows: queued.map(({ id, invoiceId }) => ({
      kind: "reminder",
      key: reminderMailKey(id),
      invoiceId,
      invoiceReminderId: id,
      recipient: recipients.get(invoiceId) ?? null,
    })),
  });
  await recordEvents(
    tx,
    companyId,
    deliveries.map((delivery) => ({
      type: "invoice.reminder-due",
      subjectType: "invoice",
      subjectId: delivery.invoiceId!,
      payload: { delivery_id: delivery.id },
      occurredAt: now,
    })),
  );
}
