import { raiseAttention, settleAttention } from "../../db/attention.ts";
import type { Tx } from "../../db/client.ts";
import { findCompany } from "../../db/companies.ts";
import { recordEvent } from "../../db/events.ts";
import { recordExternalRefs } from "../../db/external-refs.ts";
import { deleteWaiting, listMissingSettings, recordWaiting } from "../../db/quickbooks-pushes.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ProviderRejected } from "../../errors.ts";
import { redactText } from "../../platform/redact.ts";
import { storableText } from "../../platform/storable-text.ts";
import type { Push } from "./push.ts";
import { missables, type Missable, type PushSettings } from "./settings.ts";
import { Waits } from "./waits.ts";

/** How the push of one invoice ended. */
export interface Ending {
  invoiceId: number;
  outcome: "created" | "updated" | "voided" | "unchanged" | "skipped" | "waiting";
  /** Of what was skipped or waits. */
  reason?: string;
}

const titles: Readonly<Record<Missable, string>> = {
  income_account_id: "QuickBooks: an income account has to be chosen",
  discount_account_id: "QuickBooks: an account for discounts has to be chosen",
  tax_codes: "QuickBooks: a tax code has to be chosen",
  untaxed_code: "QuickBooks: a tax code for untaxed lines has to be chosen",
  currency: "QuickBooks: multicurrency has to be turned on there",
};

/** Why one invoice has to wait, if that is what an error means; all other errors concern the whole run. */
export function waitsOf(error: unknown): Waits | undefined {
  if (error instanceof Waits) return error;
  return error instanceof ProviderRejected ? new Waits(error.message, { cause: error }) : undefined;
}

/** Keeps that an invoice waits, and tells a person: once for a setting, however many wait for it. */
export async function endWaiting(
  { ctx, companyId }: Push,
  { id, number }: { id: number; number: string },
  { setting, message }: Waits,
): Promise<Ending> {
  const reason = storableText(redactText(message), 500);
  await inTransaction(ctx.sql, async (tx) => {
    const now = ctx.clock.now();
    await recordWaiting(tx, { companyId, invoiceId: id, setting, reason, now });
    const subject = { companyId, subjectType: "invoice", subjectId: id, runId: ctx.run.id };
    if (setting === null) {
      await raiseAttention(tx, {
        ...subject,
        kind: "quickbooks.refused",
        key: String(id),
        title: `QuickBooks does not take invoice ${number}`,
        detail: reason,
      });
    } else {
      await raiseAttention(tx, {
        ...subject,
        kind: "quickbooks.setting-missing",
        key: setting,
        title: titles[setting],
        detail: `Invoice ${number}: ${reason}`,
      });
    }
    await settleMissing(tx, companyId);
  });
  return { invoiceId: id, outcome: "waiting", reason };
}

/** Keeps what went over of an invoice; what waited for it is done with. */
export async function endPushed(
  push: Push,
  { id, number }: { id: number; number: string },
  ended: {
    outcome: Exclude<Ending["outcome"], "skipped" | "waiting">;
    /** Of the invoice there; undefined when it is as it was. */
    ref: { externalId: string; syncedVersion: string } | undefined;
    /** What is not as it is here, for a person; undefined when all is. */
    difference: string | undefined;
  },
): Promise<Ending> {
  const { ctx, companyId } = push;
  const { outcome, ref } = ended;
  await inTransaction(ctx.sql, async (tx) => {
    await settleWaiting(tx, companyId, id);
    if (ref === undefined) return;
    await recordExternalRefs(tx, push.refs("invoice"), [{ ...ref, recordId: id }]);
    await noteDifference(tx, push, { id, number, difference: ended.difference });
    if (outcome === "unchanged") return;
    const company = await findCompany(tx, companyId);
    await recordEvent(tx, {
      companyId,
      type: "invoice.pushed",
      subjectType: "invoice",
      subjectId: id,
      payload: { provider: "quickbooks", outcome, external_id: ref.externalId },
      occurredAt: company?.testNow ?? ctx.clock.now(),
    });
  });
  return { invoiceId: id, outcome };
}

async function settleWaiting(tx: Tx, companyId: number, id: number): Promise<void> {
  const hasWaited = await deleteWaiting(tx, { companyId, invoiceId: id });
  if (!hasWaited) return;
  const resolution = "it is in QuickBooks now";
  await settleAttention(tx, { companyId, kind: "quickbooks.refused", key: String(id), resolution });
  await settleMissing(tx, companyId);
}

/** Closes the items of settings that are there now; what waited for them is pushed anew. */
export async function settleSet(tx: Tx, companyId: number, settings: PushSettings): Promise<void> {
  for (const key of ["income_account_id", "discount_account_id", "untaxed_code"] as const) {
    if (settings[key] === null) continue;
    const item = { companyId, kind: "quickbooks.setting-missing", key };
    await settleAttention(tx, { ...item, resolution: "it is set" });
  }
}

/** Closes the items of settings that nothing waits for any more. */
async function settleMissing(tx: Tx, companyId: number): Promise<void> {
  const missing = await listMissingSettings(tx, companyId);
  for (const key of missables) {
    if (missing.includes(key)) continue;
    const item = { companyId, kind: "quickbooks.setting-missing", key };
    await settleAttention(tx, { ...item, resolution: "nothing waits for it any more" });
  }
}

async function noteDifference(
  tx: Tx,
  { companyId, ctx }: Push,
  { id, number, difference }: { id: number; number: string; difference: string | undefined },
): Promise<void> {
  const item = { companyId, kind: "quickbooks.differs", key: String(id) };
  if (difference === undefined) {
    await settleAttention(tx, { ...item, resolution: "it is the same" });
    return;
  }
  await raiseAttention(tx, {
    ...item,
    title: `Invoice ${number} is not the same in QuickBooks`,
    detail: difference,
    subjectType: "invoice",
    subjectId: id,
    runId: ctx.run.id,
  });
}
