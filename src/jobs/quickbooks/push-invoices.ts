import { isDuplicateNumber, isGone } from "../../connectors/quickbooks/failures.ts";
import {
  findRefsOfRecords,
  recordExternalRefs,
  type ExternalRefRow,
} from "../../db/external-refs.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ProviderRejected } from "../../errors.ts";
import {
  bringKnown,
  changeInvoice,
  newOf,
  printWhole,
  type Brought,
  type Known,
} from "./bring-invoice.ts";
import { createRecords, keyOf, settleAllOwed } from "./create-records.ts";
import { endPushed, endWaiting, waitsOf, type Ending } from "./end-push.ts";
import { markIn } from "./find-made.ts";
import { loadInvoice } from "./load-invoice.ts";
import { checkSettings, differenceOf } from "./map-invoice.ts";
import { isVoidHere, mapWith, namedOf, type Mapped, type Ready } from "./map-whole.ts";
import type { Push } from "./push.ts";
import { pushPayments } from "./push-payments.ts";
import { forgetLost, saveNamed } from "./save-named.ts";
import { markOf } from "./values.ts";
import { Waits } from "./waits.ts";

/**
 * Brings invoices over with all they need: customers, items, payments. Whatever is there already is
 * compared with what went over last, so that an invoice that did not change costs no request. One that
 * cannot go over waits, with its reason, and the others go on; trouble of QuickBooks' ends the run, which
 * comes back and goes on where it was.
 */
export async function pushInvoices(push: Push, invoiceIds: readonly number[]): Promise<Ending[]> {
  await settleAllOwed(push);
  const endings = new Map<number, Ending>();
  const ready: Ready[] = [];
  for (const id of invoiceIds) {
    const begun = await begin(push, id);
    if ("outcome" in begun) endings.set(id, begun);
    else ready.push(begun);
  }
  const wait = async ({ id, facts }: Ready, waits: Waits) => {
    const number = facts.invoice.invoiceNumber;
    endings.set(id, await endWaiting(push, { id, number }, waits));
  };
  const brought = await bringAll(push, ready, wait);
  const refused = await pushPayments(push, brought);
  for (const each of brought) {
    const waits = refused.get(each.id);
    if (waits === undefined) endings.set(each.id, await finish(push, each));
    else await wait(each, waits);
  }
  return invoiceIds.flatMap((id) => endings.get(id) ?? []);
}

/** What has to go over; or why nothing has. */
async function begin(push: Push, id: number): Promise<Ready | Ending> {
  const { ctx, companyId } = push;
  ctx.signal.throwIfAborted();
  const facts = await loadInvoice(ctx.sql, { companyId, id });
  const [ref] = await findRefsOfRecords(ctx.sql, push.refs("invoice"), [id]);
  if (facts === undefined) return await skip(push, { id, number: String(id) }, "it is gone");
  if (facts === "deleted") return await endDeleted(push, id, ref);
  const { status, invoiceNumber: number } = facts.invoice;
  if (ref === undefined && (status === "draft" || status === "cancelled")) {
    const reason = status === "draft" ? "it is a draft" : "it was voided before it went over";
    return await skip(push, { id, number }, reason);
  }
  try {
    if (!isVoidHere(facts)) checkSettings(facts, push);
  } catch (error) {
    if (error instanceof Waits) return await endWaiting(push, { id, number }, error);
    throw error;
  }
  return { id, facts, ref };
}

/** One that was voided and deleted here is voided there. */
async function endDeleted(
  push: Push,
  id: number,
  ref: ExternalRefRow | undefined,
): Promise<Ending> {
  const named = { id, number: String(id) };
  if (ref === undefined) return await skip(push, named, "it is gone");
  const { externalId } = ref;
  await changeInvoice(push, { id, externalId, ref });
  return await endPushed(push, named, {
    outcome: "voided",
    ref: { externalId, syncedVersion: "void" },
    difference: undefined,
  });
}

/** There is nothing to go over, and nothing waits. */
async function skip(
  push: Push,
  named: { id: number; number: string },
  reason: string,
): Promise<Ending> {
  await endPushed(push, named, { outcome: "unchanged", ref: undefined, difference: undefined });
  return { invoiceId: named.id, outcome: "skipped", reason };
}

type Wait = (invoice: Ready, waits: Waits) => Promise<void>;
type Fail = (invoice: Ready, error: unknown) => Promise<void>;

