import type { QbRecord } from "../../connectors/quickbooks/schemas.ts";
import {
  findRefsOfExternals,
  findRefsOfRecords,
  forgetExternalRefs,
  recordExternalRefs,
} from "../../db/external-refs.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ProviderRejected } from "../../errors.ts";
import { changeRecord, isVoided } from "./change-record.ts";
import { createRecords, keyOf } from "./create-records.ts";
import type { InvoiceFacts } from "./load-invoice.ts";
import { mapPayment } from "./map-payment.ts";
import type { Push } from "./push.ts";
import { fingerprintOf, type Body } from "./values.ts";
import { Waits } from "./waits.ts";

/** What stands for the body of a payment that is voided there. */
const VOID = "void";

/** A payment as it should be there; without a body it should be voided. */
interface Wanted {
  id: number;
  body: Body | undefined;
}

export interface Payable {
  facts: InvoiceFacts;
  customerId: string;
  /** The invoice's over there. */
  externalId: string;
}

export function wantedPayments(push: Push, { facts, ...ids }: Payable): Wanted[] {
  return facts.payments.map((payment) => ({
    id: payment.id,
    body: mapPayment(payment, facts, push, {
      customerId: ids.customerId,
      invoiceId: ids.externalId,
    }),
  }));
}

/** What the payments of an invoice come to: changes with each of them. */
export function printPayments(wanted: readonly Wanted[]): string {
  return fingerprintOf(wanted.map(({ id, body }) => [id, body ?? VOID]));
}

/**
 * Brings the payments of some invoices over: new ones together, in batches, changed ones one by one.
 * Returns what went wrong with each invoice that has to wait.
 */
export async function pushPayments(
  push: Push,
  invoices: readonly Payable[],
): Promise<Map<number, Waits>> {
  const waiting = new Map<number, Waits>();
  const missing: { invoiceId: number; id: number; body: Body }[] = [];
  for (const payable of invoices) {
    const invoiceId = payable.facts.invoice.id;
    try {
      for (const { id, body } of await changePayments(push, wantedPayments(push, payable))) {
        missing.push({ invoiceId, id, body });
      }
    } catch (error) {
      if (error instanceof Waits) waiting.set(invoiceId, error);
      else if (error instanceof ProviderRejected) {
        waiting.set(invoiceId, new Waits(error.message, { cause: error }));
      } else throw error;
    }
  }
  const made = await createRecords(
    push,
    missing.map(({ id, body }) => ({ kind: "payment", recordId: id, entity: "Payment", body })),
  );
  for (const { invoiceId, id } of missing) {
    const answer = made.get(keyOf({ kind: "payment", recordId: id }));
    if (!(answer instanceof ProviderRejected)) continue;
    waiting.set(invoiceId, new Waits(answer.message, { cause: answer }));
  }
  return waiting;
}

/** Changes and voids what is there already; returns what is not. */
async function changePayments(
  push: Push,
  wanted: readonly Wanted[],
): Promise<{ id: number; body: Body }[]> {
  const refs = push.refs("payment");
  const known = await findRefsOfRecords(
    push.ctx.sql,
    refs,
    wanted.map(({ id }) => id),
  );
  const missing: { id: number; body: Body }[] = [];
  for (const { id, body } of wanted) {
    const ref = known.find(({ recordId }) => recordId === id);
    const print = body === undefined ? VOID : fingerprintOf(body);
    if (ref === undefined) {
      if (body !== undefined) missing.push({ id, body });
      continue;
    }
    if (ref.syncedVersion === print) continue;
    const changed = await changeRecord(push, "Payment", ref.externalId, async (there) => {
      if (body === undefined) return isVoided(there) ? undefined : "void";
      if (isVoided(there)) throw new Waits("One of its payments was voided in QuickBooks.");
      return { body };
    });
    if (changed === undefined && body !== undefined) {
      throw new Waits("One of its payments was deleted in QuickBooks.");
    }
    await inTransaction(push.ctx.sql, (tx) =>
      recordExternalRefs(tx, refs, [
        { externalId: ref.externalId, recordId: id, syncedVersion: print },
      ]),
    );
  }
  return missing;
}

/** Payments of an invoice that were taken back here are voided there. */
export async function voidTakenBack(
  push: Push,
  { facts, there }: { facts: InvoiceFacts; there: QbRecord },
): Promise<void> {
  const linked = (there.LinkedTxn ?? [])
    .filter(({ TxnType }) => TxnType === "Payment")
    .map(({ TxnId }) => TxnId);
  if (linked.length === 0) return;
  const refs = push.refs("payment");
  const ours = new Set(facts.payments.map(({ id }) => id));
  for (const { externalId, recordId } of await findRefsOfExternals(push.ctx.sql, refs, linked)) {
    if (ours.has(recordId)) continue;
    await changeRecord(push, "Payment", externalId, async (payment) =>
      isVoided(payment) ? undefined : "void",
    );
    await inTransaction(push.ctx.sql, (tx) => forgetExternalRefs(tx, refs, [recordId]));
  }
}
