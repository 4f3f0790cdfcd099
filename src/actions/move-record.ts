import type { Feature } from "../billing/plans.ts";
import type { Tx } from "../db/client.ts";
import { recordEvents, type NewEvent } from "../db/events.ts";
import { delayDunning } from "../db/invoices.ts";
import type { MoveRoot } from "../db/move-rules.ts";
import {
  claimMovingRows,
  countLive,
  giveAttentionItems,
  giveUnnumberedRows,
  idsOf,
  partMovingRows,
  type Move,
} from "../db/move-rows.ts";
import { cancelWaitingReminders, isMailLeaving, listWaitingMails } from "../db/moving-mails.ts";
import { countInvoicesOfMonth, findOwnerId } from "../db/plan-usage.ts";
import { Conflict } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { moveNumbered, type MovedNumber } from "./move-numbers.ts";
import { partCredits } from "./part-credits.ts";
import { requireFeature, requireRoom } from "./require-plan.ts";
import { stopTimersAmong } from "./run-timer.ts";

/** The same person in the company a record leaves and in the one it goes to, each at its own time. */
export interface MoveSides {
  from: Acting;
  to: Acting;
}

/**
 * Finds and locks a record and all that goes with it. The caller has closed both companies' records
 * to others (`closeRecords`). Throws `Conflict` while a mail about any of it is just leaving: where it
 * is has to stay what its sender knows.
 */
export async function claimMove(
  tx: Tx,
  { from, to }: MoveSides,
  root: { table: MoveRoot; id: number },
): Promise<Move> {
  const ids = await claimMovingRows(tx, { companyId: from.company.id, ...root });
  const move = { from: from.company.id, to: to.company.id, ids };
  if (await isMailLeaving(tx, move)) {
    throw new Conflict("A mail about it is being sent right now. Try again in a moment.", {
      code: "mail_leaving",
    });
  }
  return move;
}

/**
 * Moves what was claimed to the other company (decision 0008): all of it, in the caller's transaction.
 * Ids stay. `clientId` is the client there of what leaves its own behind. Leaves an event on each side
 * for every client, invoice, quote, project and series. Throws Forbidden when the plan there has no
 * room for it.
 */
export async function moveClaimed(
  tx: Tx,
  sides: MoveSides,
  claimed: Move,
  { clientId }: { clientId: number | null },
): Promise<void> {
  const { from, to } = sides;
  await checkPlan(tx, sides, claimed);
  await stopTimersAmong(tx, from, { ids: idsOf(claimed, "time_entries") });
  await cancelWaitingReminders(tx, { ...claimed, now: from.now });
  const move = { ...claimed, ids: await partCredits(tx, from, claimed.ids) };

  await partMovingRows(tx, { ...move, clientId, now: to.now });
  await giveUnnumberedRows(tx, move);
  await giveAttentionItems(tx, move);
  const invoices = await moveNumbered(tx, sides, move, "invoices");
  const quotes = await moveNumbered(tx, sides, move, "quotes");
  // As for imported invoices: what was due before is not asked for again (BILLING.md section 10).
  const invoiceIds = idsOf(move, "invoices");
  await delayDunning(tx, { companyId: move.to, ids: invoiceIds, until: todayOf(to) });

  await tellBothSides(tx, sides, [
    ...idsOf(move, "clients").map((id) => ({ table: "clients" as const, id })),
    ...invoices.map((invoice) => ({ table: "invoices" as const, ...invoice })),
    ...quotes.map((quote) => ({ table: "quotes" as const, ...quote })),
    ...idsOf(move, "recurring_invoices").map((id) => ({
      table: "recurring_invoices" as const,
      id,
    })),
    ...idsOf(move, "projects").map((id) => ({ table: "projects" as const, id })),
  ]);
  await requestMailsAnew(tx, to, move);
}

/** What a plan must have, by what moves. */
const features: readonly [string, Feature][] = [
  ["quotes", "quotes"],
  ["recurring_invoices", "recurringInvoices"],
  ["time_entries", "timeTracking"],
];

async function checkPlan(tx: Tx, { from, to }: MoveSides, move: Move): Promise<void> {
  for (const [table, feature] of features) {
    if ((await countLive(tx, move, table)) > 0) requireFeature(to.company, feature);
  }
  const isTest = from.company.testNow !== null || to.company.testNow !== null;
  const [before, after] = [await findOwnerId(tx, move.from), await findOwnerId(tx, move.to)];
  // Counted together already.
  if (before !== null && before === after && !isTest) return;
  await requireRoom(tx, to, "clients", await countLive(tx, move, "clients"));
  await requireRoom(tx, to, "projects", await countLive(tx, move, "projects"));
  const ofMonth = await countInvoicesOfMonth(tx, {
    companyId: move.from,
    ids: idsOf(move, "invoices"),
    monthOfCompanyId: move.to,
    now: to.now,
  });
  await requireRoom(tx, to, "invoices", ofMonth);
}

/** What is told of a record that moved. */
const told = {
  clients: { type: "client.moved", subjectType: "client" },
  invoices: { type: "invoice.moved", subjectType: "invoice" },
  quotes: { type: "quote.moved", subjectType: "quote" },
  recurring_invoices: { type: "recurring-invoice.moved", subjectType: "recurring-invoice" },
  projects: { type: "project.moved", subjectType: "project" },
} as const;

type Moved = { table: keyof typeof told; id: number } & Partial<MovedNumber>;

async function tellBothSides(
  tx: Tx,
  { from, to }: MoveSides,
  moved: readonly Moved[],
): Promise<void> {
  const companies = { from_company_id: from.company.id, to_company_id: to.company.id };
  for (const side of [from, to]) {
    await recordEvents(
      tx,
      side.company.id,
      moved.map(({ table, id, before, number }): NewEvent => ({
        ...told[table],
        subjectId: id,
        payload: {
          ...companies,
          ...(number === undefined ? {} : { number_before: before, number }),
        },
        causerId: side.causerId,
        occurredAt: side.now,
      })),
    );
  }
}

const requests = {
  invoice: { type: "invoice.send-requested", subjectType: "invoice" },
  receipt: { type: "payment.receipt-requested", subjectType: "invoice" },
  quote: { type: "quote.send-requested", subjectType: "quote" },
  statement: { type: "client.statement-requested", subjectType: "client" },
} as const;

/**
 * A mail that somebody asked for and that has not left is sent from where its record is now. The run
 * that was to send it before finds it gone, and is skipped.
 */
async function requestMailsAnew(tx: Tx, to: Acting, move: Move): Promise<void> {
  const mails = await listWaitingMails(tx, move);
  await recordEvents(
    tx,
    to.company.id,
    mails.map(({ id, kind, subjectId }) => ({
      ...requests[kind],
      subjectId,
      payload: { delivery_id: id },
      causerId: to.causerId,
      occurredAt: to.now,
    })),
  );
}