/** The invoices themselves. A second round is for those whose customer or item was gone there. */
async function bringAll(push: Push, all: readonly Ready[], wait: Wait): Promise<Brought[]> {
  const brought: Brought[] = [];
  let left = all;
  for (let round = 1; left.length > 0; round += 1) {
    const lost: Ready[] = [];
    const fail: Fail = async (invoice, error) => {
      const isLost = error instanceof ProviderRejected && isGone(error.providerCode);
      if (isLost && round === 1 && (await forgetLost(push, namedOf(push, invoice.facts)))) {
        lost.push(invoice);
        return;
      }
      const waits = waitsOf(error);
      if (waits === undefined) throw error;
      await wait(invoice, waits);
    };
    const mapped = await mapAll(push, left, fail);
    const made = await makeAll(push, mapped, fail);
    brought.push(...made.brought);
    for (const invoice of made.known) {
      try {
        brought.push(await bringKnown(push, invoice));
      } catch (error) {
        await fail(invoice, error);
      }
    }
    left = lost;
  }
  return brought;
}

async function mapAll(push: Push, ready: readonly Ready[], fail: Fail): Promise<Mapped[]> {
  const named = ready.flatMap(({ facts }) => namedOf(push, facts));
  const saved = await saveNamed(push, named);
  const mapped: Mapped[] = [];
  for (const invoice of ready) {
    try {
      mapped.push(mapWith(push, invoice, saved));
    } catch (error) {
      await fail(invoice, error);
    }
  }
  return mapped;
}

/** Those that are not there are made; those that are, are told apart. */
async function makeAll(
  push: Push,
  mapped: readonly Mapped[],
  fail: Fail,
): Promise<{ brought: Brought[]; known: Known[] }> {
  const brought: Brought[] = [];
  const known: Known[] = [];
  const missing: Mapped[] = [];
  for (const invoice of mapped) {
    if (invoice.ref === undefined) missing.push(invoice);
    else known.push({ ...invoice, externalId: invoice.ref.externalId });
  }
  const made = await createRecords(push, missing.map(newOf));
  for (const invoice of missing) {
    const answer = made.get(keyOf(newOf(invoice)));
    if (answer === undefined) continue;
    if (answer instanceof ProviderRejected) {
      const own = await findOwn(push, invoice, answer);
      if (typeof own === "string") known.push({ ...invoice, externalId: own });
      else await fail(invoice, own);
    } else if (answer.there === undefined) {
      known.push({ ...invoice, externalId: answer.externalId });
    } else {
      const { externalId, there } = answer;
      brought.push({ ...invoice, externalId, there, outcome: "created" });
    }
  }
  return { brought, known };
}

/** A number that is taken may be taken by this very invoice: then it is linked. Else why it is refused. */
async function findOwn(
  push: Push,
  { id, body }: Mapped,
  refused: ProviderRejected,
): Promise<string | ProviderRejected | Waits> {
  const number = body["DocNumber"];
  if (!isDuplicateNumber(refused.providerCode) || typeof number !== "string") return refused;
  const others = await push.ask((quickbooks, call) =>
    quickbooks.find(call, "Invoice", { DocNumber: number }),
  );
  const mark = markOf("invoice", push.companyId, id);
  const own = others.find(({ PrivateNote }) => markIn(PrivateNote) === mark);
  if (own === undefined) {
    const [other] = others;
    const which = other === undefined ? "another paper" : `another invoice (id ${other.Id})`;
    const text = `The number ${number} is that of ${which} in QuickBooks: renumber that one.`;
    return new Waits(text, { cause: refused });
  }
  await inTransaction(push.ctx.sql, (tx) =>
    recordExternalRefs(tx, push.refs("invoice"), [
      { externalId: own.Id, recordId: id, syncedVersion: null },
    ]),
  );
  return own.Id;
}

/** Its payments are over as well: what all of it came to is kept. */
async function finish(push: Push, invoice: Brought): Promise<Ending> {
  const { id, facts, externalId, there, ref } = invoice;
  const syncedVersion = printWhole(push, invoice);
  // Payments alone may have gone over.
  const isSame = invoice.outcome === "unchanged" && ref?.syncedVersion === syncedVersion;
  const outcome = invoice.outcome === "unchanged" && !isSame ? "updated" : invoice.outcome;
  return await endPushed(
    push,
    { id, number: facts.invoice.invoiceNumber },
    {
      outcome,
      ref: isSame && there === undefined ? undefined : { externalId, syncedVersion },
      difference: there === undefined || isVoidHere(facts) ? undefined : differenceOf(facts, there),
    },
  );
}
