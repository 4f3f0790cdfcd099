import type { QbRecord } from "../../connectors/quickbooks/schemas.ts";
import { forgetExternalRefs } from "../../db/external-refs.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ProviderRejected } from "../../errors.ts";
import { changeRecord, isVoided } from "./change-record.ts";
import { createRecords, keyOf, type NewRecord } from "./create-records.ts";
import { loadInvoice } from "./load-invoice.ts";
import { isDrifted } from "./map-invoice.ts";
import { isVoidHere, mapNow, printInvoice, type Mapped } from "./map-whole.ts";
import type { Push } from "./push.ts";
import { printPayments, voidTakenBack, wantedPayments } from "./push-payments.ts";
import { Waits } from "./waits.ts";

/** An invoice that is there; its payments come next. */
export interface Brought extends Mapped {
  externalId: string;
  /** As it was there last; undefined when nothing was asked. */
  there: QbRecord | undefined;
  outcome: "created" | "updated" | "voided" | "unchanged";
}

export interface Known extends Mapped {
  externalId: string;
}

export function newOf({ id, body }: Mapped): NewRecord {
  return { kind: "invoice", recordId: id, entity: "Invoice", body };
}

/** What an invoice and its payments come to; kept once all of it is there. */
export function printWhole(push: Push, invoice: Known): string {
  return `${printInvoice(invoice)}/${printPayments(wantedPayments(push, invoice))}`;
}

/** One that is there is changed or voided, unless it is as it went over last. */
export async function bringKnown(push: Push, invoice: Known): Promise<Brought> {
  if (!push.isForced && invoice.ref?.syncedVersion === printWhole(push, invoice)) {
    return { ...invoice, there: undefined, outcome: "unchanged" };
  }
  const found = await changeInvoice(push, invoice);
  if (found === undefined) return await bringDeleted(push, invoice);
  const latest = { ...(found.latest ?? invoice), externalId: invoice.externalId };
  const { there, outcome } = found;
  await voidTakenBack(push, { facts: latest.facts, there });
  return { ...latest, there, outcome };
}

/**
 * Reads an invoice there, and then ours, and changes it there where it is another one than went over last.
 * Undefined when it was deleted there.
 */
export async function changeInvoice(
  push: Push,
  { id, externalId, ref }: Pick<Known, "id" | "externalId" | "ref">,
): Promise<
  { there: QbRecord; outcome: Brought["outcome"]; latest: Mapped | undefined } | undefined
> {
  const { ctx, companyId } = push;
  const [synced] = ref?.syncedVersion?.split("/") ?? [];
  let latest: Mapped | undefined;
  const changed = await changeRecord(push, "Invoice", externalId, async (there) => {
    const facts = await loadInvoice(ctx.sql, { companyId, id });
    // It has just moved to another company: what is in this one's books stays there.
    if (facts === undefined) return undefined;
    latest = facts === "deleted" ? undefined : await mapNow(push, { id, facts, ref });
    if (latest === undefined || isVoidHere(latest.facts)) {
      return isVoided(there) ? undefined : "void";
    }
    if (isVoided(there)) throw new Waits("It was voided in QuickBooks, and is not voided here.");
    const isSame = synced === printInvoice(latest);
    return isSame && !(push.isForced && isDrifted(latest, there))
      ? undefined
      : { body: latest.body };
  });
  if (changed === undefined) return undefined;
  const { there, change } = changed;
  const outcome = change === undefined ? "unchanged" : change === "void" ? "voided" : "updated";
  return { there, outcome, latest };
}

/** Somebody deleted it there: that stays so unless somebody asks for it here. */
async function bringDeleted(push: Push, invoice: Known): Promise<Brought> {
  if (isVoidHere(invoice.facts)) return { ...invoice, there: undefined, outcome: "voided" };
  if (!push.isForced) {
    throw new Waits("It was deleted in QuickBooks; push it by hand to make it there anew.");
  }
  await inTransaction(push.ctx.sql, (tx) =>
    forgetExternalRefs(tx, push.refs("invoice"), [invoice.id]),
  );
  const wanted = newOf(invoice);
  const made = (await createRecords(push, [wanted])).get(keyOf(wanted));
  if (made === undefined) throw new Error("it was not made");
  if (made instanceof ProviderRejected) throw made;
  return { ...invoice, ...made, outcome: "created" };
}
