import type { Acting } from "../../actions/acting.ts";
import {
  creditUseWriter,
  paymentWriter,
  type IncomingCreditUse,
} from "../../actions/bring-in-payment.ts";
import { bringInRecords, type Brought, type ImportScope } from "../../actions/bring-in-records.ts";
import type { FbPayment } from "../../connectors/freshbooks/schemas.ts";
import type { Tx } from "../../db/client.ts";
import type { Tally } from "../../db/imports.ts";
import { mapPayment } from "./map-papers.ts";
import { lookUp } from "./refs.ts";
import { mapEach } from "./unmappable.ts";

/**
 * Payments; one that is a credit over there is a use of that credit here, when the credit came over.
 */
export async function bringPayments(
  tx: Tx,
  by: Acting,
  scope: ImportScope,
  payments: readonly FbPayment[],
): Promise<Brought> {
  const invoices = await lookUp(
    tx,
    scope,
    "invoice",
    payments.map((payment) => payment.invoiceid),
  );
  const credits = await lookUp(
    tx,
    scope,
    "credit",
    payments.map((payment) => payment.creditid),
  );
  const isUse = (payment: FbPayment) => credits.find(payment.creditid) !== undefined;
  const paid = await bringInRecords(
    tx,
    by,
    scope,
    paymentWriter,
    mapEach(
      payments.filter((payment) => !isUse(payment)),
      (payment) => mapPayment(payment, { invoiceId: invoices.get(payment.invoiceid) }),
    ),
  );
  const used = await bringInRecords<IncomingCreditUse>(
    tx,
    by,
    scope,
    creditUseWriter,
    mapEach(payments.filter(isUse), (payment) => {
      const { externalId, fields } = mapPayment(payment, {
        invoiceId: invoices.get(payment.invoiceid),
      });
      const { invoiceId, amount, currency } = fields;
      const creditId = credits.get(payment.creditid ?? "");
      return { externalId, fields: { creditId, invoiceId, amount, currency } };
    }),
  );
  return {
    tally: addTallies(paid.tally, used.tally),
    items: [...paid.items, ...used.items],
  };
}

export function addTallies(one: Tally | undefined, other: Tally): Tally {
  return {
    created: (one?.created ?? 0) + other.created,
    updated: (one?.updated ?? 0) + other.updated,
    unchanged: (one?.unchanged ?? 0) + other.unchanged,
    refused: (one?.refused ?? 0) + other.refused,
  };
}
